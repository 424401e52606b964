/**
 * What a run id was begun with, `processed/training/{run_id}/request.json`: the same id is the same request for good, so that another one is
 * told before it fits anything.
 */
import { isStoreError, type ObjectStore } from '../../storage/object-store';
import type { Parameters } from '../families/model-recipe';
import { TrainingError } from './training-error';
import { trainingPrefix } from './training-parts';

/** What a run is made of by request: PinnedRequest. */
export interface PinnedRequest {
  readonly runId: string;
  readonly families: readonly string[];
  readonly instruments: readonly string[];
  readonly days: readonly string[] | null;
  readonly seed: number;
  readonly parameters?: Readonly<Record<string, Parameters>>;
}

const ASKED = ['families', 'instruments', 'days', 'seed', 'parameters', 'schema'] as const;
type Pin = Readonly<Record<(typeof ASKED)[number], unknown>>;

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
export async function checkRequest(store: ObjectStore, request: PinnedRequest, schemaHash: string): Promise<void> {
  const begun = await storedPin(store, request.runId);
  if (begun !== null) refuseOther(request.runId, begun, pinOf(request, schemaHash));
}

/** Keeps the request under its id. Rejects as `checkRequest`: of two that begin at once one goes on. */
export async function pinRequest(store: ObjectStore, request: PinnedRequest, schemaHash: string): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(pinOf(request, schemaHash)));
  if ((await store.create(requestKey(request.runId), bytes)) === 'exists')
    await checkRequest(store, request, schemaHash);
}

async function storedPin(store: ObjectStore, runId: string): Promise<Partial<Pin> | null> {
  try {
    const content: unknown = JSON.parse(Buffer.from(await store.get(requestKey(runId))).toString('utf8'));
    return typeof content === 'object' ? content : null;
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function refuseOther(runId: string, begun: Partial<Pin>, asked: Pin): void {
  const others = ASKED.filter((name) => JSON.stringify(begun[name] ?? null) !== JSON.stringify(asked[name]));
  if (others.length === 0) return;
  const differs = others.map((name) => `${name} ${JSON.stringify(begun[name] ?? null)}`).join(', ');
  throw new TrainingError(
    'RUN_ID_TAKEN',
    `Run ${runId} was begun with other ${others.join(', ')} (${differs}): ask for the same again, or use another run id.`,
  );
}
