/**
 * Sentence vectors of a BERT model in ONNX: mean of the last hidden states over the attention mask, then length 1 (L2), as
 * sentence-transformers computes them (Reimers & Gurevych 2019).
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { errorCode, errorText } from '../../storage/durable-files';
import { EmbeddingError } from './embedding-error';
import { MODEL_FILES } from './minilm-files';
import { openTextTokens, type TextTokens } from './text-tokens';

export interface SentenceEmbedder {
  /** SHA-256 of the model file, hex: vectors of different models are never compared. */
  readonly model: string;
  readonly dimensions: number;
  /** One vector of length 1 per text, in their order. Texts of similar length share a run; results don't depend on it beyond 1e-6. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Longest sequence that all-MiniLM-L6-v2 was tuned on; sentence-transformers cuts there too. */
export const MAX_TOKENS = 256;
const BATCH = 32;
const SMALLEST_SUM = 1e-9;
const SMALLEST_LENGTH = 1e-12;

const modelConfig = z.looseObject({ hidden_size: z.number().int().positive() });

/** One thread, as all inference here: what is computed does not depend on the machine's load. */
const SESSION: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};

/** Opens the model of a folder (model.onnx, tokenizer.json, tokenizer_config.json, config.json). Throws EmbeddingError. */
export async function openSentenceEmbedder(folder: string): Promise<SentenceEmbedder> {
  // One after the other: of several that are absent it is always the first that is told.
  const files: Uint8Array[] = [];
  for (const name of MODEL_FILES) files.push(await readModelFile(folder, name));
  const [bytes, tokenizerJson, tokenizerConfigJson, configJson] = files;
  const model = createHash('sha256').update(bytes).digest('hex');
  try {
    const { hidden_size: dimensions } = modelConfig.parse(json(configJson));
    const tokens = await openTextTokens(json(tokenizerJson), json(tokenizerConfigJson), MAX_TOKENS);
    const session = await InferenceSession.create(bytes, SESSION);
    return { model, dimensions, embed: (texts) => embedAll(session, tokens, dimensions, texts) };
  } catch (error) {
    throw new EmbeddingError(
      'MODEL_DAMAGED',
      `The embedding model in ${folder} cannot be opened (${reasonOf(error)}): fetch it again (omega models pull minilm).`,
      { cause: error },
    );
  }
}

/** In one line: zod writes a list. */
const reasonOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    : errorText(error);

const json = (bytes: Uint8Array): object => JSON.parse(new TextDecoder().decode(bytes)) as object;

async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new EmbeddingError(
      'MODEL_ABSENT',
      `There is no embedding model (${name} is not in ${folder}): omega models pull minilm fetches it, or takes a folder with --from.`,
      { cause: error },
    );
  }
}

interface Sequence {
  readonly index: number;
  readonly ids: readonly number[];
}

async function embedAll(
  session: InferenceSession,
  tokens: TextTokens,
  dimensions: number,
  texts: readonly string[],
): Promise<readonly Float32Array[]> {
  const sequences = texts
    .map((text, index): Sequence => ({ index, ids: tokens.encode(text) }))
    .sort((a, b) => a.ids.length - b.ids.length || a.index - b.index);
  const vectors = new Array<Float32Array>(texts.length);
  for (let start = 0; start < sequences.length; start += BATCH) {
    const batch = sequences.slice(start, start + BATCH);
    const pooled = await embedBatch(session, batch, dimensions);
    batch.forEach(({ index }, row) => (vectors[index] = pooled[row]));
  }
  return vectors;
}

/** Pads to the batch's longest sequence; padding has attention 0 and takes no part in the mean. */
async function embedBatch(
  session: InferenceSession,
  batch: readonly Sequence[],
  dimensions: number,
): Promise<readonly Float32Array[]> {
  const width = Math.max(...batch.map(({ ids }) => ids.length));
  const shape = [batch.length, width];
  const ids = new BigInt64Array(batch.length * width);
  const mask = new BigInt64Array(batch.length * width);
  batch.forEach((sequence, row) =>
    sequence.ids.forEach((id, at) => {
      ids[row * width + at] = BigInt(id);
      mask[row * width + at] = 1n;
    }),
  );
  const given: Readonly<Record<string, Tensor>> = {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
  };
  // Some exports leave the segment ids out.
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, given[name]]));
  const output = (await session.run(feeds))[session.outputNames[0]];
  if (output.dims.length !== 3 || output.dims[2] !== dimensions) {
    throw new EmbeddingError(
      'NOT_THE_MODEL',
      `The embedding model answers with shape ${output.dims.join('×')} instead of texts × tokens × ${dimensions}: fetch it again (omega models pull minilm).`,
    );
  }
  const states = output.data as Float32Array;
  return batch.map((sequence, row) => pool(states, row * width, sequence.ids.length, dimensions));
}

/** Mean of the first `count` states from `first` on, made one long. */
function pool(states: Float32Array, first: number, count: number, dimensions: number): Float32Array {
  const mean = new Float64Array(dimensions);
  for (let token = first; token < first + count; token++) {
    for (let d = 0; d < dimensions; d++) mean[d] += states[token * dimensions + d];
  }
  const length = Math.max(Math.hypot(...mean) / Math.max(count, SMALLEST_SUM), SMALLEST_LENGTH);
  return Float32Array.from(mean, (sum) => sum / count / length);
}
