/**
 * The beginning of a training run: reads the recorded days once, pins what is learnt from them, and lists what is to be fitted.
 * Same data, same request: the same bytes, so that a repeated preparation changes nothing.
 */
import { unitOf } from '../../domain/instruments';
import type { LearningSymbol } from '../../domain/instruments';
import type { FeatureSchema } from '../../features/schema';
import type { Parameters } from '../families/model-recipe';
import type { ObjectStore } from '../../storage/object-store';
import type { LearningData } from './learning-data';
import { checkRequest, pinRequest } from './request-pin';
import { TrainingError } from './training-error';
import { setKey } from './training-parts';
import { trainingSet } from './training-set';
import { encodeTrainingSet, hashOf } from './training-set-file';

export interface TrainingRequest {
  readonly runId: string;
  /** Trade dates to learn from, the hold-out included; null: all that are recorded. */
  readonly days: readonly string[] | null;
  readonly instruments: readonly LearningSymbol[];
  /** Names of model families. */
  readonly families: readonly string[];
  /** Parameters by family that are not the shipped ones, as a search found them. */
  readonly parameters?: Readonly<Record<string, Parameters>>;
  readonly seed: number;
}

export interface PreparedInstrument {
  readonly symbol: LearningSymbol;
  readonly setHash: string;
  readonly rows: number;
  readonly learningRows: number;
  readonly holdOutRows: number;
  readonly holdOutDays: readonly string[];
}

export interface PreparedTraining {
  readonly days: readonly string[];
  readonly instruments: readonly PreparedInstrument[];
  readonly skipped: readonly { readonly symbol: LearningSymbol; readonly why: string }[];
}

/**
 * Rejects with TrainingError NOTHING_TO_TRAIN when no instrument can be learnt from, RUN_ID_TAKEN when the id was begun with another request
 * or other data: nothing is written then. Store failures pass through.
 */
export async function prepareTraining(
  store: ObjectStore,
  data: LearningData,
  request: TrainingRequest,
  schema: FeatureSchema,
): Promise<PreparedTraining> {
  const { runId, days: wanted, instruments: symbols } = request;
  const days = [...(wanted ?? data.tradeDates)].sort();
  const unknown = days.filter((day) => !data.tradeDates.includes(day));
  if (unknown.length > 0)
    throw new TrainingError('NOTHING_TO_TRAIN', `${data.folder} has no ${unknown.join(', ')}: name days that it has.`);
  await checkRequest(store, request, schema.hash);
  const instruments: PreparedInstrument[] = [];
  const sets = new Map<LearningSymbol, Uint8Array>();
  const skipped: { symbol: LearningSymbol; why: string }[] = [];
  for (const symbol of symbols) {
    const set = trainingSet(symbol, data.series(symbol, days, schema), days, schema, unitOf(symbol), data.quotes);
    if (typeof set === 'string') {
      skipped.push({ symbol, why: set });
      continue;
    }
    const bytes = encodeTrainingSet(set);
    sets.set(symbol, bytes);
    instruments.push({
      symbol,
      setHash: hashOf(bytes),
      rows: set.rows.data.rows,
      learningRows: set.learning.length,
      holdOutRows: set.holdOut.length,
      holdOutDays: set.holdOutDays,
    });
  }
  if (instruments.length === 0) {
    const why = skipped.map(({ symbol, why: reason }) => `${symbol}: ${reason}`).join('; ');
    throw new TrainingError('NOTHING_TO_TRAIN', `No instrument can be learnt from (${why}).`);
  }
  const hashes = Object.fromEntries(instruments.map(({ symbol, setHash }) => [symbol, setHash]));
  await pinRequest(store, request, schema.hash, hashes);
  for (const [symbol, bytes] of sets) await store.put(setKey(runId, symbol), bytes);
  return { days, instruments, skipped };
}
