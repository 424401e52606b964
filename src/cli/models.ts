/** `omega models list|show|schema|add|remove`: the runs in the model registry, and models trained elsewhere. Offline. */
import { Command } from 'commander';
import { resolve } from 'node:path';
import { DEFAULT_SCHEMA } from '../features/schema';
import { addModels } from '../learning/add-models';
import { broughtModels, dropBroughtModel } from '../learning/brought-models';
import type { ModelEntry, RunManifest } from '../learning/manifest';
import { ModelFolderError, readModelFolder } from '../learning/model-folder';
import { readManifest } from '../learning/model-run';
import { ModelRunError } from '../learning/model-run-error';
import { latestRun, listRuns, ModelRegistryError, promotedRun, unfinishedRuns } from '../storage/model-registry';
import { CliError } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { storePlace, withStore } from './store-place';
import { textTable } from './text-table';

interface JsonOption {
  readonly json?: boolean;
}

async function list(io: CommandIo, { json }: JsonOption): Promise<void> {
  await withStore(storePlace(io), async (store) => {
    const runs = await Promise.all((await listRuns(store)).map((runId) => readManifest(store, runId)));
    const promoted = await promotedRun(store);
    const brought = await broughtModels(store);
    const unfinished = await unfinishedRuns(store);
    const table = textTable<RunManifest>(
      [
        { title: 'run', cell: ({ runId }) => runId },
        { title: 'fitted on', cell: ({ data }) => `${data.days[0]} to ${data.days[data.days.length - 1]}` },
        { title: 'rows', align: 'right', cell: ({ data }) => String(data.rows) },
        { title: 'instruments', cell: ({ instruments }) => instruments.map(({ symbol }) => symbol).join(' ') },
        { title: 'models', cell: ({ instruments }) => namesOf(instruments.flatMap(({ models }) => models)) },
        { title: '', cell: ({ runId }) => (runId === promoted?.runId ? `promoted by ${promoted.by}` : '') },
      ],
      runs,
    );
    const lines = [
      ...(runs.length === 0 ? [`No model run in ${store.location}.`] : table),
      ...brought.map(
        ({ model, instruments }) => `brought: ${model.name} (${model.family}) for ${instruments.join(', ')}`,
      ),
      ...unfinished.map((runId) => `unfinished: ${runId}`),
    ];
    printResult(io, json, { runs, promoted, brought, unfinished }, lines);
  });
}

const namesOf = (models: readonly ModelEntry[]): string => [...new Set(models.map(({ name }) => name))].join(' ');

async function show(io: CommandIo, run: string | undefined, { json }: JsonOption): Promise<void> {
  await withStore(storePlace(io), async (store) => {
    const runId = run ?? (await latestRun(store));
    if (runId === null) throw new CliError('NOT_FOUND', `There is no model run in ${store.location}.`);
    const manifest = await readManifest(store, runId);
    printResult(io, json, manifest, cardOf(manifest));
  });
}

/** The run for people: what it was made of, and each model with what it scored on the hold-out. */
function cardOf(manifest: RunManifest): readonly string[] {
  const { runId, created, codeVersion, seed, data, schema, instruments, skipped } = manifest;
  return [
    `${runId}  made ${created} by version ${codeVersion}, seed ${seed}`,
    `data     ${data.days.join(', ')}: ${data.rows} rows, sha256 ${data.sha256.slice(0, 12)}`,
    `schema   version ${schema.version}, ${schema.modelColumns.length} of ${schema.columns.length} columns, ${schema.hash.slice(0, 12)}`,
    ...instruments.flatMap(({ symbol, rows, models, label }) => [
      '',
      `${symbol}  ${rows} rows, label ${label.horizonBars} bars ahead, hold within ${Number(label.bandPoints.toPrecision(4))} points`,
      ...textTable<ModelEntry>(
        [
          { title: 'model', cell: ({ name }) => name },
          { title: 'family', cell: ({ family }) => family },
          { title: 'size', align: 'right', cell: ({ bytes }) => `${Math.ceil(bytes / 1_024)} kB` },
          { title: 'accuracy', align: 'right', cell: ({ holdOut }) => figure(holdOut?.accuracy) },
          { title: 'log loss', align: 'right', cell: ({ holdOut }) => figure(holdOut?.logLoss) },
          { title: 'AUC', align: 'right', cell: ({ holdOut }) => figure(holdOut?.auc) },
          { title: 'on', cell: ({ holdOut, brought }) => holdOut?.testDays.join(', ') ?? (brought ? 'brought' : '') },
        ],
        models,
      ),
    ]),
    ...skipped.map(({ symbol, why }) => `${symbol} left out: ${why}`),
  ];
}

const figure = (value: number | null | undefined): string => value?.toFixed(3) ?? '–';

/** What a model trained elsewhere must read: hash and columns in their order. */
function schema(io: CommandIo, { json }: JsonOption): void {
  const { version, hash, modelColumns } = DEFAULT_SCHEMA;
  const lines = [
    `schema_hash ${hash}`,
    ...modelColumns.map((column, index) => `${String(index).padStart(3)} ${column}`),
  ];
  printResult(io, json, { version, schema_hash: hash, columns: modelColumns }, lines);
}

async function add(io: CommandIo, folder: string, { json }: JsonOption): Promise<void> {
  const models = await readModelFolder(resolve(io.folder, folder), DEFAULT_SCHEMA);
  await withStore(storePlace(io), async (store) => {
    const run = await addModels(store, models, DEFAULT_SCHEMA.hash);
    const lines = [
      ...models.map(({ name, instruments }) => `${name} votes on ${instruments.join(', ')}`),
      run === null
        ? 'There is no run of this feature schema yet: the next fit takes them up.'
        : `from run ${run.runId} on, which a session loads when its next trade date opens`,
    ];
    printResult(io, json, { added: models.map(({ name }) => name), runId: run?.runId ?? null }, lines);
  });
}

async function remove(io: CommandIo, name: string, { json }: JsonOption): Promise<void> {
  await withStore(storePlace(io), async (store) => {
    if (!(await dropBroughtModel(store, name))) {
      throw new CliError('NOT_FOUND', `No brought model is named ${name}: omega models list names them.`);
    }
    printResult(io, json, { removed: name }, [`${name} takes no part in later runs; runs that have it keep it.`]);
  });
}

/** What the model rooms refuse, as a command's failure. */
async function told(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ModelFolderError) throw new CliError('DATA', error.message, { cause: error });
    const expected = error instanceof ModelRunError || error instanceof ModelRegistryError;
    if (expected) throw new CliError('FAILED', error.message, { cause: error });
    throw error;
  }
}

const withJson = (command: Command): Command => command.option('--json', 'print JSON');

export const modelsCommand = (io: CommandIo): Command =>
  new Command('models')
    .description('model runs: list and show them, add models trained elsewhere')
    .addCommand(
      withJson(new Command('list').description('runs, the promoted one, and brought models')).action(
        (options: JsonOption) => told(list(io, options)),
      ),
    )
    .addCommand(
      withJson(
        new Command('show').description('the model card of a run').argument('[run]', 'the latest when left out'),
      ).action((run: string | undefined, options: JsonOption) => told(show(io, run, options))),
    )
    .addCommand(
      withJson(new Command('schema').description('hash and columns that a model trained elsewhere must read')).action(
        (options: JsonOption) => schema(io, options),
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
