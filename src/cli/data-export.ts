/** `omega data export`: bars of the store as CSV or Parquet files. */
import { isAbsolute, join } from 'node:path';
import { Command } from 'commander';
import { writtenTicker } from '../domain/share-class';
import { findInstrument } from '../domain/instruments';
import { BarStoreError } from '../market-data/bar-store/bar-store-error';
import { readContinuous } from '../market-data/bar-store/continuous-series';
import {
  EXPORT_FORMATS,
  exportContinuous,
  exportSeries,
  type ExportedSeries,
} from '../market-data/bar-store/export-bars';
import { corruptText } from '../market-data/bar-store/period-files';
import { makeDurableDirectory } from '../storage/durable-files';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import {
  chosenSeries,
  nothingStored,
  parseInterval,
  parseSpan,
  parseWhatToShow,
  seriesText,
  timeText,
  withBarStore,
  type SeriesOptions,
  type SpanOptions,
} from './data-place';

interface ExportOptions extends SeriesOptions, SpanOptions {
  readonly out: string;
  readonly format: string;
  readonly continuous?: boolean;
  readonly json?: boolean;
}

async function exportData(contracts: readonly string[], options: ExportOptions, io: CommandIo): Promise<void> {
  const folder = isAbsolute(options.out) ? options.out : join(io.folder, options.out);
  const span = parseSpan(options);
  if (options.continuous === true) return continuous(contracts, options, folder, span, io);
  const format = EXPORT_FORMATS.find((one) => one === options.format);
  if (format === undefined)
    throw new CliError('USAGE', `--format is ${EXPORT_FORMATS.join(' or ')}, not ${options.format}.`);
  await makeFolder(folder);
  await withBarStore(io, async (bars) => {
    const chosen = await chosenSeries(bars, contracts, options);
    if (chosen.length === 0) throw nothingStored(contracts);
    const exported: ExportedSeries[] = [];
    const without: BarStoreError[] = [];
    for (const series of chosen)
      try {
        exported.push(await exportSeries(bars, series, folder, format, span));
      } catch (error) {
        if (!(error instanceof BarStoreError && error.code === 'NOTHING_STORED')) throw error;
        without.push(error);
      }
    // Of many series one that has nothing there is told, and the others are written.
    if (exported.length === 0) throw without[0];
    const lines = exported.flatMap(({ series, files, corrupt }) => [
      `${seriesText(series)}: ${files.length === 1 ? files[0] : `${files.length} files in ${folder}`}`,
      ...corrupt.map((line) => `  ${line}`),
    ]);
    const leftOut = without.map(({ message }) => message);
    printResult(io, options.json, { folder, exported, leftOut }, [...lines, ...leftOut]);
  });
}

/** Before anything is read. Throws CliError USAGE. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeDurableDirectory(folder);
  } catch (error) {
    const sentence = `--out: the folder ${folder} cannot be made (${messageOf(error)}); choose another one.`;
    throw new CliError('USAGE', sentence, { cause: error });
  }
}

/** One series a future, joined at the rolls. */
async function continuous(
  names: readonly string[],
  options: ExportOptions,
  folder: string,
  span: { readonly from?: number; readonly to?: number },
  io: CommandIo,
): Promise<void> {
  const symbols = names.map((name) => {
    const instrument = findInstrument(name);
    if (instrument === null)
      throw new CliError(
        'USAGE',
        `--continuous joins the contracts of a future: give ES, NQ, 6E, 6B, 6A or GC, not ${name}.`,
      );
    return instrument.symbol;
  });
  if (symbols.length === 0) throw new CliError('USAGE', '--continuous needs the name of a future, for example ES.');
  const interval = parseInterval(options.interval ?? '1m');
  const whatToShow = parseWhatToShow(options.what ?? 'TRADES');
  await makeFolder(folder);
  await withBarStore(io, async (bars) => {
    const joined = [];
    for (const symbol of symbols) {
      const series = await readContinuous(bars, { symbol, interval, whatToShow }, span.from, span.to);
      if (series.table.length === 0) throw nothingStored([symbol]);
      const file = await exportContinuous(symbol, interval, series, folder);
      joined.push({
        symbol,
        interval,
        bars: series.table.length,
        rolls: series.rolls,
        corrupt: series.corrupt.map(corruptText),
        file,
      });
    }
    const lines = joined.flatMap(({ symbol, bars: count, rolls, corrupt, file }) => [
      `${symbol}: ${count} bars, ${file}`,
      ...rolls.map(
        ({ at, from, to }) => `  rolls from ${from} to ${to} at ${timeText(at, interval)}: no return crosses it`,
      ),
      ...corrupt.map((line) => `  ${line}`),
    ]);
    printResult(io, options.json, { folder, continuous: joined }, lines);
  });
}

export const dataExportCommand = (io: CommandIo): Command =>
  new Command('export')
    .description('write bars of the store as CSV (timestamp,open,high,low,close,volume) or Parquet files')
    .argument('[contracts...]', 'ES_201312, AAPL, … (default: all)')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--format <format>', 'csv or parquet', 'csv')
    .option('--interval <interval>', 'only bars of 1m, 5m, 10m, 15m, 60m or 1d')
    .option('--what <what>', 'only TRADES or MIDPOINT')
    .option('--from <time>', 'first bar: a date, or a time with its zone')
    .option('--to <time>', 'bars before this')
    .option('--continuous', 'join the contracts of a future (ES) at their rolls, as CSV')
    .option('--json', 'print JSON')
    .action((contracts: readonly string[], options: ExportOptions) =>
      exportData(contracts.map(writtenTicker), options, io),
    );
