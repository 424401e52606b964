/**
 * The beginning of a training run: reads the recorded days once, pins what is learnt from them, and lists what is to be fitted.
 * Same data, same request: the same bytes, so that a repeated preparation changes nothing.
 */
import { INSTRUMENTS } from '../../domain/instruments';
import type { FutureSymbol } from '../../domain/instruments';
import type { FeatureSchema } from '../../features/schema';
import type { RecordedMarket } from '../../market-data/recorded-market';
import type { ObjectStore } from '../../storage/object-store';
import { contractSeries } from '../training-rows';
import { TrainingError } from './training-error';
import { setKey } from './training-parts';
import { trainingSet } from './training-set';
import { encodeTrainingSet, hashOf } from './training-set-file';

export interface TrainingRequest {
  readonly runId: string;
  /** Trade dates to learn from, ascending, the hold-out included; null: all that are recorded. */
  readonly days: readonly string[] | null;
  readonly instruments: readonly FutureSymbol[];
  /** Names of model families. */
  readonly families: readonly string[];
  readonly seed: number;
}

export interface PreparedInstrument {
  readonly symbol: FutureSymbol;
  readonly setHash: string;
  readonly rows: number;
  readonly learningRows: number;
  readonly holdOutRows: number;
  readonly holdOutDays: readonly string[];
}

export interface PreparedTraining {
  readonly days: readonly string[];
  readonly instruments: readonly PreparedInstrument[];
  readonly skipped: readonly { readonly symbol: FutureSymbol; readonly why: string }[];
}

/** Rejects with TrainingError NOTHING_TO_TRAIN when no instrument can be learnt from; store failures pass through. */
export async function prepareTraining(
  store: ObjectStore,
  market: RecordedMarket,
  { runId, days: wanted, instruments: symbols }: TrainingRequest,
  schema: FeatureSchema,
): Promise<PreparedTraining> {
  const days = wanted ?? market.tradeDates;
  const unknown = days.filter((day) => !market.tradeDates.includes(day));
  if (unknown.length > 0)
    throw new TrainingError(
      'NOTHING_TO_TRAIN',
      `${market.folder} has no ${unknown.join(', ')}: name days that it has.`,
    );
  const instruments: PreparedInstrument[] = [];
  const skipped: { symbol: FutureSymbol; why: string }[] = [];
  for (const symbol of symbols) {
    const series = contractSeries(market, symbol, days, schema, INSTRUMENTS[symbol]);
    const set = trainingSet(symbol, series, days, schema, INSTRUMENTS[symbol]);
    if (typeof set === 'string') {
      skipped.push({ symbol, why: set });
      continue;
    }
    const bytes = encodeTrainingSet(set);
    await store.put(setKey(runId, symbol), bytes);
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
    throw new TrainingError('NOTHING_TO_TRAIN', `No instrument can be learnt from (${why}): give more days.`);
  }
  return { days, instruments, skipped };
}
