/** Exchange wall-clock time from UTC milliseconds: luxon for the rules of each zone, a cache so that a bar costs a map read. */
import { DateTime, IANAZone } from 'luxon';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export interface ExchangeTime {
  /** Calendar date there, `YYYY-MM-DD`. */
  readonly date: string;
  /** Minutes after local midnight, 0–1439. */
  readonly minuteOfDay: number;
  readonly hour: number;
  /** 1 = Monday … 7 = Sunday. */
  readonly dayOfWeek: number;
}

const zones = new Map<string, { readonly zone: IANAZone; readonly offsetByQuarter: Map<number, number> }>();
const QUARTER_MS = 15 * MINUTE_MS;

/** Offset of `timeZone` from UTC at `utcMs`, in milliseconds. Offsets change on quarter hours everywhere, so one look-up serves a quarter. */
export function zoneOffsetMs(utcMs: number, timeZone: string): number {
  let entry = zones.get(timeZone);
  if (entry === undefined) {
    entry = { zone: IANAZone.create(timeZone), offsetByQuarter: new Map() };
    zones.set(timeZone, entry);
  }
  const quarter = Math.floor(utcMs / QUARTER_MS);
  let offset = entry.offsetByQuarter.get(quarter);
  if (offset === undefined) {
    offset = entry.zone.offset(quarter * QUARTER_MS) * MINUTE_MS;
    entry.offsetByQuarter.set(quarter, offset);
  }
  return offset;
}

/** Wall-clock reading of `utcMs` in `timeZone`. */
export function exchangeTime(utcMs: number, timeZone: string): ExchangeTime {
  const localMs = utcMs + zoneOffsetMs(utcMs, timeZone);
  const day = Math.floor(localMs / DAY_MS);
  const minuteOfDay = Math.floor((localMs - day * DAY_MS) / MINUTE_MS);
  return {
    date: new Date(day * DAY_MS).toISOString().slice(0, 10),
    minuteOfDay,
    hour: Math.floor(minuteOfDay / 60),
    dayOfWeek: ((((day + 3) % 7) + 7) % 7) + 1,
  };
}

/** UTC milliseconds of a wall-clock time (`YYYY-MM-DD`, minutes after midnight) in `timeZone`. */
export function utcOf(date: string, minuteOfDay: number, timeZone: string): number {
  const hour = Math.floor(minuteOfDay / 60);
  const minute = minuteOfDay % 60;
  const [year, month, day] = date.split('-').map(Number);
  return DateTime.fromObject({ year, month, day, hour, minute }, { zone: timeZone }).toMillis();
}
