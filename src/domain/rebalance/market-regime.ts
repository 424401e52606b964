/** The regime of the universe: that of an index that holds every name alike, by daily closes. Pure. */
import { advanceRegime, NO_REGIME, type Regime } from '../regime';
import { adjustedClose, type DailyBar } from './daily-history';

interface WithBars {
  readonly bars: readonly DailyBar[];
}

/** A year of 20-day volatilities to rank today's among. */
const SESSIONS = 273;

/** Closes of an index rebalanced daily to equal weights, from 1, over the last sessions that all names have; with its dates. */
export function equalWeightIndex(
  names: readonly WithBars[],
  sessions: number,
): readonly { readonly date: string; readonly close: number }[] {
  const dates = commonDates(names, sessions);
  const byDate = names.map(
    ({ bars }) => new Map(bars.slice(-2 * sessions).map((bar) => [bar.date, adjustedClose(bar)])),
  );
  let close = 1;
  return dates.map((date, at) => {
    if (at > 0) {
      const returns = byDate.map((closes) => (closes.get(date) ?? NaN) / (closes.get(dates[at - 1]) ?? NaN) - 1);
      close *= 1 + returns.reduce((sum, value) => sum + value, 0) / returns.length;
    }
    return { date, close };
  });
}

/** The last `count` sessions on which every name has a bar, ascending. */
export function commonDates(names: readonly WithBars[], count: number): readonly string[] {
  const [first, ...others] = names.map(({ bars }) => bars.slice(-2 * count).map(({ date }) => date));
  if (first === undefined) return [];
  const known = others.map((dates) => new Set(dates));
  return first.filter((date) => known.every((dates) => dates.has(date))).slice(-count);
}

/** Null while there are fewer sessions than a regime needs. */
export function marketRegime(names: readonly WithBars[]): Regime | null {
  return equalWeightIndex(names, SESSIONS).reduce(
    (state, { date, close }) =>
      advanceRegime(state, { start: Date.parse(`${date}T00:00:00Z`), close, continues: true }),
    NO_REGIME,
  ).regime;
}
