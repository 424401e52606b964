/** The time between two questions for history: a second (requirement A5), and 60 in ten minutes for all processes of the machine. */
import { sharedRateLimit } from '../http/rate-limit';

const BETWEEN_MS = 1_000;
/** IB's rule; the guard keeps it within a connection, this keeps it over restarts. IB counts when a question arrives, seconds later at most. */
const OVERALL = { requests: 60, perMs: 605_000 };

/** Awaited before each question. `stateDir`: the folder that outlives the process. */
export function historySpacing(
  stateDir: string,
  pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => number = () => performance.now(),
): () => Promise<void> {
  const limit = sharedRateLimit(stateDir, 'ibkr-history', OVERALL, { maxWaitMs: OVERALL.perMs });
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    const wait = last + BETWEEN_MS - now();
    if (wait > 0) await pause(wait);
    await limit.acquire();
    last = now();
  };
}
