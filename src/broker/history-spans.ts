/** Spans of time as IB's durations and bar sizes. Pure. */
import { DAY_MS } from '../domain/exchange-time';
import { BrokerError } from './broker-error';

/** The library's decoder is quadratic in one message: 55,000 bars block the process for 45 s, 5,000 for a tenth of one. */
export const MAX_BARS_PER_CALL = 5_000;

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  sec: 1,
  min: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
};
/** Longest span IB answers for bars below a minute, seconds, by bar size. */
const SMALL_BAR_SPAN: Readonly<Record<number, number>> = { 1: 1_800, 5: 3_600, 10: 14_400, 15: 14_400, 30: 28_800 };
const YEAR_DAYS = 365;

/** Seconds of a bar size text (`1 min`, `5 secs`, `1 day`). Throws BrokerError BAD_REQUEST. */
export function barSeconds(barSize: string): number {
  const match = /^(\d+) (sec|min|hour|day|week|month)s?$/.exec(barSize.trim());
  if (match === null) {
    throw new BrokerError('BAD_REQUEST', `"${barSize}" is no bar size; write for example "1 min" or "5 secs".`);
  }
  return Number(match[1]) * UNIT_SECONDS[match[2]];
}

/** Longest span of one call, ms. */
export function longestSpanMs(barSize: string): number {
  const seconds = barSeconds(barSize);
  return (SMALL_BAR_SPAN[seconds] ?? seconds * MAX_BARS_PER_CALL) * 1_000;
}

/**
 * IB's text for a span, at least as long as it but never longer than one call may be: seconds up to a day, then days, then years.
 */
export function durationText(spanMs: number, barSize: string): string {
  const span = Math.min(spanMs, longestSpanMs(barSize));
  if (span <= DAY_MS) return `${Math.max(60, Math.ceil(span / 1_000))} S`;
  const fits = Math.max(1, Math.floor(longestSpanMs(barSize) / DAY_MS));
  const days = Math.min(Math.ceil(span / DAY_MS), fits);
  return days <= YEAR_DAYS ? `${days} D` : `${Math.floor(days / YEAR_DAYS)} Y`;
}
