/**
 * CSV files of the user's own in `data/historical/` (requirement B4): `{contract}_{interval}.csv[.gz]` for trades,
 * `{contract}_{interval}_midpoint.csv[.gz]` for midpoints; columns `timestamp,open,high,low,close,volume` and, where prices have one, the
 * adjustment factor `adj_factor`. `timestamp` is the start of the bar in ISO-8601 with its zone; of a daily bar, its date.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { barPages, type RowReading } from './bar-page';
import { csvRows, numberIn, timeIn, type CsvRow } from './csv-rows';
import type { BarProvider, BarRequest } from './provider';

const NAME = 'CSV history';
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

export function csvHistory(folder: string): BarProvider {
  return {
    name: 'csv',
    cannot: (request) =>
      fileOf(folder, request) === null
        ? `${NAME} has no ${baseName(request)}.csv or .csv.gz in ${folder}; put it there to use it.`
        : null,
    bars: async function* (request, aside = () => undefined) {
      const path = fileOf(folder, request);
      const rows = path === null ? null : await csvRows(NAME, path, COLUMNS);
      if (rows === null) return;
      yield barPages({ provider: NAME, request, aside, read: (row) => readBar(row as CsvRow) }).page(rows);
    },
  };
}

type Series = Pick<BarRequest, 'contract' | 'interval' | 'whatToShow'>;

const baseName = ({ contract, interval, whatToShow }: Series): string =>
  `${contract}_${interval}${whatToShow === 'TRADES' ? '' : `_${whatToShow.toLowerCase()}`}`;

function fileOf(folder: string, series: Series): string | null {
  // A name from outside must not lead out of the folder.
  if (/[/\\]|\.\./.test(series.contract)) return null;
  const base = join(folder, baseName(series));
  return [`${base}.csv`, `${base}.csv.gz`].find((path) => existsSync(path)) ?? null;
}

function readBar(row: CsvRow): RowReading {
  const start = timeIn(row.timestamp);
  if (start === null) {
    return { problem: `timestamp "${row.timestamp}" is no time with its zone, such as 2013-10-09T14:30:00Z` };
  }
  return {
    fields: {
      start,
      open: numberIn(row.open),
      high: numberIn(row.high),
      low: numberIn(row.low),
      close: numberIn(row.close),
      volume: numberIn(row.volume),
      adjustmentFactor: numberIn(row.adj_factor),
    },
  };
}
