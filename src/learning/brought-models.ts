/**
 * Models trained elsewhere that take part from now on: kept under `models/brought/`, copied into every run that is made after them.
 * Invariant: the description is written after the file it names, so nothing half-written is ever copied.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FUTURE_SYMBOLS, type LearningSymbol } from '../domain/instruments';
import type { ObjectStore } from '../storage/object-store';
import { parseStoredJson, storedJson } from '../storage/stored-json';
import { modelSchema, type ModelEntry } from './manifest';
import type { BroughtModel } from './model-folder';
import { ModelRunError } from './model-run-error';
import { writeModel } from './model-run';

const FOLDER = 'models/brought/';
const describedSchema = z.object({ instruments: z.array(z.enum(FUTURE_SYMBOLS)), model: modelSchema });
export type StoredBroughtModel = Readonly<z.infer<typeof describedSchema>>;

const describedKey = (name: string): string => `${FOLDER}${name}.json`;
const fileKey = (name: string): string => `${FOLDER}${name}.onnx`;

/** Stores a model for this and later runs; one of the same name is replaced. */
export async function keepBroughtModel(store: ObjectStore, model: BroughtModel, schemaHash: string): Promise<void> {
  const { name, family, bytes, input, output, classes, output_kind: outputKind, parameters, instruments } = model;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const described: StoredBroughtModel = {
    instruments,
    model: {
      name,
      file: `${name}.onnx`,
      sha256,
      bytes: bytes.length,
      family,
      schemaHash,
      input,
      output,
      classes,
      outputKind,
      brought: true,
      ...(model.window !== undefined && { window: model.window }),
      parameters,
      // Whoever fitted it measured it, on what we can't know.
      holdOut: null,
    },
  };
  await store.put(fileKey(name), bytes);
  await store.put(describedKey(name), storedJson(described));
}

/** All brought models, by name. Throws ModelRunError MANIFEST_INVALID about a damaged description. */
export async function broughtModels(store: ObjectStore): Promise<readonly StoredBroughtModel[]> {
  return Promise.all((await describedKeys(store)).map((key) => readDescribed(store, key)));
}

const describedKeys = async (store: ObjectStore): Promise<readonly string[]> =>
  (await store.list(FOLDER)).filter((key) => key.endsWith('.json')).sort();

async function readDescribed(store: ObjectStore, key: string): Promise<StoredBroughtModel> {
  const bytes = await store.get(key);
  try {
    return describedSchema.parse(parseStoredJson(bytes));
  } catch (error) {
    throw new ModelRunError('MANIFEST_INVALID', `${key} in ${store.location} is damaged: add the model again.`, {
      cause: error,
    });
  }
}

/** Takes a model out of all later runs. False when there is none of this name. */
export async function dropBroughtModel(store: ObjectStore, name: string): Promise<boolean> {
  if (!(await store.exists(describedKey(name)))) return false;
  await store.delete(describedKey(name));
  await store.delete(fileKey(name));
  return true;
}

export interface CarriedModels {
  readonly entries: readonly ModelEntry[];
  /** Of each brought model of the instrument, what became of it. */
  readonly notes: readonly string[];
}

export interface CarryRequest {
  readonly runId: string;
  readonly symbol: LearningSymbol;
  readonly schemaHash: string;
  /** Names of the run's own models. */
  readonly taken: ReadonlySet<string>;
}

/** Brought models of the instrument into a run that was fitted without them: one that cannot vote is left out and said, the others go on. */
export async function carryBroughtModels(store: ObjectStore, run: CarryRequest): Promise<CarriedModels> {
  const entries: ModelEntry[] = [];
  const notes: string[] = [];
  for (const key of await describedKeys(store)) {
    try {
      const brought = await readDescribed(store, key);
      if (!(brought.instruments as readonly LearningSymbol[]).includes(run.symbol)) continue;
      const { name } = brought.model;
      const why = whyLeftOut(brought, run);
      if (why === null) entries.push(...(await copyBroughtModels(store, [brought], run)));
      notes.push(why ?? `${name} was brought and votes; stacker, validator and gates were made without it`);
    } catch (error) {
      if (!(error instanceof ModelRunError)) throw error;
      notes.push(`a brought model does not vote: ${error.message}`);
    }
  }
  return { entries, notes };
}

function whyLeftOut({ model: { name, schemaHash } }: StoredBroughtModel, run: CarryRequest): string | null {
  if (run.taken.has(name)) return `the brought ${name} does not vote: the run has a model of this name`;
  if (schemaHash === run.schemaHash) return null;
  const [its, ours] = [schemaHash.slice(0, 12), run.schemaHash.slice(0, 12)];
  return `the brought ${name} does not vote: it reads the columns of schema ${its}, the run has ${ours}`;
}

/**
 * Copies the brought models of an instrument into a run and answers their entries. Models of another feature schema stay out: the run's
 * rows are not theirs. Throws ModelRunError BROUGHT_MODEL_DAMAGED.
 */
export async function copyBroughtModels(
  store: ObjectStore,
  brought: readonly StoredBroughtModel[],
  run: { readonly runId: string; readonly symbol: LearningSymbol; readonly schemaHash: string },
): Promise<readonly ModelEntry[]> {
  const mine = brought.filter(
    ({ instruments, model }) =>
      (instruments as readonly LearningSymbol[]).includes(run.symbol) && model.schemaHash === run.schemaHash,
  );
  const entries = mine.map(({ model }) => ({ ...model, file: `${run.symbol}/${model.name}.onnx` }));
  for (const { name, file, sha256 } of entries) {
    const bytes = await store.get(fileKey(name));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      const message = `${fileKey(name)} in ${store.location} is damaged: add the model again, or remove it.`;
      throw new ModelRunError('BROUGHT_MODEL_DAMAGED', message);
    }
    await writeModel(store, run.runId, file, bytes);
  }
  return entries;
}
