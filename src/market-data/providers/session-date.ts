/** Daily bars are named by their session's date: midnight UTC of the date in the exchange's zone. */
import { DAY_MS, exchangeTime } from '../../domain/exchange-time';

export const NEW_YORK = 'America/New_York';

/** UTC ms of midnight UTC of a date `YYYY-MM-DD`; null for text that is none. */
export function dayOf(date: string): number | null {
  const match = /^\d{4}-\d{2}-\d{2}$/.exec(date);
  const time = match === null ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? null : time;
}

/** The session's day of an instant in it, such as its opening or its midnight there. */
export const sessionDay = (utcMs: number, timeZone = NEW_YORK): number =>
  Date.parse(`${exchangeTime(utcMs, timeZone).date}T00:00:00Z`);

/** `YYYY-MM-DD` of an instant, UTC. */
export const utcDate = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);

/** The last date that a span [from, to) touches. */
export const lastDate = (to: number): string => utcDate(Math.ceil(to / DAY_MS) * DAY_MS - DAY_MS);
