/**
 * The market feed of one trade date: broker streams in, decisions out. Runs inside the heartbeating `runMarket` activity.
 * Invariants:
 *  1. Time is the broker's clock; a minute is closed when every instrument's last 5-second bar is in, or when a round trip on the data
 *     socket says that the clock is past it (a barrier: all that was sent before the answer has been consumed).
 *  2. Minutes are decided in order, one at a time; only the newest one may propose.
 *  3. Evidence is on disk before a proposal leaves; the session answers a repeated proposal as it answered the first.
 */
import type { MarketDataPort } from '../../broker/market-data-port';
import { tradeDateBounds } from '../../domain/calendar';
import { MINUTE_MS } from '../../domain/exchange-time';
import type { DecisionRecord, ProposalAnswer, ProposalBatch } from '../../domain/proposals';
import type { FeedBar, ProcessReport } from '../../domain/process-messages';
import { limitCause } from '../../domain/session-halt';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import type { RowReader } from '../../learning/ensemble';
import type { ShadowWatch } from '../../learning/shadow-watch';
import type { AuditLog } from '../../storage/audit-log';
import type { DecideBar, DecidedBar } from './decide-bar';
import type { EquityWatch } from './equity-watch';
import type { InstrumentLane } from './instrument-lane';
import { pause, type SessionLink } from './session-link';
import type { VotingModels } from './voting-models';

export interface FeedParts {
  readonly account: string;
  readonly tradeDate: string;
  readonly lockStep: boolean;
  readonly data: MarketDataPort;
  readonly lanes: readonly InstrumentLane[];
  readonly session: SessionLink;
  readonly equity: EquityWatch;
  readonly audit: AuditLog;
  readonly decideBar: DecideBar;
  /** Whose votes count; exchanged between two bars only. `proposalsWithheld` null: proposals leave; else why they do not. */
  readonly models: Pick<VotingModels, 'beforeBar' | 'proposalsWithheld'>;
  /** Hears every decided bar; it never holds one up. */
  readonly shadow: Pick<ShadowWatch, 'observe'> | null;
  readonly report: (report: ProcessReport) => void;
  readonly signal: AbortSignal;
}

type BarSettled = Extract<ProcessReport, { readonly type: 'bar-settled' }>;

/** How long after a minute's end stragglers are awaited when the clock runs free. */
const STRAGGLER_MS = 2_000;

export class MarketFeed {
  private decidedThrough: number;
  private sessionTouched = false;
  private lastSettled: BarSettled | null = null;
  private readonly pendingEquity = new Set<Promise<unknown>>();
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: FeedParts,
    private readonly startedAt: number,
  ) {
    // The minute that ended as the feed came up is decided (again); the session knows whether it was decided before.
    this.decidedThrough = Math.floor(startedAt / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
  }

  /**
   * Opens the trade date with the session; resolves when the session has taken it up. False when the session has closed it already: this
   * feed replaces one that died between the close and its own end, and there is nothing left to do.
   */
  async open(netLiquidation: number): Promise<boolean> {
    const { session, tradeDate, signal, equity } = this.parts;
    const isPast = ({ pastDays }: SessionSnapshot): boolean => pastDays.some((day) => day.tradeDate === tradeDate);
    // Asked before anything is said: an old date that is opened again would close the present one.
    if (isPast(await session.snapshot())) return false;
    await session.openTradeDate({ tradeDate, netLiquidation, marketTime: this.startedAt });
    for (;;) {
      const snapshot = await session.snapshot();
      equity.follow(snapshot);
      if (snapshot.tradeDate === tradeDate) return true;
      if (isPast(snapshot)) return false;
      await pause(20, signal);
    }
  }

  /** Closes the trade date with the session; resolves when its totals are carried as a past day. */
  async close(marketTime: number): Promise<void> {
    const { session, equity, tradeDate, signal } = this.parts;
    equity.follow(await session.snapshot());
    await equity.close(marketTime);
    await session.closeTradeDate({ tradeDate, marketTime });
    while ((await session.snapshot()).tradeDate === tradeDate) await pause(50, signal);
  }

  /** A net liquidation heard on the data socket. */
  hearEquity(netLiquidation: number): void {
    const time = this.parts.data.lastMarketTime() ?? this.startedAt;
    const sending = this.parts.equity.observe(netLiquidation, time).then((sent) => {
      this.sessionTouched ||= sent;
    });
    this.pendingEquity.add(sending);
    const done = (): void => void this.pendingEquity.delete(sending);
    sending.then(done, done);
  }

  /**
   * Closes and decides every minute that is due at `marketTime` (UTC ms), one call at a time.
   * @returns false when the trade date is over.
   */
  async advance(marketTime: number): Promise<boolean> {
    const mine = this.turn.then(() => this.advanceNow(marketTime));
    // The chain goes on after a failure; the caller of this turn hears of it.
    this.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  private async advanceNow(marketTime: number): Promise<boolean> {
    const through = Math.floor(marketTime / MINUTE_MS) * MINUTE_MS;
    const { end } = tradeDateBounds(this.parts.tradeDate);
    for (const minuteEnd of this.dueMinutes(Math.min(through, end))) {
      await this.settle(minuteEnd, marketTime);
    }
    return marketTime < end;
  }

  private dueMinutes(through: number): readonly number[] {
    const due = new Set(this.parts.lanes.flatMap((lane) => lane.dueMinutes(through)));
    if (this.restartedAt(through)) due.add(through);
    return [...due].filter((end) => end > this.decidedThrough).sort((a, b) => a - b);
  }

  /** Warm-up already consumed the minute that ended as the feed came up: it is due without a new bar. */
  private restartedAt(through: number): boolean {
    return (
      this.decidedThrough < through &&
      through <= this.startedAt &&
      this.parts.lanes.some((lane) => lane.lastBarAt === through)
    );
  }

  private async settle(minuteEnd: number, marketTime: number): Promise<void> {
    const { lanes, session, equity, models } = this.parts;
    await models.beforeBar(minuteEnd);
    const closed: InstrumentLane[] = [];
    for (const lane of lanes) {
      const warmed = lane.lastBarAt === minuteEnd;
      if (warmed || (await lane.close(minuteEnd)) !== null) closed.push(lane);
    }
    await Promise.all(this.pendingEquity);
    const snapshot = await session.snapshot();
    equity.follow(snapshot);
    const begun = performance.now();
    const decided = await Promise.all(closed.map((lane) => this.parts.decideBar(lane, minuteEnd, snapshot)));
    const inferenceMs = (performance.now() - begun) / closed.length;
    const newest = marketTime - minuteEnd < MINUTE_MS;
    const answers = await this.propose(minuteEnd, decided, snapshot, newest);
    this.decidedThrough = minuteEnd;
    const bars = closed.map((lane, i) => ({
      record: decided[i].record,
      rows: (reader: RowReader) => lane.rowsFor(reader),
    }));
    this.parts.shadow?.observe(bars, { inferenceMs, haltCause: limitCause(snapshot.halt) });
    this.lastSettled = {
      type: 'bar-settled',
      marketTime: minuteEnd,
      bars: closed.map((lane) => feedBar(lane)),
      decisions: decided.map(({ record }) => record),
      answers,
      sessionTouched: this.takeTouched() || answers.length > 0,
    };
  }

  private async propose(
    barClose: number,
    decided: readonly DecidedBar[],
    snapshot: SessionSnapshot,
    newest: boolean,
  ): Promise<readonly ProposalAnswer[]> {
    const { audit, session, tradeDate, models } = this.parts;
    const records: DecisionRecord[] = decided.map(({ record }) => record);
    if (records.length > 0) await audit.append(records.map((record) => ({ type: 'decision', tradeDate, record })));
    const wanting = decided.filter((bar) => bar.proposal !== null);
    if (wanting.length === 0 || !newest || models.proposalsWithheld !== null) return [];
    const batch: ProposalBatch = {
      barClose,
      tradeDate: snapshot.tradeDate ?? tradeDate,
      proposals: wanting.flatMap(({ proposal }) => (proposal === null ? [] : [proposal])),
      decisions: wanting.map(({ record }) => record),
      decidedMonotonicMs: Number(process.hrtime.bigint()) / 1e6,
    };
    const answers = await session.propose(batch);
    await audit.append(answers.map((answer) => ({ type: 'verdict', tradeDate, barClose, answer })));
    return answers;
  }

  /**
   * Lock-step: the conductor released the clock to `marketTime`; decides what is due and answers for that instant, also when nothing
   * was due or when it was decided before (the answer may have died with this process's predecessor).
   */
  async released(marketTime: number): Promise<boolean> {
    const running = await this.advance(await this.parts.data.marketTime());
    await Promise.all(this.pendingEquity);
    const settled = this.lastSettled?.marketTime === marketTime ? this.lastSettled : emptyMinute(marketTime);
    this.parts.report({ ...settled, sessionTouched: settled.sessionTouched || this.takeTouched() });
    return running;
  }

  /** Free-running: asks the clock and closes what stragglers had their time for; what it decided is reported as it comes. */
  async poll(): Promise<boolean> {
    const before = this.lastSettled;
    const clock = await this.parts.data.marketTime();
    const running = await this.advance(this.barsComplete(clock) ? clock : clock - STRAGGLER_MS);
    if (this.lastSettled !== null && this.lastSettled !== before) this.parts.report(this.lastSettled);
    return running;
  }

  /** Every lane has the last 5-second bar of the minute that ended last. */
  private barsComplete(clock: number): boolean {
    const end = Math.floor(clock / MINUTE_MS) * MINUTE_MS;
    return this.parts.lanes.every((lane) => lane.isComplete(end));
  }

  private takeTouched(): boolean {
    const touched = this.sessionTouched;
    this.sessionTouched = false;
    return touched;
  }
}

const emptyMinute = (marketTime: number): BarSettled => ({
  type: 'bar-settled',
  marketTime,
  bars: [],
  decisions: [],
  answers: [],
  sessionTouched: false,
});

function feedBar(lane: InstrumentLane): FeedBar {
  const quote = lane.quote();
  const { close, volume } = lane.lastBar ?? { close: Number.NaN, volume: 0 };
  const { symbol, vetoCounts: vetoes } = lane;
  return { symbol, close, volume, bid: quote?.bid ?? null, ask: quote?.ask ?? null, vetoes };
}
