/**
 * The models of one run and instrument, ready to vote.
 * Invariant: a model that cannot be trusted (file damaged, other schema, no finite answer) does not vote, and every answer says which
 * and why.
 */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { FutureSymbol } from '../domain/instruments';
import type { Vote } from '../domain/proposals';
import { signalOf } from '../domain/voting';
import { modelColumnIndexes } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import { modelKey, readModelFile } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { classProbabilities, classesTrouble } from './class-probabilities';
import type { ModelEntry } from './manifest';
import { readManifest } from './model-run';
import { openSession } from './onnx-session';

export interface SkippedModel {
  readonly model: string;
  readonly why: string;
}

export interface Ballot {
  readonly votes: readonly Vote[];
  readonly skipped: readonly SkippedModel[];
}

export interface Ensemble {
  readonly runId: string;
  readonly symbol: FutureSymbol;
  /** Models that loaded, in the manifest's order. */
  readonly models: readonly string[];
  /** Models that did not load and why; repeated in every ballot. `*` stands for the whole run. */
  readonly skipped: readonly SkippedModel[];
  /** Votes on one feature row (all columns of the schema). Never throws for a single model's failure. */
  vote(row: Float32Array): Promise<Ballot>;
  /** Frees the sessions' memory. */
  close(): Promise<void>;
}

interface LoadedModel {
  readonly entry: ModelEntry;
  readonly session: InferenceSession;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The models of `runId` for one instrument. Throws ModelRunError when the run or its manifest is unusable; single models that are
 * are skipped with a reason.
 */
export async function loadEnsemble(
  store: ObjectStore,
  runId: string,
  symbol: FutureSymbol,
  schema: FeatureSchema,
): Promise<Ensemble> {
  const manifest = await readManifest(store, runId);
  const entries = manifest.instruments.find((instrument) => instrument.symbol === symbol)?.models ?? [];
  const loaded: LoadedModel[] = [];
  const skipped: SkippedModel[] = [];
  if (entries.length === 0) {
    const why = manifest.skipped.find((skip) => skip.symbol === symbol)?.why ?? 'it was not fitted for this instrument';
    skipped.push({ model: '*', why: `run ${runId} has no models for ${symbol}: ${why}` });
  }
  for (const entry of entries) {
    const result = await loadModel(store, runId, entry, schema);
    if (typeof result === 'string') skipped.push({ model: entry.name, why: result });
    else loaded.push(result);
  }
  return new LoadedEnsemble(runId, symbol, loaded, skipped, schema);
}

/** The loaded model, or why it cannot be used. */
async function loadModel(
  store: ObjectStore,
  runId: string,
  entry: ModelEntry,
  schema: FeatureSchema,
): Promise<LoadedModel | string> {
  if (entry.schemaHash !== schema.hash) {
    return `it was fitted on feature schema ${entry.schemaHash.slice(0, 12)}, this session uses ${schema.hash.slice(0, 12)}: fit it again`;
  }
  const classes = classesTrouble(entry.classes);
  if (classes !== null) return classes;
  const key = modelKey(runId, entry.file);
  let bytes: Uint8Array;
  try {
    bytes = await readModelFile(store, runId, entry);
  } catch (error) {
    return `its file cannot be used: ${messageOf(error)}`;
  }
  try {
    const session = await openSession(bytes);
    if (session.inputNames.includes(entry.input) && session.outputNames.includes(entry.output))
      return { entry, session };
    await session.release();
    return `its graph has no input ${entry.input} or no output ${entry.output}`;
  } catch (error) {
    return `ONNX Runtime refuses ${key}: ${messageOf(error)}`;
  }
}

class LoadedEnsemble implements Ensemble {
  private readonly columns: Int32Array;

  constructor(
    readonly runId: string,
    readonly symbol: FutureSymbol,
    private readonly loaded: readonly LoadedModel[],
    readonly skipped: readonly SkippedModel[],
    private readonly schema: FeatureSchema,
  ) {
    this.columns = modelColumnIndexes(schema);
  }

  get models(): readonly string[] {
    return this.loaded.map(({ entry }) => entry.name);
  }

  async vote(row: Float32Array): Promise<Ballot> {
    const votes: Vote[] = [];
    const skipped = [...this.skipped];
    const { input, missing } = this.inputOf(row);
    for (const model of this.loaded) {
      const { name } = model.entry;
      if (missing.length > 0) {
        skipped.push({ model: name, why: `no value for ${missing.join(', ')}` });
        continue;
      }
      const answer = await probabilitiesOf(model, input);
      if (typeof answer === 'string') skipped.push({ model: name, why: answer });
      else votes.push({ model: name, signal: signalOf(answer), probabilities: answer });
    }
    return { votes, skipped };
  }

  async close(): Promise<void> {
    for (const { session } of this.loaded) await session.release();
  }

  private inputOf(row: Float32Array): { readonly input: Float32Array; readonly missing: readonly string[] } {
    if (row.length !== this.schema.columns.length) {
      return {
        input: row,
        missing: [`every column: the row has ${row.length}, the schema ${this.schema.columns.length}`],
      };
    }
    const input = Float32Array.from(this.columns, (index) => row[index]);
    return { input, missing: this.schema.modelColumns.filter((_name, i) => !Number.isFinite(input[i])) };
  }
}

/** Probabilities sell, hold, buy of one row, or why there are none. */
async function probabilitiesOf(
  { entry, session }: LoadedModel,
  input: Float32Array,
): Promise<Vote['probabilities'] | string> {
  try {
    const outputs = await session.run({ [entry.input]: new Tensor('float32', input, [1, input.length]) });
    const answer = Array.from(outputs[entry.output].data as ArrayLike<number>);
    const found = classProbabilities(answer, entry.classes, entry.outputKind ?? 'probabilities');
    return typeof found === 'string' ? `it ${found}` : found;
  } catch (error) {
    return `ONNX Runtime failed: ${messageOf(error)}`;
  }
}
