/** Minutes to and since the events of an economic calendar. */
import { MINUTE_MS } from '../../domain/exchange-time';
import { lastAtOrBefore } from './known-steps';
import type { OutsideReader } from './outside-values';

export interface CalendarEvent {
  /** Instant of the release, UTC ms. */
  readonly time: number;
  /** When its date could be known, UTC ms: agencies announce their calendars months before. */
  readonly knownFrom: number;
}

/** Further away than this, an event is as good as none: two days, the value of columns without one. */
export const HORIZON_MINUTES = 2_880;

/** Minutes since the last event, at most HORIZON_MINUTES. */
export function minutesSince(events: readonly CalendarEvent[]): OutsideReader {
  const times = Float64Array.from(events, ({ time }) => time).toSorted();
  return (at) => {
    const index = lastAtOrBefore(times, at);
    return index < 0 ? HORIZON_MINUTES : Math.min(HORIZON_MINUTES, (at - times[index]) / MINUTE_MS);
  };
}

/** Minutes until the next event that was announced by then, at most HORIZON_MINUTES; an event that happens now is the last, not the next. */
export function minutesTo(events: readonly CalendarEvent[]): OutsideReader {
  const ascending = events.toSorted((a, b) => a.time - b.time);
  const times = Float64Array.from(ascending, ({ time }) => time);
  return (at) => {
    for (let next = lastAtOrBefore(times, at) + 1; next < ascending.length; next += 1)
      if (ascending[next].knownFrom <= at) return Math.min(HORIZON_MINUTES, (times[next] - at) / MINUTE_MS);
    return HORIZON_MINUTES;
  };
}
