/**
 * Holes of a stored series: stretches of regular hours without bars. Pure.
 * Of minutes a stretch counts from LONGEST_SILENCE_MS on, because a minute without a trade is no bar; of longer bars every missing one does.
 */
import { DAY_MS, MINUTE_MS } from '../../domain/exchange-time';
import { intervalMs, type SeriesKey } from './series-key';
import { sessionsBetween } from './sessions';

/** Bars are missing whose start would lie in [from, to). */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** As long a silence as breaks a return, too (features). */
export const LONGEST_SILENCE_MS = 15 * MINUTE_MS;

/** Where bars are expected, [from, to) each: hours of intraday bars, dates of daily ones (midnight UTC to midnight UTC). */
function expectedSpans({ contract, interval }: SeriesKey, from: number, to: number): readonly Gap[] {
  const sessions = sessionsBetween(contract, from, to);
  if (interval !== '1d') {
    const length = intervalMs(interval);
    // The hour that the opening lies in holds its first minutes, and that of the close its last.
    return sessions.map(({ open, close }) => ({
      from: Math.floor(open / length) * length,
      to: Math.ceil(close / length) * length,
    }));
  }
  return sessions.map(({ date }) => ({ from: Date.parse(date), to: Date.parse(date) + DAY_MS }));
}

/**
 * The holes of a series in [from, to), ascending. `starts` ascend. Holes with no bar between them are one: sessions that are missing on end
 * are asked for at once.
 */
export function findGaps(series: SeriesKey, starts: ArrayLike<number>, from: number, to: number): readonly Gap[] {
  const length = intervalMs(series.interval);
  const shortest = Math.max(length, series.interval === '1d' ? DAY_MS : LONGEST_SILENCE_MS);
  const gaps: Gap[] = [];
  let next = 0;
  /** A bar lies between the last hole and here. */
  let seen = true;
  const add = (gap: Gap): void => {
    const last = gaps.at(-1);
    if (last === undefined || seen) gaps.push(gap);
    else gaps[gaps.length - 1] = { from: last.from, to: gap.to };
    seen = false;
  };
  for (const span of expectedSpans(series, from, to)) {
    const begin = Math.max(span.from, from);
    const end = Math.min(span.to, to);
    let covered = begin;
    while (next < starts.length && starts[next] < begin) {
      // A bar that overlaps the beginning covers it, as an hour does that the span was cut out of.
      covered = Math.max(covered, starts[next] + length);
      next += 1;
      seen = true;
    }
    while (next < starts.length && starts[next] < end) {
      if (starts[next] - covered >= shortest) add({ from: covered, to: starts[next] });
      covered = Math.max(covered, starts[next] + length);
      seen = true;
      next += 1;
    }
    if (end - covered >= shortest) add({ from: covered, to: end });
  }
  return gaps;
}
