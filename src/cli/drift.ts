/**
 * `omega drift`: the features of a trade date against what the model run was trained on, and the run's last decisions, as the hourly
 * monitor judges them. Offline. Exit code 1 when something alarms.
 */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { checkDrift } from '../activities/drift-check';
import type { DriftSource } from '../activities/drift-check';
import { tradeDateBounds } from '../domain/calendar';
import { isRunId } from '../domain/ids';
import { FUTURE_SYMBOLS, isFuture } from '../domain/instruments';
import { alarmsOf } from '../learning/drift/check-drift';
import type { DriftCheck, InstrumentDrift } from '../learning/drift/check-drift';
import { DriftError } from '../learning/drift/drift-error';
import type { FeatureDrift } from '../learning/drift/judge-drift';
import { END_OF_TIME } from '../learning/drift/recent-rows';
import { futuresData, stockData } from '../learning/training/learning-data';
import { loadRecordedStock } from '../market-data/recorded-equity';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { openJournalReader } from '../storage/market-journal-reader';
import { storedNames } from '../storage/stored-json';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import { printResult } from './command-io';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { parseDays, parseInstruments } from './demo';
import { told } from './model-errors';
import { learningPlace, placeOrNull, withStore } from './store-place';
import type { StorePlace } from './store-place';
import { textTable } from './text-table';

interface DriftOptions {
  readonly data?: string;
  readonly day?: string;
  readonly run?: string;
  readonly instruments?: string;
  readonly json?: boolean;
}

async function drift(options: DriftOptions, io: CommandIo): Promise<void> {
  const { run: runId = null, instruments, json } = options;
  if (runId !== null && !isRunId(runId)) throw new CliError('USAGE', `--run needs YYYYMMDD_HHMMSS, not ${runId}.`);
  const [tradeDate = null, ...more] = options.day === undefined ? [] : parseDays(options.day);
  if (more.length > 0) throw new CliError('USAGE', '--day names one trade date.');
  const wanted = instruments === undefined ? null : parseInstruments(instruments);
  const place = placeOrNull(io);
  const source = await sourceOf(options.data, tradeDate, place, io);
  await withStore(learningPlace(io), async (store) => {
    const { seed } = currentConfig(io).config;
    const check = await checkDrift({ store, source, audit: place, runId, tradeDate, instruments: wanted, seed });
    const alarms = alarmsOf(check);
    printResult(io, json, storedNames({ ...check, alarms }), driftLines(check));
    if (check.state === 'alarm') throw new CommandExit(EXIT.failed);
  });
}

/** A folder that is named; else what the feed of the account consumed on that day, if anything; else the shipped minutes. */
async function sourceOf(
  data: string | undefined,
  tradeDate: string | null,
  place: StorePlace | null,
  io: CommandIo,
): Promise<DriftSource> {
  if (data === undefined && place !== null && (await hasJournal(place, tradeDate)))
    return { kind: 'journal', stateDir: place.stateDir, account: place.account };
  const folder = data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, data);
  return {
    kind: 'recorded',
    data: async (symbol) =>
      isFuture(symbol)
        ? futuresData(await loadRecordedMarket(folder, { instruments: [symbol] }))
        : stockData(await loadRecordedStock(folder, symbol)),
  };
}

async function hasJournal({ stateDir, account }: StorePlace, tradeDate: string | null): Promise<boolean> {
  const journal = openJournalReader(stateDir, account, () => undefined);
  const { start, end } = tradeDate === null ? { start: 0, end: END_OF_TIME } : tradeDateBounds(tradeDate);
  for (const symbol of FUTURE_SYMBOLS) {
    const [last] = await journal.lastRows(symbol, 1, end);
    if (last !== undefined && last.bar.start >= start) return true;
  }
  return false;
}

const decimals = (value: number, digits = 3): string => {
  if (Number.isFinite(value)) return value.toFixed(digits);
  return value > 0 ? '∞' : '−∞';
};
const shown = (value: number | null): string => (value === null ? '–' : decimals(value));

/** Lines for people. Pure. */
export function driftLines(check: DriftCheck): readonly string[] {
  const { runId, source, instruments, skipped } = check;
  const alarms = alarmsOf(check);
  return [
    `run ${runId} against ${source === 'recorded' ? 'recorded days' : 'what the feed consumed'}`,
    ...instruments.flatMap(instrumentLines),
    ...skipped.map(({ symbol, why }) => `${symbol}: not checked, ${why}`),
    alarms.length === 0
      ? 'no alarm'
      : `ALARM: ${alarms.map(({ cause, why }) => `${cause}, ${why}`).join(' ')} omega retrain fits anew.`,
  ];
}

function instrumentLines({ symbol, tradeDate, through, features, performance }: InstrumentDrift): readonly string[] {
  const { referenceDays, windowRows, features: compared, skipped } = features;
  return [
    '',
    `${symbol} ${tradeDate} through ${through}: ${windowRows} rows, ${referenceDays} reference days`,
    ...featureTable(compared),
    ...skipped.map(({ feature, why }) => `${feature}: not compared, ${why}`),
    `features: ${features.why}`,
    `decisions: ${performance.why}${performance.meanError === null ? '' : ` Mean error ${decimals(performance.meanError)}.`}${
      performance.errorRoseAt === null ? '' : ` Page–Hinkley: it rose at ${performance.errorRoseAt}.`
    }`,
  ];
}

const featureTable = (features: readonly FeatureDrift[]): readonly string[] =>
  features.length === 0
    ? []
    : textTable(
        [
          { title: 'feature', cell: ({ name }) => name },
          { title: 'minutes', align: 'right', cell: ({ timeframeMinutes }) => String(timeframeMinutes) },
          { title: 'mean shift', align: 'right', cell: ({ meanShift }) => decimals(meanShift) },
          { title: 'PSI', align: 'right', cell: ({ psi }) => decimals(psi) },
          { title: 'KS', align: 'right', cell: ({ ks }) => decimals(ks.statistic) },
          { title: 'p of independent rows', align: 'right', cell: ({ ks }) => ks.pValue.toExponential(1) },
          { title: 'p by days', align: 'right', cell: ({ pValues }) => shown(smallest(pValues)) },
          { title: 'adjusted', align: 'right', cell: ({ adjusted }) => shown(adjusted) },
          { title: '', cell: ({ drifted }) => (drifted ? 'drifted' : '') },
        ],
        features,
      );

const smallest = (pValues: FeatureDrift['pValues']): number | null =>
  pValues === null ? null : Math.min(pValues.absoluteMeanShift, pValues.psi, pValues.ks);

/** What cannot be checked says what to do. */
async function toldDrift(work: Promise<void>): Promise<void> {
  try {
    await told(work);
  } catch (error) {
    if (!(error instanceof DriftError)) throw error;
    throw new CliError(error.code === 'NOTHING_TO_CHECK' ? 'NOT_FOUND' : 'DATA', error.message, { cause: error });
  }
}

export const driftCommand = (io: CommandIo): Command =>
  new Command('drift')
    .description(
      'features of a trade date against the training of the model run, and its last decisions; exit code 1 on an alarm',
    )
    .option(
      '--data <dir>',
      'folder of recorded minutes (default: what the feed consumed, else the data of the repository)',
    )
    .option('--day <date>', 'trade date (default: the newest)')
    .option('--run <id>', 'model run (default: the promoted one, else the latest)')
    .option('--instruments <list>', "instruments (default: all of the run's)")
    .option('--json', 'print JSON')
    .action((options: DriftOptions) => toldDrift(drift(options, io)));
