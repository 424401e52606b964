/** Times as IB writes them (`20131009 09:30:00 US/Central`, `20131009-14:30:00`, epoch seconds) to UTC milliseconds and back. */
import { IANAZone } from 'luxon';
import { utcOf } from '../domain/exchange-time';

const SECOND_MS = 1_000;

const dateOf = (yyyymmdd: string): string => `${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6, 8)}`;

/**
 * UTC ms of an IB time text, null when it is none. `zone` is used where the text names no zone we know (older gateways write their
 * own log-in zone); a bare date is midnight there.
 */
export function parseIbTime(text: string, zone: string): number | null {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) return Number(trimmed) * SECOND_MS;
  const match = /^(\d{8})(?:(-|\s+)(\d\d):(\d\d)(?::(\d\d))?(?:\s+(\S+))?)?$/.exec(trimmed);
  if (match === null) return null;
  const [, day, separator, hours = '00', minutes = '00', seconds = '00', named] = match;
  const utc = separator === '-' ? 'UTC' : zone;
  const inZone = named !== undefined && IANAZone.isValidZone(named) ? named : utc;
  const time = utcOf(dateOf(day), Number(hours) * 60 + Number(minutes), inZone) + Number(seconds) * SECOND_MS;
  return Number.isNaN(time) ? null : time;
}

/** `YYYYMMDD-HH:mm:ss`, the form IB reads as UTC; rounded down to the second. */
export function formatIbUtc(utcMs: number): string {
  const iso = new Date(utcMs).toISOString();
  return `${iso.slice(0, 10).replace(/-/g, '')}-${iso.slice(11, 19)}`;
}
