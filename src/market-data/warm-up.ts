/**
 * The series a feed starts from (requirements A8, B3): what the journal says was consumed, and history for the rest. Journal rows win:
 * live and historical bars differ, and only the journal has quotes.
 */
import type { Bar, BarWithQuote } from '../domain/bars';
import { isGlobexOpen, tradeDateBounds, tradeDateOf, weekdayOf } from '../domain/calendar';
import { DAY_MS, MINUTE_MS } from '../domain/exchange-time';

const FEWEST_DATES = 2;
/** Three weeks: what longer windows still lack then is null, and nobody votes on it. */
const MOST_DATES = 15;
/** Minutes with a trade that any trade date has. */
const BARS_A_DATE = 1_000;

/**
 * Where the warm-up of a trade date begins, UTC ms: the start of the second trade date before it, earlier where the columns need more than
 * `warmupBars` of these have. Fixed for the whole trade date, so that a feed that comes back at noon warms up from the same bar as the
 * one that was killed (recursive indicators remember it).
 */
export function warmUpStart(tradeDate: string, warmupBars = 0): number {
  const dates = Math.min(MOST_DATES, Math.max(FEWEST_DATES, Math.ceil(warmupBars / BARS_A_DATE)));
  let date = tradeDate;
  for (let steps = 0; steps < dates; steps += 1) date = previousTradeDate(date);
  return tradeDateBounds(date).start;
}

function previousTradeDate(tradeDate: string): string {
  let time = Date.parse(`${tradeDate}T12:00:00Z`) - DAY_MS;
  while (weekdayOf(new Date(time).toISOString().slice(0, 10)) > 5) time -= DAY_MS;
  return new Date(time).toISOString().slice(0, 10);
}

/** Journal and history as one series by minute, ascending, without duplicates; a minute in both is the journal's. */
export function mergeWarmUp(
  journal: readonly BarWithQuote[],
  history: readonly Bar[],
  from: number,
  to: number,
): readonly BarWithQuote[] {
  const byStart = new Map<number, BarWithQuote>();
  for (const bar of history) if (bar.volume > 0) byStart.set(bar.start, { bar, quote: null });
  for (const row of journal) byStart.set(row.bar.start, row);
  return [...byStart.values()]
    .filter(({ bar }) => bar.start >= from && bar.start + MINUTE_MS <= to)
    .sort((a, b) => a.bar.start - b.bar.start);
}

/** The trade date whose feed should run at `marketTime`: in the daily pause and at weekends the coming one. */
export function feedTradeDate(marketTime: number): string {
  const date = tradeDateOf(marketTime);
  const { end } = tradeDateBounds(date);
  return !isGlobexOpen(marketTime) && end - marketTime <= 60 * MINUTE_MS ? tradeDateOf(end) : date;
}
