/** `omega models`: the runs in the model registry, what was decided about them, and models trained elsewhere. Offline. */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { stateOf, type Review, type ReviewState } from '../domain/model-review';
import { addModels } from '../learning/add-models';
import { broughtModels, dropBroughtModel } from '../learning/brought-models';
import type { ModelEntry, RunManifest } from '../learning/manifest';
import { readModelFolder } from '../learning/model-folder';
import { readManifest } from '../learning/model-run';
import { ModelRunError } from '../learning/model-run-error';
import { readGates } from '../learning/training/run-card';
import { newestTradeDate } from '../learning/newest-data';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { openJournalReader } from '../storage/market-journal-reader';
import {
  lastTrained,
  latestRun,
  listRuns,
  newDataAvailable,
  unfinishedRuns,
  votingRun,
} from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { readReviewLog } from '../storage/review-log';
import { storedNames } from '../storage/stored-json';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { cardOf } from './model-card';
import { currentSchema } from './current-schema';
import { told } from './model-errors';
import { diffCommand } from './models-diff';
import { pullCommand } from './models-pull';
import { reviewCommands } from './models-review';
import { learningPlace, placeOrNull, withStore } from './store-place';
import { textTable } from './text-table';

interface JsonOption {
  readonly json?: boolean;
}

interface ListOptions extends JsonOption {
  readonly data?: string;
}

interface ListedRun {
  readonly runId: string;
  readonly state: ReviewState;
  /** Null when it cannot be read; `why` says so. */
  readonly manifest: RunManifest | null;
  readonly why: string;
}

async function list(io: CommandIo, { data, json }: ListOptions): Promise<void> {
  const place = placeOrNull(io);
  const folder = data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, data);
  await withStore(learningPlace(io), async (store) => {
    const { review } = await readReviewLog(store);
    const runs = await Promise.all((await listRuns(store)).map((runId) => listedRun(store, runId, review)));
    const brought = await broughtModels(store);
    const unfinished = await unfinishedRuns(store);
    const stamp = await lastTrained(store);
    const newest = await newestTradeDate({
      recorded: await loadRecordedMarket(folder),
      journal: place === null ? null : openJournalReader(place.stateDir, place.account, io.err),
      instruments: FUTURE_SYMBOLS,
    });
    const newData = newest !== null && newDataAvailable(stamp, { to: newest });
    const value = {
      runs: runs.map(({ runId, state, manifest, why }) =>
        manifest === null ? { runId, state, damaged: why } : { ...manifest, state },
      ),
      promoted: review.promoted,
      promotion: review.lastChange,
      brought,
      unfinished,
      lastTrained: stamp,
      newestData: newest,
      newDataAvailable: newData,
    };
    const lines = [
      ...(runs.length === 0 ? [`No model run in ${store.location}.`] : runTable(runs)),
      ...brought.map(
        ({ model, instruments }) => `brought: ${model.name} (${model.family}) for ${instruments.join(', ')}`,
      ),
      ...unfinished.map((runId) => `unfinished: ${runId}`),
      `last trained: ${stamp === null ? 'never' : `${stamp.runId} on data to ${stamp.dataTo}`}; newest data: ${newest ?? 'none'}${newData ? ', a retraining would see new data' : ''}`,
    ];
    printResult(io, json, storedNames(value), lines);
  });
}

async function listedRun(store: ObjectStore, runId: string, review: Review): Promise<ListedRun> {
  const state = stateOf(review, runId);
  try {
    return { runId, state, manifest: await readManifest(store, runId), why: '' };
  } catch (error) {
    if (!(error instanceof ModelRunError)) throw error;
    return { runId, state, manifest: null, why: error.message };
  }
}

const runTable = (runs: readonly ListedRun[]): readonly string[] =>
  textTable<ListedRun>(
    [
      { title: 'run', cell: ({ runId }) => runId },
      { title: 'state', cell: ({ state }) => state },
      {
        title: 'fitted on',
        cell: ({ manifest, why }) =>
          manifest === null ? why : `${manifest.data.days[0]} to ${manifest.data.days[manifest.data.days.length - 1]}`,
      },
      { title: 'rows', align: 'right', cell: ({ manifest }) => String(manifest?.data.rows ?? '') },
      {
        title: 'instruments',
        cell: ({ manifest }) => (manifest?.instruments ?? []).map(({ symbol }) => symbol).join(' '),
      },
      {
        title: 'models',
        cell: ({ manifest }) => namesOf((manifest?.instruments ?? []).flatMap(({ models }) => models)),
      },
    ],
    runs,
  );

/** Calibrators are part of their voters. */
const namesOf = (models: readonly ModelEntry[]): string =>
  [...new Set(models.filter(({ role }) => role?.role !== 'calibrator').map(({ name }) => name))].join(' ');

async function show(io: CommandIo, run: string | undefined, { json }: JsonOption): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    const runId = run ?? (await votingRun(store)) ?? (await latestRun(store));
    if (runId === null) throw new CliError('NOT_FOUND', `There is no model run in ${store.location}.`);
    const manifest = await readManifest(store, runId);
    const state = stateOf((await readReviewLog(store)).review, runId);
    const gates = await readGates(store, runId);
    printResult(io, json, storedNames({ ...manifest, state, gates }), cardOf(manifest, state, gates));
  });
}

/** What a model trained elsewhere must read: hash and columns in their order. */
function showSchema(io: CommandIo, { json }: JsonOption): void {
  const { version, hash, modelColumns } = currentSchema(io);
  const lines = [
    `schema_hash ${hash}`,
    ...modelColumns.map((column, index) => `${String(index).padStart(3)} ${column}`),
  ];
  printResult(io, json, { version, schema_hash: hash, columns: modelColumns }, lines);
}

async function add(io: CommandIo, folder: string, { json }: JsonOption): Promise<void> {
  const schema = currentSchema(io);
  const models = await readModelFolder(resolve(io.folder, folder), schema);
  await withStore(learningPlace(io), async (store) => {
    const run = await addModels(store, models, schema.hash);
    const votes = run !== null && (await votingRun(store)) === run.runId;
    const lines = [
      ...models.map(({ name, instruments }) => `${name} votes on ${instruments.join(', ')}`),
      run === null
        ? 'There is no run of this feature schema to begin with (the champion, else the newest not rejected): the next fit takes them up.'
        : `from run ${run.runId} on, ${votes ? 'which a session loads when its next trade date opens' : 'once it is promoted (omega models promote)'}`,
    ];
    const value = { added: models.map(({ name }) => name), runId: run?.runId ?? null, votes };
    printResult(io, json, storedNames(value), lines);
  });
}

async function remove(io: CommandIo, name: string, { json }: JsonOption): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    if (!(await dropBroughtModel(store, name))) {
      throw new CliError('NOT_FOUND', `No brought model is named ${name}: omega models list names them.`);
    }
    printResult(io, json, { removed: name }, [`${name} takes no part in later runs; runs that have it keep it.`]);
  });
}

const withJson = (command: Command): Command => command.option('--json', 'print JSON');

export const modelsCommand = (io: CommandIo): Command => {
  const command = new Command('models')
    .description('model runs: show, compare, promote and roll back; models trained elsewhere')
    .addCommand(
      withJson(new Command('list').description('runs and their state, brought models, and whether there are new data'))
        .option('--data <dir>', 'recorded minutes to look for new data in (default: those of the package)')
        .action((options: ListOptions) => told(list(io, options))),
    )
    .addCommand(
      withJson(
        new Command('show')
          .description('the model card of a run')
          .argument('[run]', 'the one that votes when left out, else the latest'),
      ).action((run: string | undefined, options: JsonOption) => told(show(io, run, options))),
    )
    .addCommand(diffCommand(io))
    .addCommand(pullCommand(io));
  for (const child of reviewCommands(io)) command.addCommand(child);
  return command
    .addCommand(
      withJson(new Command('schema').description('hash and columns that a model trained elsewhere must read')).action(
        (options: JsonOption) => showSchema(io, options),
      ),
    )
    .addCommand(
      withJson(
        new Command('add')
          .description('let the ONNX models of a folder vote (docs/models.md)')
          .argument('<folder>', 'folder with models.json'),
      ).action((folder: string, options: JsonOption) => told(add(io, folder, options))),
    )
    .addCommand(
      withJson(new Command('remove').description('take a brought model out of later runs').argument('<name>')).action(
        (name: string, options: JsonOption) => told(remove(io, name, options)),
      ),
    );
};
