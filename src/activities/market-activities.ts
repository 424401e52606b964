/**
 * The `runMarket` activity: one trade date of the market feed in this process (requirements A6, A8; architecture: market data never
 * enters history). Killed, it is retried here or elsewhere, warms up from journal and history, and decides the same.
 */
import { Context } from '@temporalio/activity';
import { createDataConnection } from '../broker/data-connection';
import type { MarketDataPort } from '../broker/market-data-port';
import type { FutureSymbol } from '../domain/instruments';
import type { MarketFeedInput } from '../domain/market-feed';
import { feedTradeDate } from '../market-data/warm-up';
import type { HeardAt } from './feed-hearing';
import { createFeed } from './market-feed/create-feed';
import { followClock, followConductor } from './market-feed/feed-pace';
import { HeardEquity } from './market-feed/heard-equity';
import type { MarketDeps } from './market-feed/market-deps';
import { openLanes } from './market-feed/open-lanes';
import { openWorld } from './market-feed/open-world';
import { chooseRun, runThatVotes, watchPromotions, watchShadowRun, whyWithheld } from './market-feed/model-choice';
import type { FeedOpened } from './market-feed/voting-models';
import { SharedRun } from './shared-run';

type Hearing = Map<FutureSymbol, HeardAt>;

export interface MarketResult {
  readonly tradeDate: string;
  readonly marketTime: number;
}

const HEARTBEAT_MS = 400;
/** An attempt that the server gave up is followed by the next well within this time. */
const SUCCESSOR_GRACE_MS = 5_000;

/** Activities of the market process. */
export function createMarketActivities(deps: MarketDeps): {
  runMarket: (input: MarketFeedInput) => Promise<MarketResult>;
} {
  /** Outlives an attempt, as the feed does. */
  const hearing: Hearing = new Map();
  const feeds = new SharedRun<MarketResult>(SUCCESSOR_GRACE_MS);
  return {
    async runMarket(input) {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat({ hearing: Object.fromEntries(hearing) }), HEARTBEAT_MS);
      const mayBeFollowed = (): boolean => {
        const why = context.cancellationDetails;
        return why !== undefined && (why.timedOut || why.notFound);
      };
      const attempt = { signal: context.cancellationSignal, mayBeFollowed };
      try {
        return await feeds.join(
          JSON.stringify(input),
          (signal) => feedTheMarket(deps, input, hearing, signal),
          attempt,
        );
      } finally {
        clearInterval(beat);
      }
    },
  };
}

async function feedTheMarket(
  deps: MarketDeps,
  input: MarketFeedInput,
  hearing: Hearing,
  signal: AbortSignal,
): Promise<MarketResult> {
  const data = createDataConnection(deps.config.broker);
  const equity = new HeardEquity(data);
  // Whatever waits for an answer of the gateway stops waiting.
  const close = (): void => void data.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await data.connect();
    return await runTradeDate(deps, input, { data, equity, hearing }, signal);
  } finally {
    signal.removeEventListener('abort', close);
    await data.close();
  }
}

interface Connected {
  readonly data: MarketDataPort;
  readonly equity: HeardEquity;
  readonly hearing: Hearing;
}

async function runTradeDate(
  deps: MarketDeps,
  input: MarketFeedInput,
  { data, equity, hearing }: Connected,
  signal: AbortSignal,
): Promise<MarketResult> {
  await sealAudit(deps);
  const startedAt = await data.marketTime();
  const tradeDate = input.tradeDate ?? feedTradeDate(startedAt);
  const chosen = await chooseRun(deps, input.model);
  const shadow = watchShadowRun(deps, input);
  const outside = await openWorld(deps, startedAt);
  const lanes = await openLanes(deps, data, {
    hearing,
    tradeDate,
    modelRun: chosen,
    account: input.account,
    outside: (symbol) => outside.of(symbol),
  });
  const modelRun = runThatVotes(deps, chosen, lanes);
  // What could not be loaded for every instrument is not there yet: the watch tries again.
  const watch = watchPromotions(deps, input, lanes.some(({ voters }) => voters === null) ? null : modelRun);
  try {
    const opened: FeedOpened = {
      type: 'feed-opened',
      tradeDate,
      at: startedAt,
      account: input.account,
      modelRun,
      proposalsWithheld: whyWithheld(deps.config, modelRun),
      trading: deps.config.trading,
      contracts: lanes.map((lane) => lane.contract),
    };
    await deps.audit.append([opened]);
    outside.start();
    watch?.start();
    shadow?.start();
    const feed = createFeed(deps, input, data, { opened, lanes, watch, shadow, startedAt, signal });
    if (!(await feed.open(await equity.first(signal)))) {
      deps.report({ type: 'trade-date-closed', tradeDate, marketTime: startedAt });
      return { tradeDate, marketTime: startedAt };
    }
    equity.follow((netLiquidation) => feed.hearEquity(netLiquidation));
    const warmBars = Math.min(...lanes.map((lane) => lane.warmBars));
    deps.report({ type: 'feed-ready', tradeDate, marketTime: startedAt, warmBars });
    const marketTime = input.lockStep
      ? await followConductor(deps, feed, signal)
      : await followClock(feed, data, signal);
    await feed.close(marketTime);
    await sealAudit(deps);
    deps.report({ type: 'trade-date-closed', tradeDate, marketTime });
    return { tradeDate, marketTime };
  } finally {
    await watch?.stop();
    await shadow?.stop();
    outside.close();
    await Promise.all(lanes.map((lane) => lane.stop()));
  }
}

/** Spools go to the object store at both ends of a trade date; a store that cannot be reached costs nothing but an alert. */
async function sealAudit(deps: MarketDeps): Promise<void> {
  try {
    await deps.audit.seal(deps.store);
  } catch (error) {
    const text = `audit spool not sealed, it stays on this disk: ${error instanceof Error ? error.message : String(error)}`;
    deps.report({ type: 'alert', text, marketTime: null });
    deps.log('warn', text);
  }
}
