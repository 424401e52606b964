/** IB's pacing rules for historical data, as a pure function: how long the next request must wait. Times are monotonic ms. */

export interface PacedRequest {
  /** Contract, exchange and what to show. */
  readonly stream: string;
  /** 2 for BID_ASK, which IB counts twice, else 1. */
  readonly cost: number;
}

export interface PastRequest extends PacedRequest {
  readonly at: number;
}

/** Six or more for one contract within two seconds is a violation. */
const PER_STREAM = { count: 5, windowMs: 2_000 };
const OVERALL = { count: 60, windowMs: 600_000 };

/** Milliseconds until the oldest of a window's requests have left it, so that `cost` more fit. */
function windowWait(past: readonly PastRequest[], cost: number, limit: typeof OVERALL, now: number): number {
  const inside = past.filter(({ at }) => at > now - limit.windowMs);
  let load = inside.reduce((sum, request) => sum + request.cost, 0) + cost;
  for (const request of inside) {
    if (load <= limit.count) return 0;
    load -= request.cost;
    if (load <= limit.count) return request.at + limit.windowMs - now;
  }
  return 0;
}

/** `past` in order of time. */
export function pacingWaitMs(past: readonly PastRequest[], next: PacedRequest, now: number): number {
  const ofStream = past.filter(({ stream }) => stream === next.stream);
  return Math.max(windowWait(ofStream, next.cost, PER_STREAM, now), windowWait(past, next.cost, OVERALL, now));
}

/** What can still matter after `now`. */
export const stillCounting = (past: readonly PastRequest[], now: number): readonly PastRequest[] =>
  past.filter(({ at }) => at > now - OVERALL.windowMs);
