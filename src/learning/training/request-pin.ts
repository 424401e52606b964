/**
 * What a run id was begun with, `processed/training/{run_id}/request.json`: the same id is the same request over the same data for good, so
 * that another one is told before it fits anything, or overwrites what is fitted.
 */
import { isStoreError, type ObjectStore } from '../../storage/object-store';
import type { Parameters } from '../families/model-recipe';
import { TrainingError } from './training-error';
import { trainingPrefix } from './training-parts';

/** What a run is made of by request. */
export interface PinnedRequest {
  readonly runId: string;
  readonly families: readonly string[];
  readonly instruments: readonly string[];
  readonly days: readonly string[] | null;
  readonly seed: number;
  readonly parameters?: Readonly<Record<string, Parameters>>;
}

const ASKED = ['families', 'instruments', 'days', 'seed', 'parameters', 'schema'] as const;
const PINNED = [...ASKED, 'data'] as const;
/** `data`: hashes of the instruments' training sets; not known before the days were read, nor in pins of versions that kept none. */
type Pin = Readonly<Partial<Record<(typeof PINNED)[number], unknown>>>;

const requestKey = (runId: string): string => `${trainingPrefix(runId)}request.json`;

const pinOf = ({ families, instruments, days, seed, parameters }: PinnedRequest, schemaHash: string): Pin => ({
  families,
  instruments,
  days,
  seed,
  parameters: parameters ?? null,
  schema: schemaHash,
});

/** Rejects with TrainingError RUN_ID_TAKEN, naming what differs, when the id was begun with another request. */
export const checkRequest = (store: ObjectStore, request: PinnedRequest, schemaHash: string): Promise<void> =>
  checkPin(store, request.runId, pinOf(request, schemaHash));

/**
 * Keeps the request under its id, with the hashes of the sets that it learns from by instrument. Rejects as `checkRequest`, and when the
 * data are others: of two that begin at once one goes on.
 */
export async function pinRequest(
  store: ObjectStore,
  request: PinnedRequest,
  schemaHash: string,
  sets: Readonly<Record<string, string>>,
): Promise<void> {
  const pin = { ...pinOf(request, schemaHash), data: sets };
  if ((await store.create(requestKey(request.runId), Buffer.from(JSON.stringify(pin)))) === 'exists')
    await checkPin(store, request.runId, pin);
}

async function checkPin(store: ObjectStore, runId: string, asked: Pin): Promise<void> {
  const begun = await storedPin(store, runId);
  const others = PINNED.filter(
    (name) => name in begun && name in asked && JSON.stringify(begun[name]) !== JSON.stringify(asked[name]),
  );
  if (others.length === 0) return;
  const differs = others.map((name) => `${name} ${JSON.stringify(begun[name])}`).join(', ');
  throw new TrainingError(
    'RUN_ID_TAKEN',
    `Run ${runId} was begun with other ${others.join(', ')} (${differs}): ask for the same again, or use another run id.`,
  );
}

/** Empty when there is none, or none that can be read. */
async function storedPin(store: ObjectStore, runId: string): Promise<Pin> {
  try {
    const content: unknown = JSON.parse(Buffer.from(await store.get(requestKey(runId))).toString('utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND') || error instanceof SyntaxError) return {};
    throw error;
  }
}
