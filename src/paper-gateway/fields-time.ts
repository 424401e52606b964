/** Times as IB prints and reads them. Inside the gateway a time is UTC milliseconds. */
import { DAY_MS, zoneOffsetMs } from '../domain/exchange-time';
import { DateTime } from 'luxon';

/** The zone that this gateway is set to, as IB Gateway has one: its executions, bars and midnight are printed in it. */
export const GATEWAY_TIME_ZONE = 'America/Chicago';
/** IB's name of that zone, printed behind times. */
export const GATEWAY_ZONE_NAME = 'US/Central';

const localIso = (utcMs: number, timeZone: string): string =>
  new Date(utcMs + zoneOffsetMs(utcMs, timeZone)).toISOString();

/** `20131009 09:30:00 US/Central` */
export function formatGatewayTime(utcMs: number): string {
  const iso = localIso(utcMs, GATEWAY_TIME_ZONE);
  return `${iso.slice(0, 10).replaceAll('-', '')} ${iso.slice(11, 19)} ${GATEWAY_ZONE_NAME}`;
}

/** `09:30`, in the gateway's zone. */
export function formatGatewayMinute(utcMs: number): string {
  return localIso(utcMs, GATEWAY_TIME_ZONE).slice(11, 16);
}

/** `20131009-14:30:00`, UTC. */
export function formatUtcTime(utcMs: number): string {
  const iso = new Date(utcMs).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
}

/** An intraday bar's date: epoch seconds for formatDate 2, else the gateway's time. (Bars of a day and longer carry their trade date, YYYYMMDD, either way.) */
export function formatBarDate(utcMs: number, formatDate: number): string {
  return formatDate === 2 ? String(Math.floor(utcMs / 1000)) : formatGatewayTime(utcMs);
}

const ZONES: Readonly<Record<string, string>> = {
  'US/Central': 'America/Chicago',
  'US/Eastern': 'America/New_York',
  'US/Pacific': 'America/Los_Angeles',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  GMT: 'UTC',
  Z: 'UTC',
};

/**
 * A time out of a request, UTC ms: `YYYYMMDD HH:MM:SS zone`, the same without zone (the gateway's), `YYYYMMDD-HH:MM:SS` (UTC) or `YYYYMMDD`.
 * Null for empty text (now, or no bound); 'invalid' for anything else, which IB answers with error 10314.
 */
export function parseWireTime(text: string): number | null | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const match = /^(\d{4})(\d{2})(\d{2})(?:(-|\s+)(\d{2}):(\d{2})(?::(\d{2}))?(?:\s+(\S+))?)?$/.exec(trimmed);
  if (match === null) return 'invalid';
  const [, year, month, day, separator, hour = '0', minute = '0', second = '0', zoneName] = match;
  const named = zoneName === undefined ? undefined : (ZONES[zoneName] ?? zoneName);
  const zone = named ?? (separator === '-' ? 'UTC' : GATEWAY_TIME_ZONE);
  const parts = { year, month, day, hour, minute, second };
  const numbers = Object.fromEntries(Object.entries(parts).map(([part, digits]) => [part, Number(digits)]));
  const time = DateTime.fromObject(numbers, { zone });
  return time.isValid ? time.toMillis() : 'invalid';
}

/** UTC ms of the last midnight in the gateway's zone at or before `utcMs`: IB returns executions since then only. */
export function gatewayMidnight(utcMs: number): number {
  const offset = zoneOffsetMs(utcMs, GATEWAY_TIME_ZONE);
  const localMidnight = Math.floor((utcMs + offset) / DAY_MS) * DAY_MS;
  return localMidnight - zoneOffsetMs(localMidnight - offset, GATEWAY_TIME_ZONE);
}
