/**
 * What a training run has finished, under `processed/training/{run_id}/{symbol}/`: `set.bin`, then `{family}/{target}.json` with the figures
 * and out-of-fold probabilities of a fit, and `{target}.onnx` where the fit leaves a file.
 * Invariants: the JSON is written last, so a part is whole or absent; a part of another training set is not ours, and one whose file is
 * gone or another than it was is absent: whoever fits makes it again.
 */
import { z } from 'zod';
import { isStoreError } from '../../storage/object-store';
import type { ObjectStore } from '../../storage/object-store';
import type { Parameters } from '../families/model-recipe';
import { hashOf } from './training-set-file';
import { TrainingError } from './training-error';
import type { FitPart, FitTarget } from './fit-part';

const partSchema = z.object({
  setHash: z.string(),
  target: z.string(),
  seed: z.number(),
  seconds: z.number(),
  result: z.object({
    trainRows: z.number(),
    testRows: z.number(),
    columns: z.array(z.number()),
    accuracy: z.number().nullable(),
    logLoss: z.number().nullable(),
    auc: z.number().nullable(),
  }),
  /** Float64, little-endian, base64. */
  probabilities: z.string(),
  sha256: z.string().nullable(),
  importances: z.array(z.object({ column: z.number(), mean: z.number(), deviation: z.number() })).optional(),
});

export const trainingPrefix = (runId: string): string => `processed/training/${runId}/`;
export const setKey = (runId: string, symbol: string): string => `${trainingPrefix(runId)}${symbol}/set.bin`;

/** What a family's parts were fitted from: its training set, and its parameters where they are not the shipped ones. */
export const fitPin = (setHash: string, parameters: Parameters | undefined): string =>
  parameters === undefined ? setHash : hashOf(Buffer.from(`${setHash}/${JSON.stringify(parameters)}`));

export interface PartStore {
  /** The part when it is stored whole, its file too, and of this training set (fitPin). */
  read(family: string, target: FitTarget): Promise<FitPart | null>;
  write(family: string, part: FitPart, file: Uint8Array | null): Promise<void>;
  /** The file a stored part left. Rejects with TrainingError PART_DAMAGED when its hash is another. */
  file(family: string, target: FitTarget): Promise<Uint8Array>;
}

export function partStore(store: ObjectStore, runId: string, symbol: string, setHash: string): PartStore {
  const key = (family: string, target: FitTarget, kind: 'json' | 'onnx'): string =>
    `${trainingPrefix(runId)}${symbol}/${family}/${target}.${kind}`;
  const stored = async (family: string, target: FitTarget): Promise<z.infer<typeof partSchema> | null> => {
    const bytes = await optional(store, key(family, target, 'json'));
    if (bytes === null) return null;
    const parsed = partSchema.safeParse(parsedJson(bytes));
    return parsed.success && parsed.data.setHash === setHash && parsed.data.target === target ? parsed.data : null;
  };
  /** The file that the part left, null unless it is what was written. */
  const fileOf = async (
    family: string,
    target: FitTarget,
    { sha256 }: { readonly sha256: string | null },
  ): Promise<Uint8Array | null> => {
    const bytes = await optional(store, key(family, target, 'onnx'));
    return bytes !== null && hashOf(bytes) === sha256 ? bytes : null;
  };
  return {
    read: async (family, target) => {
      const part = await stored(family, target);
      if (part === null || (part.sha256 !== null && (await fileOf(family, target, part)) === null)) return null;
      const { seed, seconds, result, importances } = part;
      const bytes = new Uint8Array(Buffer.from(part.probabilities, 'base64'));
      const figures = { ...result, accuracy: orNan(result.accuracy), logLoss: orNan(result.logLoss) };
      return {
        target,
        seed,
        seconds,
        result: figures,
        probabilities: new Float64Array(bytes.buffer),
        ...(importances && { importances }),
      };
    },
    write: async (family, { target, seed, seconds, result, probabilities, importances }, file) => {
      if (file !== null) await store.put(key(family, target, 'onnx'), file);
      const part: z.infer<typeof partSchema> = {
        setHash,
        target,
        seed,
        seconds,
        result: { ...result, columns: [...result.columns] },
        probabilities: Buffer.from(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength).toString(
          'base64',
        ),
        sha256: file === null ? null : hashOf(file),
        ...(importances && { importances: [...importances] }),
      };
      await store.put(key(family, target, 'json'), Buffer.from(JSON.stringify(part)));
    },
    file: async (family, target) => {
      const part = await stored(family, target);
      const bytes = part === null ? null : await fileOf(family, target, part);
      if (bytes !== null) return bytes;
      throw new TrainingError(
        'PART_DAMAGED',
        `${key(family, target, 'onnx')} is not what the fit wrote: ask for run ${runId} again, and it is fitted again.`,
      );
    },
  };
}

/** Accuracy and loss of no rows are not numbers, which JSON has no sign for. */
const orNan = (value: number | null): number => value ?? Number.NaN;

const parsedJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
};

async function optional(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  try {
    return await store.get(key);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}
