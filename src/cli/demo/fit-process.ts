/**
 * Child process: fits the models for one trade date on the days before it, so that the screen stays alive meanwhile.
 * Its one IPC message in is a FitTask, its messages out are FitMessages; it leaves when the channel closes.
 */
import { providedSchema, withOutside, type OutsideSettings } from '../../activities/open-outside';
import { findManifest } from '../../learning/model-run';
import { ModelRunError } from '../../learning/model-run-error';
import { fitRun } from '../../learning/fit-run';
import { configuredSchema } from '../../features/configured-schema';
import type { FeaturesConfig } from '../../config/config';
import type { FutureSymbol } from '../../domain/instruments';
import { loadRecordedMarket } from '../../market-data/recorded-minutes';
import { openFolderStore } from '../../storage/folder-store';

export interface FitTask {
  readonly runId: string;
  readonly days: readonly string[];
  readonly instruments: readonly FutureSymbol[];
  readonly features: FeaturesConfig;
  readonly outside: OutsideSettings;
  readonly dataFolder: string;
  readonly store: string;
  readonly seed: number;
  readonly codeVersion: string;
}

export type FitMessage =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'fitted'; readonly runId: string; readonly reused: boolean }
  /** Nothing can be learned from these days; the day is traded learning-only. */
  | { readonly type: 'no-models'; readonly why: string }
  | { readonly type: 'failed'; readonly why: string };

const tell = (message: FitMessage): void => void process.send?.(message);

/** Fits or finds the task's run. */
export async function fitTask(task: FitTask, onProgress: (text: string) => void): Promise<FitMessage> {
  const market = await loadRecordedMarket(task.dataFolder, { instruments: task.instruments });
  const store = await openFolderStore(task.store);
  const { schema, absent } = await providedSchema(
    configuredSchema(task.features),
    task.instruments,
    store,
    task.outside,
  );
  absent.forEach(onProgress);
  const reused = (await findManifest(store, task.runId)) !== null;
  try {
    // A stored run of the same data, seed and code is answered as it is; another one under this id is refused.
    await fitRun({
      ...task,
      market: await withOutside(market, schema, store, task.outside),
      schema,
      store,
      onProgress: ({ symbol, model, done, total }) => onProgress(`${symbol} ${model} (${done} of ${total})`),
    });
    return { type: 'fitted', runId: task.runId, reused };
  } catch (error) {
    if (error instanceof ModelRunError && error.code === 'NO_TRAINING_DATA') {
      return { type: 'no-models', why: error.message };
    }
    throw error;
  }
}

if (require.main === module) {
  process.on('disconnect', () => process.exit(1));
  process.once('message', (task) => {
    fitTask(task as FitTask, (text) => tell({ type: 'progress', text }))
      .catch((error: unknown): FitMessage => ({
        type: 'failed',
        why: error instanceof Error ? error.message : String(error),
      }))
      .then(
        (message) => {
          tell(message);
          process.disconnect();
        },
        () => process.exit(1),
      );
  });
}
