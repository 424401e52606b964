/**
 * Names of everything durable, made in one place. An order key is `<account>-<epoch>-<seq>`: workflow id suffix, idempotency key and,
 * with its leg, the orderRef that travels to the broker. The session allocates keys and broker order ids from carried state, so both
 * are in history before a byte is written.
 */

export const TRADING_QUEUE = 'trading';
export const brokerQueue = (account: string): string => `broker/${account}`;
export const marketQueue = (account: string): string => `market/${account}`;
/** Preparations, fits and assemblies: what takes minutes and much memory. */
export const TRAINING_QUEUE = 'training';
/** Workflows of the learning half and their quick activities, which never wait behind a fit. */
export const LEARNING_QUEUE = 'learning';
/** News, history and the weekly rebalance: workflows that ask providers, and their activities. */
export const DATA_QUEUE = 'data';

export const sessionWorkflowId = (account: string): string => `session/${account}`;
export const marketFeedWorkflowId = (account: string): string => `market-feed/${account}`;
export const orderWorkflowId = (key: string): string => `order/${key}`;

/** Broker order ids come in blocks of 8 per intent: entry, stop, target, then re-placements (incarnations). */
export const ORDER_ID_BLOCK = 8;
/** An order error whose id equals a live request id kills that subscription in @stoqey/ib, so order ids start far above request ids. */
export const FIRST_ORDER_ID = 1_000_000;

export type OrderLeg = 'entry' | 'stop' | 'target';
export const ORDER_LEGS: readonly OrderLeg[] = ['entry', 'stop', 'target'];

export const orderKey = (account: string, epoch: number, seq: number): string => `${account}-${epoch}-${seq}`;

/** Account, epoch and sequence of a key, or null when the text is not one of ours. Accounts may contain dashes. */
export function parseOrderKey(
  key: string,
): { readonly account: string; readonly epoch: number; readonly seq: number } | null {
  const match = /^(.+)-(\d+)-(\d+)$/.exec(key);
  return match === null ? null : { account: match[1], epoch: Number(match[2]), seq: Number(match[3]) };
}

/** orderRef of a leg: the key itself for the entry, `<key>/stop` and `<key>/target` for the resting legs. */
export const orderRef = (key: string, leg: OrderLeg): string => (leg === 'entry' ? key : `${key}/${leg}`);

/** Key and leg of an orderRef, or null for a foreign or manual order. */
export function parseOrderRef(ref: string): { readonly key: string; readonly leg: OrderLeg } | null {
  const [key, suffix, ...rest] = ref.split('/');
  const leg = suffix === undefined ? 'entry' : suffix;
  if (rest.length > 0 || parseOrderKey(key) === null || !(ORDER_LEGS as readonly string[]).includes(leg)) return null;
  return { key, leg: leg as OrderLeg };
}

/** One decision per instrument and bar close: the id is the logical event, so a decision recomputed after a crash has the same name. */
export const decisionId = (account: string, symbol: string, barClose: number): string =>
  `${account}/${symbol}/${new Date(barClose).toISOString()}`;

/** Model run id, UTC: YYYYMMDD_HHMMSS (requirement B7). */
export const runIdOf = (utcMs: number): string =>
  new Date(utcMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_');

/** UTC ms of the instant that a run id names; NaN for a text that names none. */
export const instantOfRun = (runId: string): number =>
  Date.parse(runId.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));

export function isRunId(text: string): boolean {
  const instant = /^\d{8}_\d{6}$/.test(text) ? instantOfRun(text) : Number.NaN;
  return !Number.isNaN(instant) && runIdOf(instant) === text;
}
