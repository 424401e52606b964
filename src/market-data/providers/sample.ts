/**
 * The market data that ships with the repository (data/SOURCES.md), so that everything runs without a key: days of 48 stocks between 2008
 * and 2017, minutes of SPY, ES and GC. It is a sample and says so: its name is kept with every bar that came from it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { barPages, type RowReading } from './bar-page';
import { csvRows, numberIn, timeIn, type CsvRow } from './csv-rows';
import { joinedDays } from './sample-days';
import type { BarProvider, BarRequest, ProvidedBar, RejectedBar } from './provider';

const NAME = 'Sample';
const MINUTE_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
const DAY_COLUMNS = ['date', 'ticker', 'open', 'high', 'low', 'close', 'volume', 'adj_factor'] as const;
export const SAMPLE_NOTE = 'a sample that ships with Omega, not a live source';

export interface SampleProvider extends BarProvider {
  /** Contracts and intervals there are. */
  series(): Promise<readonly Pick<BarRequest, 'contract' | 'interval'>[]>;
}

/** `folder`: the repository's `data`. */
export function sampleBars(folder: string): SampleProvider {
  let days: Promise<ReadonlyMap<string, readonly CsvRow[]>> | null = null;
  const dailyRows = (): Promise<ReadonlyMap<string, readonly CsvRow[]>> => (days ??= readDays(folder));
  return {
    name: 'sample',
    cannot: ({ contract, whatToShow, interval }) => {
      if (whatToShow !== 'TRADES') return `${NAME} has trades only, no ${whatToShow}.`;
      if (interval !== '1m' && interval !== '1d') return `${NAME} has bars of 1m and 1d, not ${interval}.`;
      if (interval === '1d') return dayFiles(folder).length === 0 ? `${NAME} has no daily files in ${folder}.` : null;
      return minuteFiles(folder, contract).length === 0 ? `${NAME} has no minutes of ${contract}.` : null;
    },
    bars: (request, aside = () => undefined) =>
      request.interval === '1d'
        ? daily(dailyRows, request, aside)
        : minutes(minuteFiles(folder, request.contract), request, aside),
    series: async () => {
      const tickers = [...(await dailyRows()).keys()].sort();
      return [
        ...tickers.map((contract) => ({ contract, interval: '1d' as const })),
        ...minuteContracts(folder).map((contract) => ({ contract, interval: '1m' as const })),
      ];
    },
  };
}

const filesIn = (folder: string, name: RegExp): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => name.test(file))
        .sort()
        .map((file) => join(folder, file))
    : [];

/** Files with open, high, low and close; another one has adjusted closes alone. */
const dayFiles = (folder: string): readonly string[] => filesIn(join(folder, 'equity_1d'), /_daily_\w+\.csv(\.gz)?$/);

const MINUTE_FILE = /^([A-Z0-9]+?(?:_\d{6})?)_1m(?:_\d+)*\.csv(?:\.gz)?$/;

const minuteFolders = (folder: string): readonly string[] => [join(folder, 'futures_1m'), join(folder, 'equity_1m')];

const minuteFiles = (folder: string, contract: string): readonly string[] =>
  minuteFolders(folder).flatMap((at) =>
    filesIn(at, MINUTE_FILE).filter((path) => path.slice(at.length + 1).startsWith(`${contract}_1m`)),
  );

const minuteContracts = (folder: string): readonly string[] => [
  ...new Set(
    minuteFolders(folder).flatMap((at) =>
      filesIn(at, MINUTE_FILE).map((path) => MINUTE_FILE.exec(path.slice(at.length + 1))?.[1] ?? ''),
    ),
  ),
];

async function readDays(folder: string): Promise<ReadonlyMap<string, readonly CsvRow[]>> {
  const byTicker = new Map<string, readonly CsvRow[]>();
  for (const path of dayFiles(folder)) {
    const rows = (await csvRows(NAME, path, DAY_COLUMNS)) ?? [];
    for (const ticker of new Set(rows.map((row) => row.ticker))) {
      const days = rows.filter((row) => row.ticker === ticker);
      byTicker.set(ticker, joinedDays(byTicker.get(ticker) ?? [], days));
    }
  }
  return byTicker;
}

async function* daily(
  rows: () => Promise<ReadonlyMap<string, readonly CsvRow[]>>,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const read = (row: unknown): RowReading => fieldsOf(row as CsvRow, (row as CsvRow).date);
  yield barPages({ provider: NAME, request, aside, read }).page((await rows()).get(request.contract) ?? []);
}

async function* minutes(
  files: readonly string[],
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const read = (row: unknown): RowReading => fieldsOf(row as CsvRow, (row as CsvRow).timestamp);
  const pages = barPages({ provider: NAME, request, aside, read });
  for (const path of files) {
    const rows = (await csvRows(NAME, path, MINUTE_COLUMNS)) ?? [];
    // Recorded quotes without a trade are minutes without a bar.
    yield pages.page(rows.filter(({ volume }) => volume !== '0'));
  }
}

function fieldsOf(row: CsvRow, time: string): RowReading {
  const start = timeIn(time);
  if (start === null) return { problem: `"${time}" is no time` };
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
