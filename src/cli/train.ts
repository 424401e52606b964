/**
 * `omega train`: every model family on recorded days, in this process and without a server; the run, judged by the gates, stays in the
 * store as a candidate. Killed and started again with the same run id, it goes on after the last finished fit.
 */
import { Command } from 'commander';
import { providedSchema, withOutside } from '../activities/open-outside';
import { assembleStep, fitStep, prepareStep } from '../activities/training-steps';
import type { TrainedRun, TrainingParts } from '../activities/training-steps';
import { tradeHoldOut } from '../backtest/hold-out-trading';
import { isFuture } from '../domain/instruments';
import { ALL_FAMILY_NAMES, FAMILY_NAMES } from '../learning/families/families';
import type { FamilySummary } from '../learning/training/fit-job';
import { schemaOf } from '../learning/search/parameters-file';
import type { ParametersFile } from '../learning/search/parameters-file';
import type { PreparedTraining, TrainingRequest } from '../learning/training/prepare-training';
import { meanAuc } from '../learning/metrics';
import { ModelRunError } from '../learning/model-run-error';
import { gatesText } from '../learning/training/run-card';
import { TrainingError } from '../learning/training/training-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { storedNames } from '../storage/stored-json';
import { askedRunId } from './asked-run-id';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { parseDays } from './demo';
import { learningSet, readParameters } from './learning-set';
import type { LearningSet } from './learning-set';
import { refuseRepeated } from './names-once';
import { outsideSettings } from './outside-settings';
import { packageVersion } from './package-version';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

interface TrainOptions {
  readonly set: string;
  readonly data?: string;
  readonly days?: string;
  readonly instruments?: string;
  readonly families?: string;
  readonly parameters?: string;
  readonly seed?: string;
  readonly runId?: string;
  readonly threads: string;
  readonly json?: boolean;
}

/** What is asked for, checked. Throws CliError USAGE. */
function requestOf(
  options: TrainOptions,
  set: LearningSet,
  found: ParametersFile | null,
  io: CommandIo,
  now: number,
): TrainingRequest {
  const { config } = currentConfig(io);
  const runId = askedRunId('--run-id', options.runId, now);
  const families = options.families?.split(',').map((name) => name.trim()) ?? FAMILY_NAMES;
  const unknown = families.filter((name) => !ALL_FAMILY_NAMES.includes(name));
  if (unknown.length > 0)
    throw new CliError(
      'USAGE',
      `There is no model family ${unknown.join(', ')}; there are ${ALL_FAMILY_NAMES.join(', ')}.`,
    );
  refuseRepeated('--families', families);
  refuseRepeated('--instruments', options.instruments?.split(',').map((name) => name.trim().toUpperCase()) ?? []);
  return {
    runId,
    days: options.days === undefined ? null : parseDays(options.days),
    instruments: set.instruments,
    families,
    ...(found && { parameters: Object.fromEntries(found.families.map(({ name, parameters }) => [name, parameters])) }),
    seed: options.seed === undefined ? config.seed : wholeNumber('--seed', options.seed, 0, 2 ** 32 - 1),
  };
}

/** All fits, `threads` at a time; a family that fails is told and left out. */
async function fitAll(
  parts: TrainingParts,
  request: TrainingRequest,
  prepared: PreparedTraining,
  threads: number,
  say: (text: string) => void,
): Promise<readonly FamilySummary[]> {
  const jobs = prepared.instruments.flatMap((instrument) => request.families.map((family) => ({ instrument, family })));
  const total = jobs.length;
  const done: FamilySummary[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const { instrument, family } = job;
      try {
        const summary = await fitStep(parts, request, instrument, family);
        done.push(summary);
        say(
          `${done.length} of ${total}: ${instrument.symbol} ${family} in ${summary.seconds.toFixed(1)} s${summary.kept > 0 ? `, ${summary.kept} fits kept from before` : ''}`,
        );
      } catch (error) {
        if (!(error instanceof TrainingError)) throw error;
        say(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return done;
}

async function train(options: TrainOptions, io: CommandIo): Promise<void> {
  const { config } = currentConfig(io);
  const set = learningSet(options, config, io);
  const found = options.parameters === undefined ? null : await readParameters(options.parameters, set, io);
  const request = requestOf(options, set, found, io, Date.now());
  const threads = wholeNumber('--threads', options.threads, 1, 64);
  const place = learningPlace(io);
  const say = (text: string): void => io.err(text);
  const begun = performance.now();
  try {
    await withStore(place, async (store) => {
      const settings = outsideSettings(config);
      const wanted = (found && schemaOf(found)) ?? set.schema;
      const { schema, absent } = await providedSchema(wanted, request.instruments, store, settings);
      absent.forEach(say);
      const { stock } = set;
      const parts: TrainingParts = {
        config: { ...config, storage: place.storage },
        store,
        schema,
        codeVersion: packageVersion(),
        market: async () => withOutside(await set.market(), schema, store, settings),
        ...(stock && { stock: async () => withOutside(await stock(), schema, store, settings) }),
        tradeHoldOut,
      };
      say(`run ${request.runId}: reading the recorded days`);
      const prepared = await prepareStep(parts, request);
      await fitAll(parts, request, prepared, threads, say);
      say('stacking, judging on the hold-out');
      const trained = await assembleStep(parts, request, prepared);
      const cost = {
        seconds: (performance.now() - begun) / 1_000,
        peakMemoryMb: process.resourceUsage().maxRSS / 1_024,
      };
      say(`done in ${cost.seconds.toFixed(0)} s, ${cost.peakMemoryMb.toFixed(0)} MB at the most`);
      printResult(
        io,
        options.json,
        storedNames({ ...documentOf(trained), ...cost }),
        trainedLines(trained, store.location),
      );
    });
  } catch (error) {
    if (error instanceof TrainingError || error instanceof RecordedDataError)
      throw new CliError('DATA', error.message, { cause: error });
    // A run of this id that another version of the request made, before ids were pinned.
    if (error instanceof ModelRunError && error.code === 'RUN_EXISTS')
      throw new CliError('USAGE', error.message, { cause: error });
    throw error;
  }
}

const documentOf = ({ manifest, verdict, instruments }: TrainedRun) => ({
  runId: manifest.runId,
  gates: verdict,
  instruments,
  skipped: manifest.skipped,
  models: manifest.instruments.flatMap(({ symbol, models }) =>
    models.map(({ name, family, foldMetrics, holdOut, role, importances }) => ({
      symbol,
      name,
      family,
      role,
      foldMetrics,
      holdOut,
      importances,
    })),
  ),
});

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3);

/** Lines for people. Pure. */
export function trainedLines({ manifest, verdict, instruments }: TrainedRun, location: string): readonly string[] {
  const voters = manifest.instruments.flatMap(({ symbol, models }) =>
    models
      .filter(({ foldMetrics }) => foldMetrics !== undefined)
      .map(({ name, foldMetrics, holdOut }) => ({
        symbol,
        name,
        folds: shown(meanAuc(foldMetrics ?? [])),
        holdOut: shown(holdOut?.auc),
      })),
  );
  return [
    ...textTable(
      [
        { title: '', cell: ({ symbol }) => symbol },
        { title: 'voter', cell: ({ name }) => name },
        { title: 'AUC folds', align: 'right', cell: ({ folds }) => folds },
        { title: 'AUC hold-out', align: 'right', cell: ({ holdOut }) => holdOut },
      ],
      voters,
    ),
    ...instruments.flatMap(({ symbol, stacker, validator, holdOutAuc, notes }) => [
      `${symbol}: stacker ${stacker ?? 'none'}, validator ${validator ? 'yes' : 'none'}, AUC of the whole on the hold-out ${shown(holdOutAuc)}`,
      ...notes.map((note) => `${symbol}: ${note}`),
    ]),
    ...manifest.skipped.map(({ symbol, why }) => `${symbol} left out: ${why}`),
    gatesText(verdict),
    manifest.instruments.some(({ symbol }) => isFuture(symbol))
      ? `Run ${manifest.runId} is in ${location}, a candidate: omega models show ${manifest.runId}, omega models promote ${manifest.runId} --by NAME --why REASON.`
      : `Run ${manifest.runId} is in ${location}, to learn from: omega models show ${manifest.runId}. The session trades no stocks.`,
  ];
}

export const trainCommand = (io: CommandIo): Command =>
  new Command('train')
    .description('fit all model families on recorded days, judge them by the gates, keep the run as a candidate')
    .option('--set <name>', 'what to learn from: futures, or spy, the larger set without quotes', 'futures')
    .option('--data <dir>', 'folder of recorded minutes (default: the data of the repository)')
    .option('--days <list>', 'trade dates, the hold-out included (default: all recorded)')
    .option('--instruments <list>', 'instruments (default: ES,GC)')
    .option(
      '--families <list>',
      `model families: ${ALL_FAMILY_NAMES.join(', ')} (default: up to ${FAMILY_NAMES.at(-1)})`,
    )
    .option('--parameters <file>', 'best.json of a search: its parameters and indicators')
    .option('--seed <n>', 'seed of everything that is drawn (default: the configured one)')
    .option('--run-id <id>', 'YYYYMMDD_HHMMSS; an unfinished run of this id goes on (default: now)')
    .option('--threads <n>', 'fits at a time', '2')
    .option('--json', 'print JSON')
    .action((options: TrainOptions) => train(options, io));
