/** Numbers as the page prints them: a fixed locale, so that the same run gives the same bytes anywhere. Times are UTC. */
import { INSTRUMENTS, priceDecimals, type FutureSymbol } from '../../domain/instruments';
import { html, type Html } from './html';

export const ABSENT = '–';

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

export const count = (value: number): string => grouped(value, 0);
export const dollars = (value: number): string =>
  Math.abs(value) < 0.005 ? '0.00' : grouped(value, 2).replace('-', '−');
export const ratio = (value: number | null): string => (value === null ? ABSENT : grouped(value, 2).replace('-', '−'));
export const percent = (share: number | null): string => (share === null ? ABSENT : `${grouped(share * 100, 1)} %`);

/** Signed dollars, coloured by their sign. */
export function signed(value: number): Html {
  const text = Math.abs(value) < 0.005 ? '0.00' : `${value > 0 ? '+' : '−'}${grouped(Math.abs(value), 2)}`;
  return html`<span class="${text === '0.00' ? '' : value > 0 ? 'gain' : 'fall'}">${text}</span>`;
}

/** A modelled price may lie between ticks: one more decimal shows it. */
export function price(value: number | null, symbol: FutureSymbol): string {
  if (value === null) return ABSENT;
  const decimals = priceDecimals(INSTRUMENTS[symbol]);
  const exact = Math.abs(value - Number(value.toFixed(decimals))) < 1e-9;
  return grouped(value, exact ? decimals : decimals + 2);
}

export const time = (utcMs: number | null): string =>
  utcMs === null ? ABSENT : new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ');
