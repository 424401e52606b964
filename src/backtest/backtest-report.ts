/** The document of a back-test: everything that `--json` writes and the page shows. A pure function of the run: no clock, no machine. */
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import type { Limits } from '../domain/session-state';
import type { TradeComparison } from './compare-trades';
import type { CostModel } from './cost-model';
import { figuresOf, type Figures } from './figures';
import { roundTrips, type RoundTrip } from './round-trips';
import type { BacktestRun } from './run-backtest';
import type { TapedExecution } from './taped-broker';

export type FillSetting =
  { readonly kind: 'gateway'; readonly seed: number } | ({ readonly kind: 'modelled' } & CostModel);

export interface ReportInput {
  readonly run: BacktestRun;
  readonly instruments: readonly FutureSymbol[];
  readonly fills: FillSetting;
  readonly limits: Limits;
  /** Data folder as it was named, and its files' hashes. */
  readonly data: {
    readonly name: string;
    readonly files: readonly { readonly name: string; readonly sha256: string }[];
  };
  readonly models: string;
  readonly seed: number;
  readonly cash: number;
  readonly command: string;
  readonly codeVersion: string;
  readonly comparison: TradeComparison | null;
}

export interface CurvePoint {
  readonly time: number;
  readonly equity: number;
  readonly buyAndHold: number;
}

export interface BacktestReport extends Omit<ReportInput, 'run'> {
  readonly figures: Figures;
  readonly trips: readonly RoundTrip[];
  readonly executions: readonly TapedExecution[];
  readonly curve: readonly CurvePoint[];
  readonly notices: readonly string[];
}

/** Figures, trips and curve of a finished run. */
export function reportOf({ run, ...input }: ReportInput): BacktestReport {
  const trips = roundTrips(run.executions, (key) => run.closeCauses.get(key));
  const feePerContract = input.fills.kind === 'modelled' ? input.fills.feePerContract : null;
  return {
    ...input,
    figures: figuresOf(run, trips, input.instruments, feePerContract),
    trips,
    executions: run.executions,
    curve: curveOf(run, input.instruments),
    notices: noticesOf(run),
  };
}

/** Equity minute by minute beside one contract of each instrument, bought at each date's first close and sold at its last, before fees. */
function curveOf({ days, startEquity }: BacktestRun, instruments: readonly FutureSymbol[]): readonly CurvePoint[] {
  let carried = startEquity;
  return days.flatMap(({ points }) => {
    const first = new Map<FutureSymbol, number>();
    let latest = carried;
    const ofDay = points.map(({ time, equity, closes }) => {
      latest = carried;
      for (const symbol of instruments) {
        const close = closes[symbol];
        if (close === undefined) continue;
        if (!first.has(symbol)) first.set(symbol, close);
        latest += (close - (first.get(symbol) ?? close)) * INSTRUMENTS[symbol].multiplier;
      }
      return { time, equity, buyAndHold: latest };
    });
    carried = latest;
    return ofDay;
  });
}

function noticesOf({ days }: BacktestRun): readonly string[] {
  return days
    .flatMap(({ tradeDate, inSample, notices, proposalsWithheld }) => [
      ...(inSample
        ? [`${tradeDate}: the models had learned from this date; its result says nothing about other days`]
        : []),
      ...(proposalsWithheld === null ? [] : [`${tradeDate}: nothing was proposed, ${proposalsWithheld}`]),
      ...notices.map((notice) => (proposalsWithheld?.includes(notice) === true ? '' : `${tradeDate}: ${notice}`)),
    ])
    .filter((notice) => notice !== '');
}
