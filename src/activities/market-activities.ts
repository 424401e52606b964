/**
 * The `runMarket` activity: one trade date of the market feed in this process (requirements A6, A8; architecture: market data never
 * enters history). Killed, it is retried here or elsewhere, warms up from journal and history, and decides the same.
 */
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { createDataConnection } from '../broker/data-connection';
import type { MarketDataPort } from '../broker/market-data-port';
import type { Config } from '../config/config';
import type { FutureSymbol } from '../domain/instruments';
import type { MarketFeedInput } from '../domain/market-feed';
import type { ConductorCommand, ProcessReport } from '../domain/process-messages';
import type { PromotedModelWatch } from '../learning/promoted-model-watch';
import type { ShadowWatch } from '../learning/shadow-watch';
import { feedTradeDate } from '../market-data/warm-up';
import type { AuditLog } from '../storage/audit-log';
import type { MarketJournal } from '../storage/market-journal';
import type { ObjectStore } from '../storage/object-store';
import type { HeardAt } from './feed-hearing';
import { createDecideBar } from './market-feed/decide-bar';
import { EquityWatch } from './market-feed/equity-watch';
import { MarketFeed } from './market-feed/feed';
import type { InstrumentLane } from './market-feed/instrument-lane';
import { RefreshedOutside } from './market-feed/refreshed-outside';
import { openLanes } from './market-feed/open-lanes';
import { chooseRun, runThatVotes, watchPromotions, watchShadowRun, whyWithheld } from './market-feed/model-choice';
import { pause, SessionLink } from './market-feed/session-link';
import { VotingModels, type FeedOpened } from './market-feed/voting-models';
import { openOutside } from './open-outside';
import { runtimeIds } from './runtime-ids';
import { SharedRun } from './shared-run';

export interface MarketDeps {
  readonly config: Config;
  readonly client: Client;
  readonly store: ObjectStore;
  readonly journal: MarketJournal;
  readonly audit: AuditLog;
  /** The data that ship with the program. */
  readonly dataFolder: string;
  /** Has a promoted run watched for breaches; idempotent. */
  readonly watchChampion: (runId: string) => Promise<unknown>;
  readonly report: (report: ProcessReport) => void;
  /** Calls back with each clock release of the conductor; returns the function that ends it. */
  readonly onCommand: (listener: (command: ConductorCommand) => void) => () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields?: object) => void;
}

type Hearing = Map<FutureSymbol, HeardAt>;

export interface MarketResult {
  readonly tradeDate: string;
  readonly marketTime: number;
}

const HOUR_MS = 3_600_000;
/** Older news weighs a thousandth. */
const NEWS_HALF_LIVES = 10;
const HEARTBEAT_MS = 400;
const POLL_MS = 250;
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

/** What is known outside the market; without it the feed goes on, and says so. `startedAt`: market time. */
function openWorld(
  { config: { data, news }, store, dataFolder, report, log }: MarketDeps,
  startedAt: number,
): Promise<RefreshedOutside> {
  const longestMs = NEWS_HALF_LIVES * news.halfLifeHours * HOUR_MS;
  return RefreshedOutside.open({
    read: () => openOutside(store, { data, news, dataFolder }, startedAt - longestMs),
    tell: (text) => {
      report({ type: 'alert', text, marketTime: null });
      log('warn', text);
    },
  });
}

interface Opened {
  readonly opened: FeedOpened;
  readonly watch: PromotedModelWatch | null;
  readonly shadow: ShadowWatch | null;
  readonly lanes: readonly InstrumentLane[];
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

function createFeed(deps: MarketDeps, input: MarketFeedInput, data: MarketDataPort, parts: Opened): MarketFeed {
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

/**
 * The account's money as heard since the connection was made: the broker may report it once and then not again while nothing moves,
 * so it is listened for before anything else is asked.
 */
class HeardEquity {
  private latest: number | null = null;
  private readonly listeners = new Set<(netLiquidation: number) => void>();

  constructor(data: MarketDataPort) {
    data.onEquity(({ netLiquidation }) => {
      this.latest = netLiquidation;
      this.listeners.forEach((listener) => listener(netLiquidation));
    });
  }

  /** Calls back with each report from now on. */
  follow(listener: (netLiquidation: number) => void): void {
    this.listeners.add(listener);
  }

  /** The latest report, or the first one to come. */
  first(signal: AbortSignal): Promise<number> {
    if (this.latest !== null) return Promise.resolve(this.latest);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.follow(resolve);
    });
  }
}

/** Lock-step: minutes are closed as the conductor releases them. Resolves with the market time of the trade date's end. */
function followConductor(deps: MarketDeps, feed: MarketFeed, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const stopListening = deps.onCommand((command) => {
      feed.released(command.marketTime).then((running) => {
        if (running) return;
        stopListening();
        resolve(command.marketTime);
      }, fail);
    });
    const fail = (error: unknown): void => {
      stopListening();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
}

/** Free-running: the broker's clock is asked until the trade date is over. */
async function followClock(feed: MarketFeed, data: MarketDataPort, signal: AbortSignal): Promise<number> {
  while (await feed.poll()) await pause(POLL_MS, signal);
  return data.marketTime();
}
