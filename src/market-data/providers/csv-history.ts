/**
 * CSV files of the user's own in `data/historical/` (requirement B4), named and laid out as the bar store imports and exports them
 * (bar-store/csv-files.ts): `AAPL_1d.csv`, `ES_201312_1m.csv.gz`, `ES_201312_1m_midpoint.csv`, or one table with a `ticker` column.
 */
import { existsSync, readdirSync } from 'node:fs';
import { ProviderError } from '../../http/provider-error';
import { BarStoreError } from '../bar-store/bar-store-error';
import { parseCsvBars } from '../bar-store/csv-bars';
import { csvFileOf, csvFilesAt, csvText } from '../bar-store/csv-files';
import { barPages } from './bar-page';
import type { BarProvider, BarRequest, ProvidedBar, RejectedBar } from './provider';

const NAME = 'CSV history';

type Series = Pick<BarRequest, 'contract' | 'interval' | 'whatToShow'>;

export function csvHistory(folder: string): BarProvider {
  return {
    name: 'csv',
    cannot: (request) => (hasFile(folder, request) ? null : `${NAME} has no file of ${nameOf(request)} in ${folder}.`),
    bars: async function* (request, aside = () => undefined) {
      if (!existsSync(folder)) return;
      yield await barsIn(folder, request, aside);
    },
  };
}

const nameOf = ({ contract, interval, whatToShow }: Series): string =>
  `${contract}_${interval}${whatToShow === 'TRADES' ? '' : `_${whatToShow.toLowerCase()}`}`;

/** A file without a contract in its name is a table of many. */
const fits = (file: Series, asked: Series): boolean =>
  file.interval === asked.interval &&
  file.whatToShow === asked.whatToShow &&
  (file.contract === '' || file.contract === asked.contract);

const hasFile = (folder: string, asked: Series): boolean =>
  existsSync(folder) &&
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => {
    const file = /\.csv(\.gz)?$/.test(name) ? csvFileOf(name) : '';
    return typeof file !== 'string' && fits(file.series, asked);
  });

async function barsIn(
  folder: string,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): Promise<readonly ProvidedBar[]> {
  const rows: ProvidedBar[] = [];
  try {
    for (const { path, series } of (await csvFilesAt(folder)).files) {
      if (!fits(series, request)) continue;
      const found = parseCsvBars(path, await csvText(path), series).get(request.contract);
      found?.unread.forEach(aside);
      for (const bar of found?.bars ?? []) rows.push(bar);
    }
  } catch (error) {
    throw error instanceof BarStoreError ? new ProviderError('SCHEMA', NAME, error.message) : error;
  }
  const read = (row: unknown) => ({ fields: row as ProvidedBar });
  return barPages({ provider: NAME, request, aside, read }).page(rows);
}
