/**
 * The border between a source's rows and bars (requirement B8): a row is a bar, a repeat, not asked for, or put aside with its reason.
 * Sources answer pages that overlap, come twice or run backwards within themselves; what leaves here ascends and never repeats.
 */
import type { z } from 'zod';
import { ProviderError } from '../../http/provider-error';
import { intervalMs } from '../bar-store/series-key';
import type { BarRequest, ProvidedBar, RejectedBar } from './provider';

/** What a source's row says, before it is known to be a bar. */
export type BarFields = Readonly<Record<keyof ProvidedBar, number | null>>;

export type RowReading = { readonly fields: BarFields } | { readonly problem: string };

export interface BarPages {
  /** The bars of one page. Throws ProviderError SCHEMA when not one of its rows can be read. */
  page(rows: readonly unknown[]): readonly ProvidedBar[];
}

export interface BarPagesParts {
  readonly provider: string;
  readonly request: BarRequest;
  readonly aside: (rejected: RejectedBar) => void;
  readonly read: (row: unknown) => RowReading;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;
/** Rows kept aside are for people to look at; a source may write whatever it likes. */
const LONGEST_ROW = 2_000;
/** Two pages of the largest kind. */
const REMEMBERED = 100_000;

export function barPages({ provider, request, aside, read }: BarPagesParts): BarPages {
  /** The newest bars that left, ascending: a page that comes again does so soon. */
  const left = new Map<number, ProvidedBar>();
  let last = Number.NEGATIVE_INFINITY;
  const refuse = (row: unknown, start: number | null, reason: string): void =>
    aside({ start, row: textOf(row), reason });

  const accept = ({ row, bar }: ReadBar): readonly ProvidedBar[] => {
    if (bar.start < request.from || bar.start >= request.to) return [];
    const reason = barProblem(bar, request) ?? (bar.start > last ? null : repeatProblem(left.get(bar.start), bar));
    if (reason !== null) refuse(row, bar.start, reason);
    if (reason !== null || bar.start <= last) return [];
    last = bar.start;
    left.set(bar.start, bar);
    return [bar];
  };

  return {
    page: (rows) => {
      const readings = rows.map((row) => ({ row, reading: read(row) }));
      const unread = readings.flatMap(({ row, reading }) => ('problem' in reading ? [{ row, ...reading }] : []));
      if (unread.length > 0 && unread.length === rows.length) throw noRowFits(provider, rows.length, unread[0].problem);
      for (const { row, problem } of unread) refuse(row, null, problem);
      const complete = readings.flatMap(({ row, reading }): readonly ReadBar[] => {
        if ('problem' in reading) return [];
        const bar = completeBar(reading.fields);
        if (typeof bar !== 'string') return [{ row, bar }];
        refuse(row, reading.fields.start, bar);
        return [];
      });
      const bars = complete.toSorted((a, b) => a.bar.start - b.bar.start).flatMap(accept);
      for (const start of [...left.keys()].slice(0, Math.max(0, left.size - REMEMBERED))) left.delete(start);
      return bars;
    },
  };
}

interface ReadBar {
  readonly row: unknown;
  readonly bar: ProvidedBar;
}

function repeatProblem(earlier: ProvidedBar | undefined, bar: ProvidedBar): string | null {
  if (earlier === undefined) return 'the time is before that of a bar before it';
  return sameBar(earlier, bar) ? null : 'the bar comes again with other values';
}

/** Reads rows by a schema: the fields of one that fits, or what is wrong with it by name. */
export const rowReader =
  <Row>(schema: z.ZodType<Row>, fields: (row: Row) => BarFields) =>
  (row: unknown): RowReading => {
    const parsed = schema.safeParse(row);
    return parsed.success ? { fields: fields(parsed.data) } : { problem: rowProblem(parsed.error.issues, row) };
  };

/** What is wrong with a row, by its fields: `lacks c; v: expected number, received string`. */
export function rowProblem(issues: readonly z.core.$ZodIssue[], row: unknown): string {
  const given = new Set(typeof row === 'object' && row !== null ? Object.keys(row) : []);
  return issues
    .map(({ path, message }) => {
      const name = path.map(String).join('.');
      if (name === '') return message;
      return given.has(String(path[0])) ? `${name}: ${message}` : `lacks ${name}`;
    })
    .join('; ');
}

function noRowFits(provider: string, rows: number, problem: string): ProviderError {
  return new ProviderError(
    'SCHEMA',
    provider,
    `${provider}: none of the ${rows} rows of its answer is as documented: the first ${problem}.`,
  );
}

function completeBar(fields: BarFields): ProvidedBar | string {
  const { start, open, high, low, close, volume, adjustmentFactor } = fields;
  if (start === null || !Number.isFinite(start)) return 'the time is no time';
  const absent = PRICES.filter((name) => fields[name] === null);
  if (absent.length > 0) return `no ${absent.join(', ')}`;
  if (open === null || high === null || low === null || close === null) return 'a price is absent';
  return { start, open, high, low, close, volume: volume ?? 0, adjustmentFactor };
}

function barProblem(bar: ProvidedBar, { interval }: BarRequest): string | null {
  const { start, open, high, low, close, volume, adjustmentFactor: factor } = bar;
  if (start % intervalMs(interval) !== 0) return `the time is not the start of a bar of ${interval}`;
  const wrong = PRICES.find((name) => !Number.isFinite(bar[name]));
  if (wrong !== undefined) return `${wrong} is not a number`;
  const worthless = PRICES.find((name) => bar[name] <= 0);
  if (worthless !== undefined) return `${worthless} is ${bar[worthless]}, not above zero`;
  if (high < Math.max(open, close) || low > Math.min(open, close)) return 'high and low do not enclose open and close';
  if (!(volume >= 0) || volume === Infinity) return `the volume is ${volume}`;
  if (factor !== null && !(factor > 0 && factor < Infinity)) return `the adjustment factor is ${factor}`;
  return null;
}

const sameBar = (a: ProvidedBar, b: ProvidedBar): boolean =>
  PRICES.every((name) => a[name] === b[name]) && a.volume === b.volume;

const textOf = (row: unknown): string =>
  (typeof row === 'string' ? row : (JSON.stringify(row) ?? String(row))).slice(0, LONGEST_ROW);
