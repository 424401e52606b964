/**
 * How far each source has been read: `news/cursors/{source}.json`. Kept in the store, beside the articles that it speaks of: the workflow
 * and `omega news ingest` go on from the same place, a copied or restored store knows what it has, and a run of the workflow stays short.
 * Invariant: written after the articles of its page, so it never claims what is not stored.
 */
import { z } from 'zod';
import { isStoreError, StoreError } from '../storage/object-store';
import type { ObjectStore } from '../storage/object-store';

const stateSchema = z.object({
  source: z.string(),
  cursor: z.unknown(),
  /** Of the last page, ISO-8601 UTC. */
  updated_at: z.string(),
});

export type SourceState = z.infer<typeof stateSchema>;

const keyOf = (source: string): string => `news/cursors/${source}.json`;

/** Null for a source that was never read. Throws StoreError CORRUPT. */
export async function readSourceState(store: ObjectStore, source: string): Promise<SourceState | null> {
  const key = keyOf(source);
  try {
    return stateSchema.parse(JSON.parse(new TextDecoder().decode(await store.get(key))));
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    if (isStoreError(error)) throw error;
    throw new StoreError('CORRUPT', `${key} is no cursor; remove it to read ${source} from the beginning.`, key, {
      cause: error,
    });
  }
}

export const writeSourceState = (store: ObjectStore, state: SourceState): Promise<void> =>
  store.put(keyOf(state.source), new TextEncoder().encode(`${JSON.stringify(state, null, 2)}\n`));
