/** Which models decide a back-tested date: one stored run for all of them, or a fit on the recorded days before each (no look-ahead). */
import { tradeDateBounds } from '../domain/calendar';
import { runIdOf } from '../domain/ids';
import type { FutureSymbol } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { loadEnsemble, type Ensemble } from '../learning/ensemble';
import { fitRun } from '../learning/fit-run';
import type { RunManifest } from '../learning/manifest';
import { readManifest } from '../learning/model-run';
import { schemaOfRun } from '../learning/run-schema';
import { ModelRunError } from '../learning/model-run-error';
import type { RecordedMarket } from '../market-data/recorded-market';
import type { ObjectStore } from '../storage/object-store';

export interface DayModels {
  readonly runId: string | null;
  /** Trade dates that the run has learned from. */
  readonly learnedFrom: readonly string[];
  /** Null: proposals may be made; else why not. */
  readonly withheld: string | null;
  readonly notices: readonly string[];
  ensembleOf(symbol: FutureSymbol): Promise<Ensemble | null>;
}

export interface ModelSource {
  /** For people: what was asked for. */
  readonly asked: string;
  modelsFor(tradeDate: string): Promise<DayModels>;
}

export interface StoredRunSource extends ModelSource {
  /** What its models read. */
  readonly schema: FeatureSchema;
}

const modelsOf = (store: ObjectStore, runId: string, manifest: RunManifest): DayModels => ({
  runId,
  learnedFrom: manifest.data.days,
  withheld: null,
  notices: manifest.skipped.map(({ symbol, why }) => `no models for ${symbol}: ${why}`),
  ensembleOf: (symbol) => loadEnsemble(store, runId, symbol),
});

/** The same stored run for every date. Throws ModelRunError when it cannot be used. */
export async function storedRun(store: ObjectStore, runId: string): Promise<StoredRunSource> {
  const manifest = await readManifest(store, runId);
  const models = modelsOf(store, runId, manifest);
  return { asked: `run ${runId}`, schema: schemaOfRun(manifest), modelsFor: () => Promise.resolve(models) };
}

export interface RefitOptions {
  readonly market: RecordedMarket;
  readonly instruments: readonly FutureSymbol[];
  readonly schema: FeatureSchema;
  readonly seed: number;
  readonly codeVersion: string;
  /** Holds the runs while the back-test lasts. */
  readonly store: ObjectStore;
  readonly onProgress: (text: string) => void;
}

/** Fits before each date on every recorded day before it; a date with nothing to learn from is decided by nobody. */
export function refitDaily({ onProgress, ...options }: RefitOptions): ModelSource {
  return {
    asked: 'refit before each trade date on the recorded days before it',
    async modelsFor(tradeDate) {
      const days = options.market.tradeDates.filter((day) => day < tradeDate);
      const runId = runIdOf(tradeDateBounds(tradeDate).start);
      const nobody = (why: string): DayModels => ({
        runId: null,
        learnedFrom: [],
        withheld: `learning-only: ${why}`,
        notices: [why],
        ensembleOf: () => Promise.resolve(null),
      });
      if (days.length === 0) return nobody('no earlier day to fit models on');
      try {
        const manifest = await fitRun({
          ...options,
          days,
          runId,
          onProgress: ({ symbol, model }) => onProgress(`${tradeDate}: ${symbol} ${model} fitted`),
        });
        return modelsOf(options.store, runId, manifest);
      } catch (error) {
        if (error instanceof ModelRunError && error.code === 'NO_TRAINING_DATA') return nobody(error.message);
        throw error;
      }
    },
  };
}
