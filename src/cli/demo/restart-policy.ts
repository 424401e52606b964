/**
 * When a supervised process is started again after it died. Pure.
 * A process that had been ready for a while is restarted at once, however often it is killed; one that keeps dying before it is ready backs off
 * and is given up, because then its own log has the reason (a port in use, a damaged file) and no restart will change it.
 */

export interface Death {
  /** How long it had been ready, ms; null when it died before it was. */
  readonly readyForMs: number | null;
}

export type RestartVerdict =
  { readonly action: 'restart'; readonly delayMs: number } | { readonly action: 'give-up'; readonly attempts: number };

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const ATTEMPTS_BEFORE_STEADY = 6;
/** Ready for less than this is a start that failed late. */
const STEADY_MS = 1_000;

/** Verdict after the last of `deaths` (oldest first). */
export function afterDeath(deaths: readonly Death[]): RestartVerdict {
  const lastSteady = deaths.findLastIndex(({ readyForMs }) => readyForMs !== null && readyForMs >= STEADY_MS);
  const unsteady = deaths.length - 1 - lastSteady;
  if (unsteady >= ATTEMPTS_BEFORE_STEADY) return { action: 'give-up', attempts: unsteady };
  if (unsteady === 0) return { action: 'restart', delayMs: 0 };
  return { action: 'restart', delayMs: Math.min(FIRST_BACKOFF_MS * 2 ** (unsteady - 1), LONGEST_BACKOFF_MS) };
}
