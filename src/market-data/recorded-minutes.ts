/**
 * Loads a folder of recorded minutes: ROOT_YYYYMM_1m.csv[.gz] files beside an optional contracts.csv (data/SOURCES.md has the layout).
 * Invariants:
 *  1. A row is either a minute of its contract or a rejected row with its reason; none vanishes.
 *  2. Minutes ascend strictly; crossed and one-sided quotes are kept as recorded, and nothing here trades on them.
 *  3. Every failure is a RecordedDataError whose message is one sentence saying what to do.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { FUTURE_SYMBOLS, INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { parseMinutes, readCsv, textOfError, type ParsedMinutes } from './recorded-csv';
import {
  RecordedDataError,
  type MarginRate,
  type RecordedContract,
  type RecordedMarket,
  type RejectedRow,
} from './recorded-market';
import { RECORDED_COLUMNS } from './recorded-rows';

const FILE_NAME = /^([A-Z0-9]+)_(\d{6})_1m\.csv(\.gz)?$/;
const CONTRACT_TABLE = 'contracts.csv';
const NESTED_FOLDER = 'futures_1m';

interface DataFile {
  readonly name: string;
  readonly symbol: FutureSymbol;
  readonly deliveryMonth: string;
}

const isSymbol = (text: string): text is FutureSymbol => (FUTURE_SYMBOLS as readonly string[]).includes(text);

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Absent and forbidden are the same to the caller, which reports the path.
    return false;
  }
}

/** The folder that holds the files: `path` itself or its `futures_1m`. */
async function resolveFolder(path: string): Promise<string> {
  const nested = join(path, NESTED_FOLDER);
  if (await isFolder(nested)) return nested;
  if (await isFolder(path)) return path;
  throw new RecordedDataError('FOLDER_MISSING', `There is no data folder at ${path}; give one with --data.`);
}

/** Minutes and rejected rows of one file's text. Exported for tests and for other readers of the layout. */
export const parseRecordedMinutes = (path: string, text: string, symbol: FutureSymbol): ParsedMinutes =>
  parseMinutes(path, text, RECORDED_COLUMNS, INSTRUMENTS[symbol]);

/** Margins of contracts.csv; multiplier and tick must agree with the instrument registry. */
function marginsOf(path: string, text: string): readonly MarginRate[] {
  const rows: readonly Readonly<Record<string, string>>[] = parse(text, { columns: true, bom: true });
  const margins: MarginRate[] = [];
  for (const row of rows) {
    if (!isSymbol(row.root)) continue;
    const { multiplier, tickSize } = INSTRUMENTS[row.root];
    if (Number(row.multiplier) !== multiplier || Number(row.tick_size) !== tickSize) {
      throw new RecordedDataError(
        'CONTRACT_TABLE_INVALID',
        `${path} gives ${row.root} multiplier ${row.multiplier} and tick ${row.tick_size}, but the instrument registry says ${multiplier} and ${tickSize}; correct the file.`,
      );
    }
    for (const era of ['2013', 'latest']) {
      const rate = [row[`margin_${era}_from`], row[`initial_margin_${era}`], row[`maintenance_margin_${era}`]].map(
        Number,
      );
      if (rate.every((value) => Number.isFinite(value) && value > 0)) {
        margins.push({ symbol: row.root, from: rate[0], initial: rate[1], maintenance: rate[2] });
      }
    }
  }
  return margins;
}

function tradeDatesOf(contracts: readonly RecordedContract[]): readonly string[] {
  const dates = new Set<string>();
  for (const { minutes } of contracts) {
    let dayEnd = -Infinity;
    for (const { start, bar } of minutes) {
      if (bar === null || start < dayEnd) continue;
      const tradeDate = tradeDateOf(start);
      dayEnd = tradeDateBounds(tradeDate).end;
      dates.add(tradeDate);
    }
  }
  return [...dates].sort();
}

const isDeliveryMonth = (text: string): boolean => /^\d{4}(0[1-9]|1[0-2])$/.test(text);

/** Sorts folder entries into data files to load and names that are skipped with a reason. Throws FILE_NAME_INVALID. */
function chooseFiles(
  folder: string,
  names: readonly string[],
  wanted: readonly FutureSymbol[] | undefined,
): { readonly files: readonly DataFile[]; readonly skipped: RecordedMarket['skipped'] } {
  const files: DataFile[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const name of [...names].sort()) {
    const match = FILE_NAME.exec(name);
    if (match === null) {
      if (/\.csv(\.gz)?$/.test(name) && name !== CONTRACT_TABLE) {
        skipped.push({ name, reason: 'its name is not ROOT_YYYYMM_1m.csv or .csv.gz' });
      }
      continue;
    }
    const [, symbol, deliveryMonth] = match;
    const twin = files.find((file) => file.symbol === symbol && file.deliveryMonth === deliveryMonth);
    if (!isSymbol(symbol)) skipped.push({ name, reason: `${symbol} is not in the instrument registry` });
    else if (!isDeliveryMonth(deliveryMonth)) {
      throw new RecordedDataError(
        'FILE_NAME_INVALID',
        `The data file ${join(folder, name)} names the delivery month ${deliveryMonth}, which does not exist; rename it ROOT_YYYYMM_1m.csv, for example ${symbol}_201312_1m.csv, or remove it.`,
      );
    } else if (twin !== undefined) skipped.push({ name, reason: `${twin.name} holds the same contract` });
    else if (wanted === undefined || wanted.includes(symbol)) files.push({ name, symbol, deliveryMonth });
  }
  for (const symbol of wanted ?? []) {
    if (!files.some((file) => file.symbol === symbol)) skipped.push({ name: symbol, reason: 'no recorded file' });
  }
  return { files, skipped };
}

/**
 * Reads a data folder (or the folder above `futures_1m`). `instruments` narrows what is loaded; by default everything is.
 * Throws RecordedDataError when the folder, a file, a column or every row is unusable.
 */
export async function loadRecordedMarket(
  path: string,
  options: { readonly instruments?: readonly FutureSymbol[] } = {},
): Promise<RecordedMarket> {
  const folder = await resolveFolder(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw new RecordedDataError('FOLDER_MISSING', `The data folder ${folder} cannot be read (${textOfError(error)}).`);
  });
  const { files, skipped } = chooseFiles(folder, names, options.instruments);
  if (files.length === 0) {
    const which = options.instruments === undefined ? '' : ` for ${options.instruments.join(', ')}`;
    throw new RecordedDataError(
      'NO_FILES',
      `The folder ${folder} holds no recorded minutes${which}; files are named like ES_201312_1m.csv.gz.`,
    );
  }
  const contracts: RecordedContract[] = [];
  const rejected: RejectedRow[] = [];
  const hashes: { name: string; sha256: string }[] = [];
  for (const { name, symbol, deliveryMonth } of files) {
    const { text, sha256 } = await readCsv(join(folder, name));
    const parsed = parseRecordedMinutes(join(folder, name), text, symbol);
    contracts.push({ symbol, deliveryMonth, file: name, minutes: parsed.minutes });
    rejected.push(...parsed.rejected);
    hashes.push({ name, sha256 });
  }
  const table = join(folder, CONTRACT_TABLE);
  const margins = names.includes(CONTRACT_TABLE) ? marginsOf(table, (await readCsv(table)).text) : [];
  return { folder, contracts, rejected, skipped, tradeDates: tradeDatesOf(contracts), margins, files: hashes };
}
