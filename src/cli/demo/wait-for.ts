/** Waiting that can't hang silently: every wait has a time-out and says what it waited for. */
import { CliError, messageOf } from '../cli-error';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_POLL_MS = 20;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Repeats `attempt` until it gives a value other than null; a rejection counts as "not yet" and its reason is in the time-out's
 * message. Throws CliError TIMED_OUT `waited 60 s for <what>`.
 */
export async function waitFor<T>(what: string, attempt: () => Promise<T | null>, options: WaitOptions): Promise<T> {
  const { timeoutMs, pollMs = DEFAULT_POLL_MS, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let lastReason: string;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await attempt();
      if (value !== null) return value;
      lastReason = '';
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      lastReason = ` (${messageOf(error)})`;
    }
    if (performance.now() >= deadline) {
      throw new CliError('TIMED_OUT', `Waited ${Math.round(timeoutMs / 1_000)} s for ${what}${lastReason}.`);
    }
    await sleep(pollMs);
  }
}

/** Rejects with TIMED_OUT when `promise` takes longer. */
export async function within<T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new CliError('TIMED_OUT', `Waited ${Math.round(timeoutMs / 1_000)} s for ${what}.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
