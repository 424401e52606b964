/**
 * The contract of flows and sentiment (requirement B2), for whoever sells them: a CSV file, or a server, of the columns
 * `series,period,known_from,value`. Times are ISO-8601 with their zone, or a date for midnight UTC; `known_from` is when the value could be
 * read by everybody. The server answers `GET {url}/{dataset}?series=SPY&from=…&to=…&page=1` with
 * `{ "rows": [{ "series": "SPY", "period": "2026-03-02", "known_from": "2026-03-03T13:00:00Z", "value": 1.5e8 }], "next_page": 2 | null }`,
 * rows that became known in [from, to); a key, where it wants one, comes as `Authorization: Bearer`.
 */
import { z } from 'zod';
import type { ProviderClient } from '../../http/provider-client';
import { ProviderError } from '../../http/provider-error';
import { rowProblem } from './bar-page';
import { csvRows, numberIn, timeIn, type CsvRow } from './csv-rows';
import {
  outsideProblem,
  type OutsideProvider,
  type OutsideProviderName,
  type OutsideRequest,
  type OutsideRow,
  type RejectedOutside,
  type ValueRange,
} from './outside-provider';

export type ReleasedDataset = Exclude<OutsideProviderName, 'fred'>;

export type ReleasedSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly client: ProviderClient }
  /** Why there is none. */
  | { readonly kind: 'none'; readonly reason: string };

const COLUMNS = ['series', 'period', 'known_from', 'value'] as const;

const page = z.looseObject({ rows: z.array(z.unknown()), next_page: z.number().int().positive().nullable() });
const jsonRow = z.looseObject({ series: z.string(), period: z.string(), known_from: z.string(), value: z.number() });

/** `measures`: what a value of the data set may be. */
export function releasedValues(name: ReleasedDataset, source: ReleasedSource, measures: ValueRange): OutsideProvider {
  return {
    name,
    isFile: source.kind === 'file',
    cannot: () => (source.kind === 'none' ? source.reason : null),
    rows: async function* (request, aside = () => undefined) {
      for await (const raw of rawPages(name, source, request)) yield sorted(raw, request, measures, aside);
    },
  };
}

interface RawRow {
  readonly raw: unknown;
  readonly row: OutsideRow | string;
}

async function* rawPages(
  name: ReleasedDataset,
  source: ReleasedSource,
  request: OutsideRequest,
): AsyncIterable<readonly RawRow[]> {
  switch (source.kind) {
    case 'none':
      throw new ProviderError('KEY_MISSING', name, source.reason);
    case 'file': {
      const rows = await csvRows(name, source.path, COLUMNS);
      if (rows === null)
        throw new ProviderError('NOT_FOUND', name, `There is no file ${source.path}; correct its setting.`);
      yield rows.map((raw) => ({ raw, row: ofCsv(raw) }));
      return;
    }
    case 'server':
      for await (const rows of serverPages(name, source.client, request))
        yield rows.map((raw) => ({ raw, row: ofJson(raw) }));
  }
}

async function* serverPages(
  name: ReleasedDataset,
  client: ProviderClient,
  { series, from, to }: OutsideRequest,
): AsyncIterable<readonly unknown[]> {
  const query = { series, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  for (let number: number | null = 1; number !== null;) {
    const answer: z.infer<typeof page> = await client.getJson({
      path: `/${name}`,
      query: { ...query, page: number },
      schema: page,
    });
    yield answer.rows;
    if (answer.next_page !== null && answer.next_page <= number) {
      throw new ProviderError(
        'SCHEMA',
        name,
        `${name}: next_page ${answer.next_page} follows page ${number}; pages must go on.`,
      );
    }
    number = answer.next_page;
  }
}

const ofCsv = (row: CsvRow): OutsideRow => ({
  series: row.series,
  period: timeIn(row.period) ?? Number.NaN,
  knownFrom: timeIn(row.known_from) ?? Number.NaN,
  value: numberIn(row.value) ?? Number.NaN,
});

function ofJson(raw: unknown): OutsideRow | string {
  const parsed = jsonRow.safeParse(raw);
  if (!parsed.success) return rowProblem(parsed.error.issues, raw);
  const { series, period, known_from, value } = parsed.data;
  return { series, period: timeIn(period) ?? Number.NaN, knownFrom: timeIn(known_from) ?? Number.NaN, value };
}

function sorted(
  rows: readonly RawRow[],
  { series, from, to }: OutsideRequest,
  measures: ValueRange,
  aside: (rejected: RejectedOutside) => void,
): readonly OutsideRow[] {
  const taken = rows.flatMap(({ raw, row }) => {
    if (typeof row !== 'string' && row.series !== series) return [];
    const reason = typeof row === 'string' ? row : outsideProblem(row, measures);
    if (reason === null && typeof row !== 'string') return [row];
    aside({ row: JSON.stringify(raw), reason: reason ?? 'unreadable' });
    return [];
  });
  return taken
    .filter(({ knownFrom }) => knownFrom >= from && knownFrom < to)
    .toSorted((a, b) => a.knownFrom - b.knownFrom || a.period - b.period);
}
