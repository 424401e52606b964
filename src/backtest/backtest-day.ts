/**
 * One trade date of a back-test, minute by minute as in lock-step replay: the quote and everything it causes at 59 s, the close, the
 * decision, its orders. Features, votes, decision, risk, sizing and equity watch are the very functions of the live feed and session.
 */
import { createDecideBar, type DecideBar } from '../activities/market-feed/decide-bar';
import { EquityWatch } from '../activities/market-feed/equity-watch';
import { runtimeIds } from '../activities/runtime-ids';
import type { Config } from '../config/config';
import { tradeDateBounds } from '../domain/calendar';
import type { FutureSymbol } from '../domain/instruments';
import type { DecisionRecord, ProposalAnswer } from '../domain/proposals';
import type { PastDay } from '../domain/session-snapshot';
import type { BacktestSession } from './backtest-session';
import type { RecordedLane } from './recorded-lane';
import type { SimulatedBroker } from './simulated-broker';

/** The last quote of a recorded minute is stamped so long before its end. */
const QUOTE_BEFORE_CLOSE_MS = 1_000;

export interface EquityPoint {
  /** End of a minute, UTC ms. */
  readonly time: number;
  /** Net liquidation, dollars. */
  readonly equity: number;
  /** Signed contracts by instrument. */
  readonly positions: Readonly<Partial<Record<FutureSymbol, number>>>;
  /** Last closes of the minute. */
  readonly closes: Readonly<Partial<Record<FutureSymbol, number>>>;
}

export interface DayParts {
  readonly account: string;
  readonly config: Pick<Config, 'trading' | 'limits'>;
  readonly tradeDate: string;
  /** Ends of the recorded minutes, ascending. */
  readonly minuteEnds: readonly number[];
  readonly lanes: readonly RecordedLane[];
  readonly modelRun: string | null;
  /** Null: proposals are made; else why nothing is proposed. */
  readonly proposalsWithheld: string | null;
  readonly broker: SimulatedBroker;
  readonly session: BacktestSession;
}

/** What a trade date left behind. */
export interface DayRun {
  readonly tradeDate: string;
  readonly modelRun: string | null;
  readonly proposalsWithheld: string | null;
  readonly totals: PastDay;
  readonly decisions: readonly DecisionRecord[];
  readonly answers: readonly ProposalAnswer[];
  readonly points: readonly EquityPoint[];
  /** A halt of an earlier date that was lifted at the open, with its cause; null when there was none. */
  readonly liftedHalt: string | null;
  /** The halt in force at the close. */
  readonly halt: string | null;
}

export class BacktestDay {
  private readonly decideBar: DecideBar;
  private readonly equity: EquityWatch;
  private readonly decisions: DecisionRecord[] = [];
  private readonly answers: ProposalAnswer[] = [];
  private readonly points: EquityPoint[] = [];
  private readonly reports: Promise<unknown>[] = [];
  private lastEquity: number | null = null;

  constructor(private readonly parts: DayParts) {
    const { account, config, modelRun, proposalsWithheld, session } = parts;
    this.decideBar = createDecideBar({
      account,
      trading: config.trading,
      modelRun,
      runtime: runtimeIds(),
      proposalsWithheld,
    });
    this.equity = new EquityWatch({
      limits: config.limits,
      send: (report) => {
        session.hearEquity(report);
        session.listen();
        return Promise.resolve();
      },
      readSession: () => Promise.resolve(session.snapshot()),
    });
  }

  /** Trades the date to its end. */
  async run(): Promise<DayRun> {
    const { session, broker, tradeDate, minuteEnds, modelRun, proposalsWithheld } = this.parts;
    const { start, end } = tradeDateBounds(tradeDate);
    await this.release(start, true);
    session.openTradeDate({ tradeDate, netLiquidation: broker.netLiquidation(), marketTime: start });
    this.equity.follow(session.snapshot());
    const liftedHalt = session.liftHalt();
    for (const minuteEnd of minuteEnds.filter((time) => time < end)) {
      await this.release(minuteEnd - QUOTE_BEFORE_CLOSE_MS, false);
      await this.release(minuteEnd, true);
      await this.settle(minuteEnd);
    }
    await this.release(end, true);
    if (minuteEnds.includes(end)) await this.settle(end);
    this.equity.follow(session.snapshot());
    await this.equity.close(end);
    const { halt } = session.snapshot();
    session.closeTradeDate();
    const totals = session.snapshot().pastDays.find((day) => day.tradeDate === tradeDate);
    if (totals === undefined) throw new Error(`the session closed ${tradeDate} and forgot it`);
    const { decisions, answers, points } = this;
    const halted = halt.phase === 'ACTIVE' ? null : halt.cause;
    return { tradeDate, modelRun, proposalsWithheld, totals, decisions, answers, points, liftedHalt, halt: halted };
  }

  /**
   * Moves the clock; fills reach the session as they come. The account's money reaches its watch when the clock has arrived where it is
   * waited for: after a step that executed something, and at the end of a minute, as lock-step replay goes.
   */
  private async release(time: number, waits: boolean): Promise<void> {
    const { broker, session } = this.parts;
    broker.advanceTo(time, () => {
      const executed = session.listen();
      if (waits || executed) this.observe(time);
    });
    await Promise.all(this.reports.splice(0));
  }

  private observe(time: number): void {
    const netLiquidation = this.parts.broker.netLiquidation();
    if (netLiquidation === this.lastEquity) return;
    this.lastEquity = netLiquidation;
    this.reports.push(this.equity.observe(netLiquidation, time));
  }

  private async settle(minuteEnd: number): Promise<void> {
    const { lanes, session, tradeDate, proposalsWithheld } = this.parts;
    const closed = lanes.filter((lane) => lane.close(minuteEnd));
    const snapshot = session.snapshot();
    this.equity.follow(snapshot);
    const decided = await Promise.all(closed.map((lane) => this.decideBar(lane, minuteEnd, snapshot)));
    this.decisions.push(...decided.map(({ record }) => record));
    const wanting = decided.filter(({ proposal }) => proposal !== null);
    if (wanting.length > 0 && proposalsWithheld === null) {
      const answers = session.propose({
        barClose: minuteEnd,
        tradeDate: snapshot.tradeDate ?? tradeDate,
        proposals: wanting.flatMap(({ proposal }) => (proposal === null ? [] : [proposal])),
        decisions: wanting.map(({ record }) => record),
        decidedMonotonicMs: 0,
      });
      this.answers.push(...answers);
      this.observe(minuteEnd);
      await Promise.all(this.reports.splice(0));
    }
    this.points.push(this.pointAt(minuteEnd));
  }

  private pointAt(time: number): EquityPoint {
    const { broker, lanes, session } = this.parts;
    const positions = Object.fromEntries(
      session.snapshot().positions.map(({ symbol, quantity }) => [symbol, quantity] as const),
    );
    const closes = Object.fromEntries(
      lanes.flatMap((lane) => (lane.lastClose === null ? [] : [[lane.symbol, lane.lastClose] as const])),
    );
    return { time, equity: broker.netLiquidation(), positions, closes };
  }
}
