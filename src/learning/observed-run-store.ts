/** Where observed runs are kept: `processed/shadow/{run_id}.json` of a challenger, `processed/champion/{run_id}.json` of the champion. */
import { z } from 'zod';
import { isStoreError, type ObjectStore } from '../storage/object-store';
import { parseStoredJson, storedJson } from '../storage/stored-json';
import type { ObservedRun } from './observed-run';

export type ObservedAs = 'shadow' | 'champion';

export const observedRunKey = (as: ObservedAs, runId: string): string => `processed/${as}/${runId}.json`;

const count = z.number().int().nonnegative();
const probabilities = z.tuple([z.number(), z.number(), z.number()]).readonly();
const observedRunSchema = z.object({
  format: z.literal(1),
  runId: z.string(),
  since: z.string(),
  dates: z.array(z.object({ tradeDate: z.string(), from: z.number(), to: z.number(), decided: count.default(0) })),
  decisions: count,
  notFinite: count,
  resolved: z.object({ count, loss: z.number() }),
  champion: z.string().nullable().default(null),
  compared: z.object({ count, loss: z.number(), championLoss: z.number() }),
  inferenceMs: z.array(z.number()),
  recent: z.array(z.object({ decidedAt: z.number(), y: count.max(2), own: probabilities })),
  everActive: z.boolean(),
  haltCause: z.string().nullable().default(null),
  instruments: z.array(
    z.object({
      symbol: z.string(),
      horizon: z.object({
        lastBar: z.number().nullable(),
        lastMid: z.number().nullable(),
        waiting: z.array(
          z.object({
            decidedAt: z.number(),
            mid: z.number(),
            barsLeft: z.number(),
            item: z.object({ own: probabilities, beside: probabilities.nullable() }),
          }),
        ),
      }),
    }),
  ),
});

/** Null when nothing was observed yet. Throws an Error naming the object when it is damaged; store failures pass through. */
export async function readObservedRun(store: ObjectStore, as: ObservedAs, runId: string): Promise<ObservedRun | null> {
  const key = observedRunKey(as, runId);
  let bytes: Uint8Array;
  try {
    bytes = await store.get(key);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  try {
    const observed = observedRunSchema.parse(parseStoredJson(bytes));
    if (observed.runId === runId) return observed;
  } catch (error) {
    throw new Error(`${key} in ${store.location} is damaged: delete it, and the run is observed from the beginning.`, {
      cause: error,
    });
  }
  throw new Error(
    `${key} in ${store.location} is of another run: delete it, and the run is observed from the beginning.`,
  );
}

/** Replaced whole. */
export const writeObservedRun = (store: ObjectStore, as: ObservedAs, observed: ObservedRun): Promise<void> =>
  store.put(observedRunKey(as, observed.runId), storedJson(observed));
