/** Figures of a back-test from its days, executions and equity. Pure; money in dollars, times UTC ms. */
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { maxDrawdown } from '../domain/max-drawdown';
import type { DecisionRecord } from '../domain/proposals';
import type { RefusalCode } from '../domain/refusals';
import { dailySharpe } from '../learning/evaluation/gates';
import type { EquityPoint } from './backtest-day';
import type { RoundTrip } from './round-trips';
import type { BacktestRun, TestedDay } from './run-backtest';
import { addCosts, NO_COSTS, type ExecutionCosts } from './simulated-broker';

export interface TradeFigures {
  readonly trades: number;
  readonly grossPnl: number;
  readonly netPnl: number;
  readonly costs: ExecutionCosts;
  /** Winners among closed trades; null without one. */
  readonly hitRate: number | null;
  /** Net gains over net losses; null without a loss. */
  readonly profitFactor: number | null;
  readonly averageTrade: number | null;
}

export interface DayFigures extends TradeFigures {
  readonly tradeDate: string;
  readonly modelRun: string | null;
  readonly inSample: boolean;
  readonly minutes: number;
  readonly decisions: number;
  readonly proposals: number;
  readonly refusals: Readonly<Partial<Record<RefusalCode, number>>>;
  /** Change of net liquidation over the date: what is open at its end is in it. */
  readonly equityChange: number;
  readonly buyAndHold: number;
  readonly maxDrawdown: number;
  readonly halt: string | null;
  readonly liftedHalt: string | null;
  readonly proposalsWithheld: string | null;
}

export interface InstrumentFigures extends TradeFigures {
  readonly symbol: FutureSymbol;
  readonly buyAndHold: number;
  /** Share of its decided minutes with a position. */
  readonly exposure: number;
}

export interface SharpeFigure {
  /** Of daily changes of net liquidation, × √252; null for fewer than two dates or dates all alike. */
  readonly sharpe: number | null;
  /** 95 % interval: ± 1.96 standard errors of Lo (2002) for independent days. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly days: number;
}

export interface Figures extends TradeFigures {
  readonly startEquity: number;
  readonly endEquity: number;
  readonly buyAndHold: number;
  readonly maxDrawdown: number;
  readonly sharpe: SharpeFigure;
  /** Share of minutes with any position. */
  readonly exposure: number;
  readonly averageContracts: number;
  readonly openTrades: number;
  readonly days: readonly DayFigures[];
  readonly instruments: readonly InstrumentFigures[];
  /** Entries that the signal validator vetoed. */
  readonly vetoes: number;
  /** Decisions that ended with no action, by reason. */
  readonly idleReasons: readonly { readonly reason: string; readonly count: number }[];
  /** Models that did not vote, by name and reason. */
  readonly skippedVotes: readonly { readonly model: string; readonly why: string; readonly count: number }[];
}

const TRADE_DATES_PER_YEAR = 252;
const NORMAL_95 = 1.959963984540054;

/** Lo (2002), independent daily results: the standard error of a daily Sharpe S over n days is √((1 + S² / 2) / n). */
export function sharpeFigure(daily: readonly number[]): SharpeFigure {
  const sharpe = dailySharpe(daily);
  if (sharpe === null) return { sharpe, lower: null, upper: null, days: daily.length };
  const perDay = sharpe / Math.sqrt(TRADE_DATES_PER_YEAR);
  const error = Math.sqrt((1 + perDay ** 2 / 2) / daily.length) * Math.sqrt(TRADE_DATES_PER_YEAR);
  return { sharpe, lower: sharpe - NORMAL_95 * error, upper: sharpe + NORMAL_95 * error, days: daily.length };
}

export function tradeFigures(trips: readonly RoundTrip[]): TradeFigures {
  const closed = trips.filter(({ exitedAt }) => exitedAt !== null);
  const wins = closed.filter(({ netPnl }) => netPnl > 0);
  const gains = wins.reduce((sum, { netPnl }) => sum + netPnl, 0);
  const losses = -closed.filter(({ netPnl }) => netPnl < 0).reduce((sum, { netPnl }) => sum + netPnl, 0);
  const netPnl = trips.reduce((sum, trip) => sum + trip.netPnl, 0);
  return {
    trades: trips.length,
    grossPnl: trips.reduce((sum, trip) => sum + trip.grossPnl, 0),
    netPnl,
    costs: trips.reduce((sum, trip) => addCosts(sum, trip.costs), NO_COSTS),
    hitRate: closed.length === 0 ? null : wins.length / closed.length,
    profitFactor: losses === 0 ? null : gains / losses,
    averageTrade: trips.length === 0 ? null : netPnl / trips.length,
  };
}

/** One contract from the first to the last close of the points, less the fees of both sides. */
export function buyAndHoldOf(
  symbol: FutureSymbol,
  points: readonly Pick<EquityPoint, 'closes'>[],
  feePerContract: number | null,
): number {
  const closes = points.flatMap((point) => point.closes[symbol] ?? []);
  if (closes.length === 0) return 0;
  const instrument = INSTRUMENTS[symbol];
  const fee = feePerContract ?? instrument.feePerContract;
  return (closes[closes.length - 1] - closes[0]) * instrument.multiplier - 2 * fee;
}

function refusalsOf({ answers }: TestedDay): DayFigures['refusals'] {
  const counts: Partial<Record<RefusalCode, number>> = {};
  for (const answer of answers) {
    if ('refusal' in answer) counts[answer.refusal.code] = (counts[answer.refusal.code] ?? 0) + 1;
  }
  return counts;
}

/** Everything the report shows. `feePerContract` null: the registry's. */
export function figuresOf(
  run: BacktestRun,
  trips: readonly RoundTrip[],
  instruments: readonly FutureSymbol[],
  feePerContract: number | null,
): Figures {
  const points = run.days.flatMap((day) => day.points);
  const held = points.map(({ positions }) => Object.values(positions).reduce((sum, n) => sum + Math.abs(n), 0));
  let before = run.startEquity;
  const days = run.days.map((day): DayFigures => {
    const end = day.totals.endNetLiquidation ?? before;
    const figures = dayFigures(day, trips, instruments, feePerContract, before, end);
    before = end;
    return figures;
  });
  return {
    ...tradeFigures(trips),
    startEquity: run.startEquity,
    endEquity: run.endEquity,
    buyAndHold: days.reduce((sum, { buyAndHold }) => sum + buyAndHold, 0),
    maxDrawdown: maxDrawdown([run.startEquity, ...points.map(({ equity }) => equity), run.endEquity]),
    sharpe: sharpeFigure(days.map(({ equityChange }) => equityChange)),
    exposure: held.length === 0 ? 0 : held.filter((contracts) => contracts > 0).length / held.length,
    averageContracts: held.length === 0 ? 0 : held.reduce((sum, contracts) => sum + contracts, 0) / held.length,
    openTrades: trips.filter(({ exitedAt }) => exitedAt === null).length,
    days,
    instruments: instruments.map((symbol) => instrumentFigures(symbol, run, trips, feePerContract)),
    vetoes: run.days.flatMap(({ decisions }) => decisions).filter(isVetoed).length,
    idleReasons: idleReasonsOf(run.days),
    skippedVotes: skippedVotesOf(run.days),
  };
}

function dayFigures(
  day: TestedDay,
  trips: readonly RoundTrip[],
  instruments: readonly FutureSymbol[],
  feePerContract: number | null,
  before: number,
  end: number,
): DayFigures {
  const { tradeDate, modelRun, inSample, points, decisions, answers, halt, liftedHalt, proposalsWithheld } = day;
  return {
    ...tradeFigures(trips.filter((trip) => trip.tradeDate === tradeDate)),
    tradeDate,
    modelRun,
    inSample,
    minutes: points.length,
    decisions: decisions.length,
    proposals: answers.length,
    refusals: refusalsOf(day),
    equityChange: end - before,
    buyAndHold: instruments.reduce((sum, symbol) => sum + buyAndHoldOf(symbol, points, feePerContract), 0),
    maxDrawdown: maxDrawdown([before, ...points.map(({ equity }) => equity), end]),
    halt,
    liftedHalt,
    proposalsWithheld,
  };
}

function instrumentFigures(
  symbol: FutureSymbol,
  { days }: BacktestRun,
  trips: readonly RoundTrip[],
  feePerContract: number | null,
): InstrumentFigures {
  const points = days.flatMap((day) => day.points);
  const held = points.filter(({ positions }) => (positions[symbol] ?? 0) !== 0).length;
  return {
    ...tradeFigures(trips.filter((trip) => trip.symbol === symbol)),
    symbol,
    buyAndHold: days.reduce((sum, day) => sum + buyAndHoldOf(symbol, day.points, feePerContract), 0),
    exposure: points.length === 0 ? 0 : held / points.length,
  };
}

/** Counts, most frequent first, equal ones by name. */
function counted(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

const isVetoed = ({ ensemble }: DecisionRecord): boolean => ensemble?.stoppedBy === 'validator';

const idleReasonsOf = (days: readonly TestedDay[]): Figures['idleReasons'] =>
  counted(
    days.flatMap(({ decisions }) => decisions.flatMap(({ action, reason }) => (action === 'none' ? [reason] : []))),
  ).map(([reason, count]) => ({ reason, count }));

const skippedVotesOf = (days: readonly TestedDay[]): Figures['skippedVotes'] =>
  counted(
    days.flatMap(({ decisions }) =>
      decisions.flatMap(({ skipped }) => skipped.map(({ model, why }) => JSON.stringify([model, why]))),
    ),
  ).map(([name, count]) => {
    const [model, why] = JSON.parse(name) as [string, string];
    return { model, why, count };
  });
