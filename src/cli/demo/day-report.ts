/** The report of one trade date (`--json`, the summary on screen, `omega report`): pure functions of what was recorded. */
import { maxDrawdown } from '../../domain/max-drawdown';
import { INSTRUMENTS } from '../../domain/instruments';
import type { FutureSymbol } from '../../domain/instruments';
import type { RefusalCode } from '../../domain/refusals';
import type { DayTotals, OrderView } from '../../domain/session-snapshot';
import { cents } from '../number-format';
import type { MinuteRecord } from './day-log';

export interface LatencyReport {
  /** Orders joined by orderRef. */
  readonly n: number;
  /** Milliseconds from decision to the order's bytes at the gateway; null when nothing was sent. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface DayReport {
  /** `YYYY-MM-DD`: from 17:00 Chicago the evening before to 17:00 Chicago. */
  readonly tradingDay: string;
  /** Those that were traded: an instrument without data of its front contract is in the notes instead. */
  readonly instruments: readonly FutureSymbol[];
  readonly bars: number;
  readonly decisions: number;
  readonly proposals: number;
  readonly refusals: Readonly<Partial<Record<RefusalCode, number>>>;
  readonly orders: DayTotals['orders'];
  readonly trades: number;
  readonly fees: number;
  /** Dollars, price results of what was closed; fees are not taken off. */
  readonly realizedPnl: number;
  /** One contract of each instrument bought at its first and sold at its last close of the day, fees taken off. */
  readonly buyAndHoldPnl: number;
  /** Largest fall from the day's running maximum, dollars. */
  readonly maxDrawdown: number;
  readonly latencyMs: LatencyReport;
  readonly historyEvents: number;
  readonly reconciled: boolean;
  /** What did not agree with the broker's messages; empty when reconciled. */
  readonly differences: readonly string[];
  readonly modelRun: string | null;
  /** What was left out, and every alert; empty when there is nothing to say. */
  readonly notes: readonly string[];
}

/** Nearest-rank percentile of ascending values. */
export function percentile(ascending: readonly number[], fraction: number): number | null {
  if (ascending.length === 0) return null;
  const rank = Math.ceil(fraction * ascending.length);
  return ascending[Math.min(Math.max(rank, 1), ascending.length) - 1];
}

/** Latencies joined by orderRef: decision times from the session, receive times from the gateway, both CLOCK_MONOTONIC of this machine. */
export function latencyReport(
  orders: readonly Pick<OrderView, 'key' | 'decidedMonotonicMs'>[],
  receivedMonotonicMs: ReadonlyMap<string, number>,
): LatencyReport {
  const latencies = orders
    .flatMap(({ key, decidedMonotonicMs }) => {
      const received = receivedMonotonicMs.get(key);
      return decidedMonotonicMs === null || received === undefined ? [] : [received - decidedMonotonicMs];
    })
    .sort((a, b) => a - b);
  const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);
  return {
    n: latencies.length,
    p50: rounded(percentile(latencies, 0.5)),
    p95: rounded(percentile(latencies, 0.95)),
    p99: rounded(percentile(latencies, 0.99)),
    max: rounded(latencies.at(-1) ?? null),
  };
}

/** One contract of each instrument held from its first to its last close, less the fees of both sides. */
export function buyAndHold(minutes: readonly MinuteRecord[], instruments: readonly FutureSymbol[]): number {
  const total = instruments.reduce((sum, symbol) => {
    const closes = minutes.flatMap(({ bars }) => bars.filter((bar) => bar.symbol === symbol).map((bar) => bar.close));
    const first = closes.at(0);
    const last = closes.at(-1);
    if (first === undefined || last === undefined) return sum;
    const { multiplier, feePerContract } = INSTRUMENTS[symbol];
    return sum + (last - first) * multiplier - 2 * feePerContract;
  }, 0);
  return cents(total);
}

/** Refusals of the session and of the guard, by their stable codes. */
export function refusalsByCode(minutes: readonly Pick<MinuteRecord, 'answers'>[]): DayReport['refusals'] {
  const counts: Partial<Record<RefusalCode, number>> = {};
  for (const answer of minutes.flatMap(({ answers }) => answers)) {
    if (!('refusal' in answer)) continue;
    counts[answer.refusal.code] = (counts[answer.refusal.code] ?? 0) + 1;
  }
  return counts;
}

export interface DayEvidence {
  readonly tradingDay: string;
  readonly instruments: readonly FutureSymbol[];
  readonly minutes: readonly MinuteRecord[];
  readonly totals: DayTotals;
  readonly orders: readonly OrderView[];
  /** Result of the whole trade date, dollars: what happened after the last settled minute is in it. */
  readonly finalPnl: number;
  readonly receivedMonotonicMs: ReadonlyMap<string, number>;
  readonly historyEvents: number;
  readonly differences: readonly string[];
  readonly modelRun: string | null;
  readonly notes: readonly string[];
}

export function dayReport(evidence: DayEvidence): DayReport {
  const { minutes, totals } = evidence;
  const decisions = new Set(minutes.flatMap(({ decisionIds }) => decisionIds));
  return {
    tradingDay: evidence.tradingDay,
    instruments: evidence.instruments,
    bars: minutes.reduce((sum, { bars }) => sum + bars.length, 0),
    decisions: decisions.size,
    // Those that the session refused by its validator are in no history, a scripted one is in no minute.
    proposals: Math.max(
      totals.proposals,
      minutes.reduce((sum, { answers }) => sum + answers.length, 0),
    ),
    refusals: refusalsByCode(minutes),
    orders: totals.orders,
    trades: totals.trades,
    fees: cents(totals.fees),
    realizedPnl: cents(totals.realizedPnl),
    buyAndHoldPnl: buyAndHold(minutes, evidence.instruments),
    maxDrawdown: cents(maxDrawdown([0, ...minutes.flatMap(({ pnl }) => pnl ?? []), evidence.finalPnl])),
    latencyMs: latencyReport(evidence.orders, evidence.receivedMonotonicMs),
    historyEvents: evidence.historyEvents,
    reconciled: evidence.differences.length === 0,
    differences: evidence.differences,
    modelRun: evidence.modelRun,
    notes: evidence.notes,
  };
}
