/**
 * Historical bars out of a recorded contract: pure aggregation of minutes (of 5-second bars below a minute). Invariants:
 *  1. Nothing after the cut-off is in a bar: the forming bar stops there.
 *  2. TRADES bars exist only where something traded; quote bars only where both sides stood.
 *  3. One-minute TRADES bars equal the recorded rows.
 */
import { isTwoSided, type Bar } from '../domain/bars';
import { inRegularHours, tradeDateBounds, tradeDateOf, weekdayOf } from '../domain/calendar';
import { addDays } from '../domain/exchange-holidays';
import { MINUTE_MS } from '../domain/exchange-time';
import { firstMinuteFrom, type RecordedMinute } from '../market-data/recorded-market';
import type { ContractReplay } from './contract-replay';
import { TRADE_OFFSET_MS } from './minute-path';

export type WhatToShow = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
export const WHAT_TO_SHOW: readonly WhatToShow[] = ['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK'];

export type BarSize = { readonly unit: 'time'; readonly ms: number } | { readonly unit: 'day' | 'week' | 'month' };

const SECOND_SIZES = [5, 10, 15, 30];
const MINUTE_SIZES = [1, 2, 3, 5, 10, 15, 20, 30];
const HOUR_SIZES = [1, 2, 3, 4, 8];

/** `5 secs`, `1 min`, `1 hour`, `1 day`, `1W`, …; null for sizes that IB or the recording does not have. */
export function parseBarSize(text: string): BarSize | null {
  const match = /^(\d+)\s*(secs?|mins?|hours?|days?|W|weeks?|M|months?)$/.exec(text.trim());
  if (match === null) return null;
  const count = Number(match[1]);
  const unit = match[2];
  const offered = (sizes: readonly number[], ms: number): BarSize | null =>
    sizes.includes(count) ? { unit: 'time', ms: count * ms } : null;
  if (unit.startsWith('sec')) return offered(SECOND_SIZES, 1000);
  if (unit.startsWith('min')) return offered(MINUTE_SIZES, MINUTE_MS);
  if (unit.startsWith('hour')) return offered(HOUR_SIZES, 60 * MINUTE_MS);
  if (count !== 1) return null;
  if (unit.startsWith('day')) return { unit: 'day' };
  return unit.startsWith('W') || unit.startsWith('week') ? { unit: 'week' } : { unit: 'month' };
}

/** Start of the span that `duration` (`3600 S`, `2 D`, `1 W`, `1 M`, `1 Y`) covers before `end`; null when it is no duration. */
export function durationStart(duration: string, end: number): number | null {
  const match = /^(\d+)\s*([SDWMY])$/.exec(duration.trim());
  if (match === null || Number(match[1]) === 0) return null;
  const count = Number(match[1]);
  if (match[2] === 'S') return count <= 86_400 ? end - count * 1000 : null;
  let date = tradeDateOf(end - 1);
  switch (match[2]) {
    case 'D':
      for (let left = count - 1; left > 0;) {
        date = addDays(date, -1);
        if (weekdayOf(date) <= 5) left -= 1;
      }
      break;
    case 'W':
      date = addDays(date, 1 - 7 * count);
      break;
    default: {
      const [year, month, day] = date.split('-').map(Number);
      const months = match[2] === 'M' ? count : 12 * count;
      date = addDays(new Date(Date.UTC(year, month - 1 - months, day)).toISOString().slice(0, 10), 1);
    }
  }
  return tradeDateBounds(date).start;
}

/** Start of the bar that a time belongs to. Bars above an hour are counted from the start of the trade date. */
export function barStartOf(time: number, size: BarSize): number {
  if (size.unit === 'time') {
    if (size.ms <= 60 * MINUTE_MS) return Math.floor(time / size.ms) * size.ms;
    const { start } = tradeDateBounds(tradeDateOf(time));
    return start + Math.floor((time - start) / size.ms) * size.ms;
  }
  const date = tradeDateOf(time);
  if (size.unit === 'day') return tradeDateBounds(date).start;
  if (size.unit === 'week') return tradeDateBounds(addDays(date, 1 - weekdayOf(date))).start;
  return tradeDateBounds(`${date.slice(0, 7)}-01`).start;
}

function quoteAtom(minute: RecordedMinute, show: WhatToShow): Bar | null {
  const { quote, start } = minute;
  if (!isTwoSided(quote)) return null;
  const flat = (price: number): Bar => ({ start, open: price, high: price, low: price, close: price, volume: -1 });
  switch (show) {
    case 'BID':
      return flat(quote.bid);
    case 'ASK':
      return flat(quote.ask);
    case 'MIDPOINT':
      return flat((quote.bid + quote.ask) / 2);
    default:
      // IB's BID_ASK bar: average bid, highest ask, lowest bid, average ask.
      return { start, open: quote.bid, high: quote.ask, low: quote.bid, close: quote.ask, volume: -1 };
  }
}

/** Pieces of one minute that are visible at the cut-off: the minute, or its 5-second bars when it forms or finer bars are wanted. */
function atomsOf(
  replay: ContractReplay,
  minute: RecordedMinute,
  show: WhatToShow,
  fine: boolean,
  cutOff: number,
): readonly Bar[] {
  if (show !== 'TRADES') {
    const atom = minute.quote !== null && minute.quote.time <= cutOff ? quoteAtom(minute, show) : null;
    return atom === null ? [] : [atom];
  }
  if (minute.bar === null) return [];
  if (!fine && minute.start + MINUTE_MS <= cutOff) return [minute.bar];
  return replay.slotsOf(minute.bar).filter(({ start, volume }) => volume > 0 && start + TRADE_OFFSET_MS <= cutOff);
}

function merge(bar: Bar, atom: Bar, show: WhatToShow): Bar {
  return {
    start: bar.start,
    open: bar.open,
    high: Math.max(bar.high, atom.high),
    low: Math.min(bar.low, atom.low),
    close: atom.close,
    volume: show === 'TRADES' ? bar.volume + atom.volume : -1,
  };
}

export interface HistoryRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Nothing after this is visible: the virtual time, or the end asked for when it is earlier. */
  readonly cutOff: number;
}

/** Bars with from ≤ start < to, oldest first. */
export function historyBars(
  replay: ContractReplay,
  range: HistoryRange,
  size: BarSize,
  show: WhatToShow,
  useRegularHours: boolean,
): readonly Bar[] {
  const fine = size.unit === 'time' && size.ms < MINUTE_MS;
  const bars: Bar[] = [];
  const { minutes } = replay;
  const firstBar = barStartOf(range.from, size);
  const last = firstMinuteFrom(minutes, range.to);
  for (let index = firstMinuteFrom(minutes, firstBar); index < last; index += 1) {
    if (useRegularHours && !inRegularHours(minutes[index].start, replay.instrument)) continue;
    for (const atom of atomsOf(replay, minutes[index], show, fine, range.cutOff)) {
      const start = barStartOf(atom.start, size);
      if (start < range.from && size.unit === 'time') continue;
      const current = bars.at(-1);
      if (current?.start === start) bars[bars.length - 1] = merge(current, atom, show);
      else bars.push({ ...atom, start });
    }
  }
  return bars.map(({ start, open, high, low, close, volume }) => ({ start, open, high, low, close, volume }));
}
