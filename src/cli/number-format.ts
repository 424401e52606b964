/** How numbers and times are printed for people: fixed locale, UTC unless a zone is named. */
import { exchangeTime } from '../domain/exchange-time';
import { INSTRUMENTS, priceDecimals } from '../domain/instruments';
import type { FutureSymbol } from '../domain/instruments';

export const ABSENT = '–';

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

export const wholeNumber = (value: number): string => grouped(value, 0);

/** `+1,234.50`, `−20.00`, `0.00`: signed dollars. */
export function signedMoney(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return ABSENT;
  const text = grouped(Math.abs(value), 2);
  if (text === '0.00') return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

export const money = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? ABSENT : `${value < 0 ? '−' : ''}${grouped(Math.abs(value), 2)}`;

/** A price on the instrument's grid, `1,652.25`. */
export function price(value: number | null, symbol: string): string {
  if (value === null || !Number.isFinite(value)) return ABSENT;
  const instrument = symbol in INSTRUMENTS ? INSTRUMENTS[symbol as FutureSymbol] : null;
  return grouped(value, instrument === null ? 2 : priceDecimals(instrument));
}

export const signedCount = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0');

/** `14:31:00` UTC. */
export const clockTime = (utcMs: number): string => new Date(utcMs).toISOString().slice(11, 19);
/** `14:31` UTC. */
export const clockMinute = (utcMs: number): string => clockTime(utcMs).slice(0, 5);
/** `2013-10-09 14:31:00Z`. */
export const dateTime = (utcMs: number): string => `${new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `09:31 Chicago`. */
export function chicagoTime(utcMs: number): string {
  const { hour, minuteOfDay } = exchangeTime(utcMs, 'America/Chicago');
  return `${String(hour).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')} Chicago`;
}

/** Dollars to the cent, for documents: sums of binary fractions are no figures to show. */
export const cents = (value: number): number => Math.round(value * 100) / 100;

export const percent = (fraction: number, decimals = 1): string => `${(fraction * 100).toFixed(decimals)} %`;
