/** Which client id to connect with: trading keeps its one id for ever, data connections take the first free one. */

export interface ClientIdPolicy {
  readonly current: () => number;
  /** The gateway said 326 for the current id; returns the milliseconds to wait before the next attempt. */
  readonly inUse: () => number;
}

/** IB accepts this many clients at once. */
const MAX_CLIENTS = 32;
const ROTATE_MS = 50;

/** The trading id: the socket with this id is the lease on the account, so 326 means stand by and ask for the same id again. */
export const fixedClientId = (id: number, retryMs: number): ClientIdPolicy => ({
  current: () => id,
  inUse: () => retryMs,
});

/** Ids from `base` upward without `tradingId`; after a whole round of taken ids it waits `retryMs` and begins again. */
export function rotatingClientId(base: number, tradingId: number, retryMs: number): ClientIdPolicy {
  const ids = Array.from({ length: MAX_CLIENTS + 1 }, (_, offset) => base + offset).filter((id) => id !== tradingId);
  let index = 0;
  return {
    current: () => ids[index],
    inUse: () => {
      index = (index + 1) % ids.length;
      return index === 0 ? retryMs : ROTATE_MS;
    },
  };
}
