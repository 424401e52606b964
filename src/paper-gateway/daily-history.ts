/**
 * Historical bars of a day, a week or a month out of recorded daily bars. Pure. Invariants:
 *  1. Nothing after the cut-off is in a bar: before the close the forming day is its open alone, with no volume.
 *  2. ADJUSTED_LAST is adjusted as of the last bar shown, not as of the end of the data: no later dividend is visible in it.
 */
import type { Bar } from '../domain/bars';
import { weekdayOf } from '../domain/calendar';
import { addDays } from '../domain/exchange-holidays';
import type { DailyReplay, TradedDay } from './daily-replay';

export type DailyShow = 'TRADES' | 'ADJUSTED_LAST';
export const DAILY_SHOWS: readonly DailyShow[] = ['TRADES', 'ADJUSTED_LAST'];
export type DailySize = 'day' | 'week' | 'month';

/** A bar named by its first day (`YYYY-MM-DD`). */
export interface DatedBar extends Bar {
  readonly date: string;
}

/** Bars of the days from `fromDate` on that began at or before `cutOff` (UTC ms), oldest first. */
export function dailyHistory(
  replay: DailyReplay,
  { fromDate, cutOff }: { readonly fromDate: string; readonly cutOff: number },
  size: DailySize,
  show: DailyShow,
): readonly DatedBar[] {
  const days = replay.days.filter(({ bar, open }) => bar.date >= fromDate && open <= cutOff);
  const asOf = days.at(-1)?.bar.adjustment ?? 1;
  const bars: DatedBar[] = [];
  let group = '';
  for (const day of days) {
    const next = shown(day, cutOff, show === 'TRADES' ? 1 : day.bar.adjustment / asOf);
    const name = groupOf(day.bar.date, size);
    const current = bars.at(-1);
    if (name !== group || current === undefined) bars.push(next);
    else bars[bars.length - 1] = merged(current, next);
    group = name;
  }
  return bars;
}

function groupOf(date: string, size: DailySize): string {
  if (size === 'day') return date;
  return size === 'week' ? addDays(date, 1 - weekdayOf(date)) : date.slice(0, 7);
}

function shown({ bar, open: start, close: end }: TradedDay, cutOff: number, factor: number): DatedBar {
  const { date, open, high, low, close, volume } = bar;
  const forming = { high: open, low: open, close: open, volume: 0 };
  const visible = end <= cutOff ? { high, low, close, volume } : forming;
  return {
    date,
    start,
    open: open * factor,
    high: visible.high * factor,
    low: visible.low * factor,
    close: visible.close * factor,
    volume: visible.volume,
  };
}

const merged = (bar: DatedBar, next: DatedBar): DatedBar => ({
  ...bar,
  high: Math.max(bar.high, next.high),
  low: Math.min(bar.low, next.low),
  close: next.close,
  volume: bar.volume + next.volume,
});
