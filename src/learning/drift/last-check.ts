/** The monitor's last check of an account, `processed/drift/{account}.json`, replaced whole: the next check reads what came before it. */
import { z } from 'zod';
import { isStoreError } from '../../storage/object-store';
import type { ObjectStore } from '../../storage/object-store';
import { parseStoredJson, storedJson } from '../../storage/stored-json';
import { alarmsOf } from './check-drift';
import type { DriftAlarm, DriftCheck } from './check-drift';
import type { DriftState } from './judge-drift';

export const lastCheckKey = (account: string): string => `processed/drift/${account}.json`;

const state = z.enum(['quiet', 'exceeded', 'alarm', 'not-judged']);
/** What the next check needs of it; the figures are for people. */
const lastCheckSchema = z.object({
  runId: z.string(),
  through: z.iso.datetime(),
  state,
  instruments: z.array(
    z.object({
      symbol: z.string(),
      features: z.object({ state, why: z.string() }),
      performance: z.object({ why: z.string() }),
    }),
  ),
  skipped: z.array(z.object({ symbol: z.string(), why: z.string() })).default([]),
  alarms: z.array(z.object({ cause: z.enum(['drift', 'performance']), why: z.string() })),
});
export type LastCheck = Readonly<z.infer<typeof lastCheckSchema>>;

/** A check as it is kept: with its newest bar's close, and its alarms. */
export interface KeptCheck extends DriftCheck {
  readonly through: string;
  readonly alarms: readonly DriftAlarm[];
}

export const keptCheck = (check: DriftCheck): KeptCheck => ({
  ...check,
  through:
    check.instruments
      .map(({ through }) => through)
      .sort()
      .at(-1) ?? '',
  alarms: alarmsOf(check),
});

/** Null before the first check, and when the last one cannot be read: then the next is a first one, which never alarms. */
export async function readLastCheck(store: ObjectStore, account: string): Promise<LastCheck | null> {
  try {
    const parsed = lastCheckSchema.safeParse(parseStoredJson(await store.get(lastCheckKey(account))));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND') || error instanceof SyntaxError) return null;
    throw error;
  }
}

export const writeLastCheck = (store: ObjectStore, account: string, check: KeptCheck): Promise<void> =>
  store.put(lastCheckKey(account), storedJson(check));

/** The features' state of an instrument at the check before, of the same run; null: this is the first. */
export const stateBefore = (last: LastCheck | null, runId: string, symbol: string): DriftState | null =>
  (last?.runId === runId ? last.instruments.find((instrument) => instrument.symbol === symbol) : undefined)?.features
    .state ?? null;
