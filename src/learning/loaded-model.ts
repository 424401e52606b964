/** One file of a run, opened: what it answers, or in a sentence why it cannot be asked. */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { Vote } from '../domain/vote';
import type { FeatureSchema } from '../features/schema';
import { modelKey, readModelFile } from '../storage/model-registry';
import { isStoreError, type ObjectStore } from '../storage/object-store';
import { classProbabilities } from './class-probabilities';
import type { ModelEntry } from './manifest';
import { openSession } from './onnx-session';

export interface LoadedModel {
  readonly entry: ModelEntry;
  readonly session: InferenceSession;
}

/** Opens a file of a run, or says why it cannot be used. Rejects when the store does not answer. */
export type ModelLoader = (entry: ModelEntry) => Promise<LoadedModel | string>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The loaded model, or why it cannot be used. A store that does not answer says nothing about the model: its error passes through. */
export async function loadModel(
  store: ObjectStore,
  runId: string,
  entry: ModelEntry,
  schema: FeatureSchema,
): Promise<LoadedModel | string> {
  if (entry.schemaHash !== schema.hash) {
    return `it was fitted on feature schema ${entry.schemaHash.slice(0, 12)}, its run has ${schema.hash.slice(0, 12)}: fit it again`;
  }
  const key = modelKey(runId, entry.file);
  let bytes: Uint8Array;
  try {
    bytes = await readModelFile(store, runId, entry);
  } catch (error) {
    if (isStoreError(error) && error.code !== 'NOT_FOUND' && error.code !== 'CORRUPT') throw error;
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

/** The figures of `rows` rows (or windows of rows), row by row, or why there are none. */
export async function answersOf(
  { entry, session }: LoadedModel,
  input: Float32Array,
  rows: number,
): Promise<readonly number[] | string> {
  const window = entry.window === undefined ? [] : [entry.window];
  const columns = window.reduce((rest, length) => rest / length, input.length / rows);
  try {
    const tensor = new Tensor('float32', input, [rows, ...window, columns]);
    // Named, so that what nobody reads (labels) is not computed.
    const outputs = await session.run({ [entry.input]: tensor }, [entry.output]);
    return Array.from(outputs[entry.output].data as ArrayLike<number>);
  } catch (error) {
    return `ONNX Runtime failed: ${messageOf(error)}`;
  }
}

/** Probabilities sell, hold, buy of each row, or why there are none. */
export async function probabilitiesOf(
  model: LoadedModel,
  input: Float32Array,
  rows = 1,
): Promise<readonly Vote['probabilities'][] | string> {
  const answers = await answersOf(model, input, rows);
  if (typeof answers === 'string') return answers;
  const { classes, outputKind } = model.entry;
  const found: Vote['probabilities'][] = [];
  for (let r = 0; r < rows; r += 1) {
    const width = answers.length / rows;
    const row = classProbabilities(answers.slice(r * width, (r + 1) * width), classes, outputKind ?? 'probabilities');
    if (typeof row === 'string') return `it ${row}`;
    found.push(row);
  }
  return found;
}
