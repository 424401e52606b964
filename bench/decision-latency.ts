/**
 * From decision to order: `proposeOrders` updates to a real server, the real trader, and the time at which the order's bytes reach the
 * paper gateway, joined by orderRef; both times are CLOCK_MONOTONIC of this machine.
 * Invariants: 1. the clock taken before the update is the feed's own; 2. nothing but the update runs while one is measured: what it left
 * resting is cancelled, and the guard's rate limit has room again, before the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionLink } from '../src/activities/market-feed/session-link';
import { createDataConnection } from '../src/broker/data-connection';
import { monotonicMs } from '../src/broker/limiter';
import { waitFor } from '../src/cli/demo/wait-for';
import { DEFAULT_CONFIG, type LimitsConfig } from '../src/config/config';
import { tradeDateOf } from '../src/domain/calendar';
import type { FutureContract } from '../src/domain/contracts';
import { addDays } from '../src/domain/exchange-holidays';
import { MINUTE_MS } from '../src/domain/exchange-time';
import { decisionId, sessionWorkflowId } from '../src/domain/ids';
import { FUTURE_SYMBOLS, type FutureSymbol } from '../src/domain/instruments';
import { FLAT_CONTEXT, type DecisionRecord, type EntryProposal, type ProposalBatch } from '../src/domain/proposals';
import type { SessionSnapshot } from '../src/domain/session-snapshot';
import * as messages from '../src/workflows/messages';
import { latenciesOf, type Latencies } from './latencies';
import { describeMachine, type Machine } from './machine';
import { priceAway, quietPrice, writeQuietMarket } from './quiet-market';
import { openTrading, type TradingRig } from './rig';

export const BURSTS = [1, 2, 6] as const;
const BUDGET = { p50Ms: 25, p99Ms: 100 } as const;
const NOON = Date.parse('2013-10-10T16:00:00Z');
const MARKET_MINUTES = 60;
const WARM_UP_ROUNDS = 10;
/** As many as a session trades in a day at the most. */
const ORDERS_PER_TRADE_DATE = DEFAULT_CONFIG.limits.tradesPerDay;
/** Entry, stop and target, each placed and cancelled. */
const MESSAGES_PER_ORDER = 6;
/** Of the guard's messages a second, kept for what it asks by itself. */
const LIMITER_MARGIN = 8;
const LIMITER_WINDOW_MS = 1_000;
const SETTLE_TIMEOUT_MS = 60_000;

/** Raised, or the third order would be refused; everything else of the session is as it trades. */
const LIMITS: LimitsConfig = { ...DEFAULT_CONFIG.limits, tradesPerDay: 10_000, exposureContracts: 10_000 };

export interface DecisionLatencyResult {
  readonly machine: Machine;
  readonly server: TradingRig['server'];
  readonly limits: LimitsConfig;
  readonly messagesPerSecond: number;
  readonly budgetMs: typeof BUDGET;
  readonly withinBudget: boolean;
  readonly bursts: readonly (Latencies & { readonly proposalsPerUpdate: number })[];
  readonly all: Latencies;
}

/** Measures at least `orders` orders, a third of them in bursts of each size. */
export async function runDecisionLatencyBench(
  orders: number,
  say: (line: string) => void,
): Promise<DecisionLatencyResult> {
  const machine = describeMachine();
  const data = mkdtempSync(join(tmpdir(), 'omega-bench-data-'));
  try {
    writeQuietMarket(data, NOON - MARKET_MINUTES * MINUTE_MS, 2 * MARKET_MINUTES);
    const rig = await openTrading({ dataFolder: data, clock: NOON }, LIMITS);
    try {
      const driver = new ProposalDriver(rig, await frontContracts(rig));
      const bursts = await measureBursts(driver, orders, say);
      const all = latenciesOf(bursts.flatMap(({ latencies }) => latencies));
      return {
        machine,
        server: rig.server,
        limits: LIMITS,
        messagesPerSecond: rig.broker.messagesPerSecond,
        budgetMs: BUDGET,
        withinBudget: all.p50 <= BUDGET.p50Ms && all.p99 <= BUDGET.p99Ms,
        bursts: bursts.map(({ proposalsPerUpdate, latencies }) => ({ proposalsPerUpdate, ...latenciesOf(latencies) })),
        all,
      };
    } finally {
      await rig.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

interface MeasuredBurst {
  readonly proposalsPerUpdate: number;
  readonly latencies: readonly number[];
}

async function measureBursts(
  driver: ProposalDriver,
  orders: number,
  say: (line: string) => void,
): Promise<readonly MeasuredBurst[]> {
  await driver.openTradeDate();
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await driver.round(FUTURE_SYMBOLS.length);
  const decided = new Map<number, ReadonlyMap<string, number>>();
  for (const size of BURSTS) {
    const times = new Map<string, number>();
    while (times.size < Math.ceil(orders / BURSTS.length)) {
      const { keys, decidedAt } = await driver.round(size);
      for (const key of keys) times.set(key, decidedAt);
    }
    decided.set(size, times);
    say(`${times.size} orders in bursts of ${size}`);
  }
  const received = await driver.receivedMonotonicMs();
  return [...decided].map(([proposalsPerUpdate, times]) => ({
    proposalsPerUpdate,
    latencies: [...times].map(([key, decidedAt]) => {
      const at = received.get(key);
      if (at === undefined) throw new Error(`${key} was answered as placed and the gateway does not know it`);
      return at - decidedAt;
    }),
  }));
}

/** Contracts as the feed resolves them. */
async function frontContracts({ broker }: TradingRig): Promise<ReadonlyMap<FutureSymbol, FutureContract>> {
  const data = createDataConnection(broker);
  try {
    await data.connect();
    const contracts = new Map<FutureSymbol, FutureContract>();
    for (const symbol of FUTURE_SYMBOLS) contracts.set(symbol, await data.resolveFront(symbol, tradeDateOf(NOON)));
    return contracts;
  } finally {
    await data.close();
  }
}

/** Plays the feed: one update a round, and what it left at the broker taken back. */
class ProposalDriver {
  private readonly link: SessionLink;
  private readonly account: string;
  /** Label of the session's trade date; the market's clock stands still all the while. */
  private tradeDate = tradeDateOf(NOON);
  private ordersToday = 0;
  private rounds = 0;
  /** What each round of late handed to the limiter, and until when. */
  private written: readonly { readonly until: number; readonly messages: number }[] = [];

  constructor(
    private readonly rig: TradingRig,
    private readonly contracts: ReadonlyMap<FutureSymbol, FutureContract>,
  ) {
    this.account = rig.broker.account ?? '';
    this.link = new SessionLink({
      client: rig.client,
      account: this.account,
      signal: new AbortController().signal,
      onRetry: (call, error) => {
        throw new Error(`${call} was not answered at once`, { cause: error });
      },
    });
  }

  async openTradeDate(): Promise<void> {
    const { tradeDate } = this;
    await this.link.openTradeDate({ tradeDate, netLiquidation: 100_000, marketTime: NOON });
    await this.until(`the trade date ${tradeDate} to open`, (now) => now.tradeDate === tradeDate);
  }

  /** One update with `size` proposals; resolves when nothing of it rests any more and the limiter has room. */
  async round(size: number): Promise<{ readonly keys: readonly string[]; readonly decidedAt: number }> {
    if (this.ordersToday + size > ORDERS_PER_TRADE_DATE) await this.nextTradeDate();
    this.ordersToday += size;
    this.rounds += 1;
    await this.untilLimiterHasRoom(size * MESSAGES_PER_ORDER);
    const batch = this.batch(size);
    const answers = await this.link.propose(batch);
    const keys = answers.map((answer) => {
      if (answer.outcome !== 'placed') throw new Error(`a proposal was not placed: ${JSON.stringify(answer)}`);
      return answer.key;
    });
    await this.takeBack(keys);
    this.written = [...this.written, { until: monotonicMs(), messages: size * MESSAGES_PER_ORDER }];
    return { keys, decidedAt: batch.decidedMonotonicMs };
  }

  /** The guard's limiter counts a sliding second: a round waits until it fits beside the rounds of that second, or is alone. */
  private async untilLimiterHasRoom(messages: number): Promise<void> {
    const capacity = this.rig.broker.messagesPerSecond - LIMITER_MARGIN;
    for (;;) {
      this.written = this.written.filter(({ until }) => monotonicMs() - until < LIMITER_WINDOW_MS);
      const inWindow = this.written.reduce((sum, round) => sum + round.messages, 0);
      const [oldest] = this.written;
      if (oldest === undefined || inWindow + messages <= capacity) return;
      await sleep(oldest.until + LIMITER_WINDOW_MS - monotonicMs() + 1);
    }
  }

  receivedMonotonicMs(): Promise<ReadonlyMap<string, number>> {
    return this.rig.control.receivedMonotonicMs();
  }

  private batch(size: number): ProposalBatch {
    // A bar of its own for every round: the session decides each bar once.
    const barClose = NOON + this.rounds;
    const proposals = FUTURE_SYMBOLS.slice(0, size).map((symbol) => this.entry(symbol, barClose));
    const decisions = proposals.map((proposal) => this.evidence(proposal, barClose));
    return { barClose, tradeDate: this.tradeDate, proposals, decisions, decidedMonotonicMs: monotonicMs() };
  }

  /** A limit order far below the market, with its bracket: it rests until it is taken back. */
  private entry(symbol: FutureSymbol, barClose: number): EntryProposal {
    const contract = this.contracts.get(symbol);
    if (contract === undefined) throw new Error(`${symbol} has no contract`);
    return {
      kind: 'enter',
      decisionId: decisionId(this.account, symbol, barClose),
      symbol,
      contract,
      side: 'buy',
      quantity: 1,
      orderType: 'limit',
      limitPrice: priceAway(symbol, -0.02),
      stopPrice: priceAway(symbol, -0.03),
      targetPrice: priceAway(symbol, 0.03),
      referencePrice: quietPrice(symbol),
      expiresAt: barClose + MINUTE_MS,
    };
  }

  /** As large as the feed's own: it travels with the proposal. */
  private evidence({ decisionId: id, symbol }: EntryProposal, barClose: number): DecisionRecord {
    const hash = 'f'.repeat(64);
    const probabilities = [0.1, 0.2, 0.7] as const;
    return {
      decisionId: id,
      account: this.account,
      symbol,
      barClose,
      featureHash: hash,
      schemaHash: hash,
      modelRun: '20131009_220000',
      votes: ['sgd', 'random_forest'].map((model) => ({ model, signal: 'buy', probabilities })),
      skipped: [],
      signal: 'buy',
      confidence: 1,
      action: 'enter',
      reason: 'bench',
      warmupFrom: NOON,
      quote: null,
      stale: null,
      session: FLAT_CONTEXT,
      runtime: { node: process.version, onnxruntime: '', cpu: '' },
    };
  }

  private async takeBack(keys: readonly string[]): Promise<void> {
    const session = this.rig.client.workflow.getHandle(sessionWorkflowId(this.account));
    await Promise.all(keys.map((key) => session.signal(messages.cancelOrder, { key, by: 'bench' })));
    const isOver = (now: SessionSnapshot): boolean =>
      now.settled && now.orders.every(({ key, state }) => !keys.includes(key) || state === 'cancelled');
    await this.until(`${keys.length} orders to be cancelled`, isOver);
  }

  /** As in life a session keeps only the orders of its trade date; ending it begins a new run, and nothing is decided meanwhile. */
  private async nextTradeDate(): Promise<void> {
    const ended = this.tradeDate;
    const before = await this.runId();
    await this.link.closeTradeDate({ tradeDate: ended, marketTime: NOON });
    const next = async (): Promise<true | null> => ((await this.runId()) === before ? null : true);
    await waitFor('the run of the next trade date', next, { timeoutMs: SETTLE_TIMEOUT_MS });
    this.tradeDate = addDays(ended, 1);
    this.ordersToday = 0;
    await this.openTradeDate();
  }

  private async runId(): Promise<string> {
    return (await this.rig.client.workflow.getHandle(sessionWorkflowId(this.account)).describe()).runId;
  }

  private until(what: string, holds: (now: SessionSnapshot) => boolean): Promise<SessionSnapshot> {
    const attempt = async (): Promise<SessionSnapshot | null> => {
      const now = await this.link.snapshot();
      return holds(now) ? now : null;
    };
    return waitFor(what, attempt, { timeoutMs: SETTLE_TIMEOUT_MS, pollMs: 10 });
  }
}
