/**
 * The store's border control (requirement B8): every bar is taken or kept aside with the reason. Pure.
 * A move of more than 40 % that no adjustment factor explains is kept aside when it is a spike; when the bars after it stay at the new
 * level it is taken, because a crash is a fact, and named in the notes.
 */
import { DAY_MS } from '../../domain/exchange-time';
import { isOnTick } from '../../domain/instruments';
import type { BarTable, StoredBar } from './bar-table';
import { barAt } from './bar-table';
import { intervalMs, type SeriesKey } from './series-key';

export interface RefusedBar {
  readonly bar: StoredBar;
  readonly reason: string;
}

export interface JudgedBars {
  /** Rows taken, ascending. */
  readonly taken: Uint32Array;
  readonly rejected: readonly RefusedBar[];
  /** What was taken and should still be looked at. */
  readonly notes: readonly string[];
}

export interface JudgingContext {
  readonly series: SeriesKey;
  /** Null where prices need not lie on a grid (stocks, MIDPOINT). */
  readonly tickSize: number | null;
  /** The bar that is stored before the first one, null when there is none. */
  readonly before: Pick<StoredBar, 'close' | 'adjustmentFactor'> | null;
}

/** A move by this much between two bars needs a split to explain it. */
export const LARGEST_MOVE = 0.4;
/** So many bars after a move must stay at its level for it to be a fact. */
const BARS_THAT_CONFIRM = 2;

/** Verdict on every row of `table`, in the order given. */
export function judgeBars(table: BarTable, context: JudgingContext): JudgedBars {
  const taken = new Uint32Array(table.length);
  const rejected: RefusedBar[] = [];
  const notes: string[] = [];
  let count = 0;
  let last = -1;
  for (let i = 0; i < table.length; i += 1) {
    const reason = shapeProblem(table, i, last < 0 ? Number.NEGATIVE_INFINITY : table.start[last], context);
    const move = reason === null ? moveFrom(table, i, last, context.before) : null;
    if (reason !== null) rejected.push({ bar: barAt(table, i), reason });
    else if (move !== null && !staysThere(table, i)) rejected.push({ bar: barAt(table, i), reason: jumpText(move) });
    else {
      if (move !== null) notes.push(`${new Date(table.start[i]).toISOString()}: ${jumpText(move)}, and it stays there`);
      taken[count] = i;
      count += 1;
      last = i;
    }
  }
  return { taken: taken.subarray(0, count), rejected, notes };
}

function shapeProblem(table: BarTable, i: number, lastStart: number, context: JudgingContext): string | null {
  const start = table.start[i];
  const { interval } = context.series;
  const length = intervalMs(interval);
  if (!Number.isFinite(start)) return 'the time is not a number';
  if (start % length !== 0) return `the time is not the start of a bar of ${interval}`;
  if (start === lastStart) return 'the bar repeats the one before it';
  if (start < lastStart) return 'the time is before that of the bar before it';
  if (start + (interval === '1d' ? DAY_MS : length) > table.fetchedAt[i])
    return 'the bar had not ended when it was fetched';
  return priceProblem(table, i, context.tickSize);
}

function priceProblem({ open, high, low, close, volume }: BarTable, i: number, tickSize: number | null): string | null {
  const sum = open[i] + high[i] + low[i] + close[i];
  // The difference of an infinity or NaN with itself is not 0.
  if (sum - sum !== 0) return 'a price is not a number';
  if (low[i] <= 0 || open[i] <= 0 || close[i] <= 0 || high[i] <= 0)
    return `a price is ${Math.min(open[i], high[i], low[i], close[i])}, not above zero`;
  if (high[i] < low[i]) return `the high ${high[i]} is below the low ${low[i]}`;
  if (high[i] < open[i] || high[i] < close[i] || low[i] > open[i] || low[i] > close[i])
    return 'high and low do not enclose open and close';
  if (!(volume[i] >= 0) || volume[i] === Infinity) return `the volume is ${volume[i]}`;
  if (tickSize !== null && ![open[i], high[i], low[i], close[i]].every((price) => isOnTick(price, { tickSize })))
    return `a price is off the tick grid of ${tickSize}`;
  return null;
}

/** The move from the bar before when it is too large to be one, as a share of the price; null otherwise. */
function moveFrom(table: BarTable, i: number, last: number, before: JudgingContext['before']): number | null {
  const close = last >= 0 ? table.close[last] : before?.close;
  if (close === undefined) return null;
  const move = largestMove(table.high[i] / close - 1, table.low[i] / close - 1);
  if (Math.abs(move) <= LARGEST_MOVE) return null;
  const factor = last >= 0 ? table.adjustmentFactor[last] : (before?.adjustmentFactor ?? Number.NaN);
  const split = table.adjustmentFactor[i] / factor;
  const adjusted = largestMove((table.high[i] * split) / close - 1, (table.low[i] * split) / close - 1);
  return Math.abs(adjusted) <= LARGEST_MOVE ? null : move;
}

const largestMove = (up: number, down: number): number => (Math.abs(up) >= Math.abs(down) ? up : down);

function staysThere(table: BarTable, i: number): boolean {
  for (let k = 1; k <= BARS_THAT_CONFIRM; k += 1) {
    if (!(Math.abs(table.close[i + k] / table.close[i] - 1) <= LARGEST_MOVE)) return false;
  }
  return true;
}

const jumpText = (move: number): string => `a jump of ${(move * 100).toFixed(0)} % without a split`;
