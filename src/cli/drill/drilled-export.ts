/** An export of the recorded broker's week, in every interval: its pieces are stored days, the questions it puts are counted. */
import type { Client } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startHistoryExport } from '../../client/history-export-start';
import type { FutureSymbol } from '../../domain/instruments';
import { EXPORTED_PRICES, type ExportedInterval } from '../../domain/history-export';
import type { BarTable } from '../../market-data/bar-store/bar-table';
import { futureName } from '../../market-data/bar-store/contract-name';
import { openParquetEngine, type ParquetEngine } from '../../market-data/bar-store/parquet-engine';
import { currentFiles, seriesName, seriesOfKey } from '../../market-data/bar-store/series-key';
import { loadRecordedMarket } from '../../market-data/recorded-minutes';
import { PACKAGE_ROOT } from '../child-command';
import { paperGateway } from './drill-gateway';
import type { DrilledWork, Pieces, WorkOutcome } from './drilled-work';
import { fileMemo } from './file-memo';

const INSTRUMENTS: readonly FutureSymbol[] = ['ES', 'GC'];
const INTERVALS: readonly ExportedInterval[] = ['1m', '5m', '10m', '15m', '60m'];
/** The recorded week, from the Sunday evening on which it opens to the Friday's close. */
const FROM = Date.parse('2013-10-06T22:00:00Z');
const TO = Date.parse('2013-10-11T21:00:00Z');
const STORED = 'processed/intraday/';

/** One row: when its bar begins, when it was fetched, its prices and volume as text. */
export type StoredRow = readonly [start: number, fetchedAt: number, prices: string];

const rowsOf = ({ length, start, fetchedAt, open, high, low, close, volume }: BarTable): readonly StoredRow[] =>
  Array.from({ length }, (_row, i) => [
    start[i],
    fetchedAt[i],
    [open[i], high[i], low[i], close[i], volume[i]].join(' '),
  ]);

let engine: Promise<ParquetEngine> | null = null;
const rowsIn = fileMemo(async (path): Promise<string | null> => {
  try {
    return JSON.stringify(rowsOf(await (await (engine ??= openParquetEngine())).readFiles([path])));
  } catch {
    // Replaced by its next generation between the listing and the reading: the next look finds that one.
    return null;
  }
});

/** The rows of the files that count, by series and day: `ES_201312/1m/2013-10-09`. */
async function storedDays(store: string): Promise<Pieces> {
  const place = join(store, STORED);
  const names = existsSync(place) ? readdirSync(place, { recursive: true, encoding: 'utf8' }) : [];
  const bySeries = new Map<string, string[]>();
  for (const key of names.map((name) => `${STORED}${name}`)) {
    const series = seriesOfKey(key);
    if (series === null) continue;
    const keys = bySeries.get(seriesName(series)) ?? [];
    bySeries.set(seriesName(series), [...keys, key]);
  }
  const days = new Map<string, string>();
  for (const [series, keys] of bySeries)
    for (const { period, key } of currentFiles(keys).current.values()) {
      const rows = await rowsIn(join(store, key));
      if (rows !== null) days.set(`${series}/${period}`, rows);
    }
  return days;
}

const parsed = (rows: string): readonly StoredRow[] => JSON.parse(rows) as readonly StoredRow[];

/** What is stored, without the times of fetching. */
export function exportedBars(days: Pieces): {
  readonly bars: number;
  readonly repeated: number;
  readonly hash: string;
} {
  const instants = [...days].flatMap(([name, rows]) =>
    parsed(rows).map(([start]) => `${name.slice(0, name.lastIndexOf('/'))} ${start}`),
  );
  const content = [...days].map(([name, rows]) => [name, parsed(rows).map(([start, , prices]) => [start, prices])]);
  content.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    bars: instants.length,
    repeated: instants.length - new Set(instants).size,
    hash: createHash('sha256').update(JSON.stringify(content)).digest('hex'),
  };
}

/** Minutes that traded in the recorded week and are not among the stored ones, by contract. */
async function missingMinutes(days: Pieces): Promise<readonly string[]> {
  const { contracts } = await loadRecordedMarket(join(PACKAGE_ROOT, 'data'), { instruments: INSTRUMENTS });
  const stored = new Map<string, Set<number>>();
  for (const [name, rows] of days) {
    const [contract, prices] = name.split('/');
    if (prices === '1m')
      stored.set(contract, new Set([...(stored.get(contract) ?? []), ...parsed(rows).map(([start]) => start)]));
  }
  return [...stored].flatMap(([contract, starts]) => {
    const recorded = contracts.find(({ symbol, deliveryMonth }) => futureName(symbol, deliveryMonth) === contract);
    const traded = recorded?.minutes.filter(({ bar, start }) => bar !== null && start >= FROM && start < TO) ?? [];
    const missing = traded.filter(({ start }) => !starts.has(start)).length;
    return traded.length > 0 && missing === 0
      ? []
      : [`${contract}: ${missing} of ${traded.length} minutes are missing`];
  });
}

/** The sentences of series that were given up. */
async function exportAll(client: Client): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const interval of INTERVALS) {
    const request = { instruments: INSTRUMENTS, whatToShow: EXPORTED_PRICES, interval, from: FROM, to: TO };
    const { series } = await (await startHistoryExport(client, request)).result();
    failures.push(...series.flatMap(({ failed }) => failed ?? []));
  }
  return failures;
}

/** Every row that was there is there, fetched when it was fetched: rows may have been added. */
export function rowsKept(before: string, after: string): boolean {
  const now = new Set(parsed(after).map((row) => JSON.stringify(row)));
  return parsed(before).every((row) => now.has(JSON.stringify(row)));
}

export const DRILLED_EXPORT: DrilledWork = {
  name: 'export',
  piece: 'day',
  victims: ['temporal', 'gateway', 'training', 'training'],
  prepare: (place, env) => [paperGateway(place, env, TO)],
  async run(client, { paths: { store } }): Promise<WorkOutcome> {
    const failures = await exportAll(client);
    const days = await storedDays(store);
    const { bars, repeated, hash } = exportedBars(days);
    return {
      summary: JSON.stringify({ days: days.size, bars, hash }),
      faults: [
        ...failures,
        ...(repeated > 0 ? [`${repeated} instants have two bars`] : []),
        ...(await missingMinutes(days)),
      ],
    };
  },
  finished: ({ paths: { store } }) => storedDays(store),
  keeps: rowsKept,
  // Each takes a permit, and a permit outlives its process.
  questions: ({ paths: { state } }) =>
    readdirSync(join(state, 'rate-limits'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.startsWith('ibkr-history') && /\/\d+\.[1-9]\d+\./.test(name),
    ).length,
};
