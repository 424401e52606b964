/** One feed put together from what was opened for it. */
import type { MarketDataPort } from '../../broker/market-data-port';
import type { MarketFeedInput } from '../../domain/market-feed';
import type { PromotedModelWatch } from '../../learning/promoted-model-watch';
import type { ShadowWatch } from '../../learning/shadow-watch';
import { runtimeIds } from '../runtime-ids';
import { createDecideBar } from './decide-bar';
import { EquityWatch } from './equity-watch';
import { MarketFeed } from './feed';
import type { InstrumentLane } from './instrument-lane';
import type { MarketDeps } from './market-deps';
import { SessionLink } from './session-link';
import { VotingModels, type FeedOpened } from './voting-models';

/** Of the feed's trade date; `startedAt`: market time. */
export interface Opened {
  readonly opened: FeedOpened;
  readonly watch: PromotedModelWatch | null;
  readonly shadow: ShadowWatch | null;
  readonly lanes: readonly InstrumentLane[];
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/** The feed of an opened trade date, wired to session, models and the broker's data. */
export function createFeed(deps: MarketDeps, input: MarketFeedInput, data: MarketDataPort, parts: Opened): MarketFeed {
  const { config } = deps;
  const { opened, lanes, watch, shadow, startedAt, signal } = parts;
  const session = new SessionLink({
    client: deps.client,
    account: input.account,
    signal,
    onRetry: (call, error) =>
      deps.log('warn', `${call} to the session is repeated until answered`, { error: String(error) }),
  });
  const equity = new EquityWatch({
    limits: config.limits,
    send: (report) => session.reportEquity(report),
    readSession: () => session.snapshot(),
  });
  const models = new VotingModels({
    opened,
    lanes,
    watch,
    audit: deps.audit,
    learningOnly: config.permissions.learningOnly,
    // The feed never waits for it: a server that does not answer costs the watch until the next feed, and a warning.
    onChampion: (runId) =>
      void deps.watchChampion(runId).catch((error: unknown) => {
        deps.log('warn', `run ${runId} votes without a watch over it`, { error: String(error) });
      }),
    notice: (text, marketTime) => {
      deps.report({ type: 'alert', text, marketTime });
      deps.log('info', text);
    },
  });
  const decideBar = createDecideBar({
    account: input.account,
    trading: config.trading,
    runtime: runtimeIds(),
    // Read at each bar: a promotion changes them between two.
    get modelRun() {
      return models.modelRun;
    },
    get proposalsWithheld() {
      return models.proposalsWithheld;
    },
  });
  const feed = new MarketFeed(
    {
      account: input.account,
      tradeDate: opened.tradeDate,
      lockStep: input.lockStep,
      data,
      lanes,
      session,
      equity,
      audit: deps.audit,
      decideBar,
      models,
      shadow,
      report: deps.report,
      signal,
    },
    startedAt,
  );
  data.onGap((gap) => lanes.forEach((lane) => lane.noteGap(gap.to ?? data.lastMarketTime() ?? startedAt)));
  data.onAlert((alert) => deps.report({ type: 'alert', text: alert.text, marketTime: data.lastMarketTime() }));
  return feed;
}
