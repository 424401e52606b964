/** When to ask again, and after how long. Pure. */
import type { ProviderErrorCode } from './provider-error';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Failures that may be gone a moment later. A refused key or a wrong request stays what it is. */
const PASSING: ReadonlySet<ProviderErrorCode> = new Set([
  'RATE_LIMITED',
  'SERVER_ERROR',
  'TIMED_OUT',
  'UNREACHABLE',
  'TRUNCATED',
]);

export const isPassing = (code: ProviderErrorCode): boolean => PASSING.has(code);

/** What is blocked stays so over restarts, and the longest period of a plan's requests that anybody counts by is a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Retry-After as milliseconds from `now`, a day at most: seconds or an HTTP date; null when absent or unreadable. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = (header ?? '').trim();
  const after = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1_000) : Date.parse(text) - now;
  return Number.isNaN(after) ? null : Math.min(Math.max(0, after), LONGEST_RETRY_AFTER_MS);
}

/** Delay before the n-th retry (1, 2, …): doubling, half of it drawn by `random` (0..1) so that processes spread; never before Retry-After. */
export function retryDelayMs(retry: number, after: number | null, random: number): number {
  const backOff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (retry - 1));
  const jittered = backOff * (0.5 + random / 2);
  return after === null ? jittered : after + jittered / 4;
}
