/**
 * Rate limits that hold for all processes of a machine together and over restarts.
 * Invariant: in any span of `perMs` no more than `requests` permits are given. Each permit is one of `requests` files of a folder, named by
 * the time of its last use, and may be used again `perMs` later; who renames it has it.
 */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimName, ensureNames, namesIn } from './claimed-names';
import { ProviderError } from './provider-error';
import { systemClock, type WaitingClock } from './waiting-clock';

export interface RateLimit {
  /** Resolves when a request may leave. Throws ProviderError RATE_LIMITED when that would take longer than the limit's `maxWaitMs`. */
  acquire(): Promise<void>;
  /** No request leaves before `time` (UTC ms): the provider has said so. */
  blockUntil(time: number): Promise<void>;
}

export interface RateLimitRule {
  readonly requests: number;
  readonly perMs: number;
}

export interface RateLimitOptions extends Partial<WaitingClock> {
  /** Longest time that one request may wait for its permit. */
  readonly maxWaitMs?: number;
}

const MAX_WAIT_MS = 120_000;
/** More permits than this are dealt out as the same rate over a shorter span, which keeps the folder small. */
const MOST_PERMITS = 250;
/** A use this far in the future was stamped by a clock that has been set back since. */
const CLOCK_SKEW_MS = 60_000;
const BLOCKED = 'blocked';

interface Permit {
  readonly name: string;
  readonly usedAt: number;
}

const permitName = (slot: string, time: number): string => `${slot}.${time}.${randomUUID().slice(0, 8)}`;
const timeIn = (name: string): number => Number(name.split('.')[1]);

/** A limit for `name` kept under `folder` (requirement B2: the state folder). Times are UTC ms of the machine's clock. */
export function sharedRateLimit(
  folder: string,
  name: string,
  rule: RateLimitRule,
  options: RateLimitOptions = {},
): RateLimit {
  const { now = systemClock.now, sleep = systemClock.sleep, maxWaitMs = MAX_WAIT_MS } = options;
  const permits = Math.min(rule.requests, MOST_PERMITS);
  const perMs = Math.ceil((rule.perMs * permits) / rule.requests);
  const place = join(folder, 'rate-limits', `${name}-${permits}-per-${perMs}ms`);

  /** 0 when the permit was taken, else how long until one may be. */
  async function tryOnce(): Promise<number> {
    await ensureNames(
      place,
      Array.from({ length: permits }, (_, slot) => `${slot}.0`),
    );
    const time = now();
    const names = await namesIn(place);
    const blocked = await longestBlock(place, names, time);
    if (blocked > time) return blocked - time;
    const oldest = names
      .filter((at) => !at.startsWith(BLOCKED))
      .map((at): Permit => ({ name: at, usedAt: timeIn(at) > time + CLOCK_SKEW_MS ? 0 : timeIn(at) }))
      .reduce((best, permit) => (permit.usedAt < best.usedAt ? permit : best));
    if (oldest.usedAt + perMs > time) return oldest.usedAt + perMs - time;
    const slot = oldest.name.split('.')[0];
    return (await claimName(place, oldest.name, permitName(slot, time))) ? 0 : tryOnce();
  }

  return {
    acquire: async () => {
      let waited = 0;
      for (let wait = await tryOnce(); wait > 0; wait = await tryOnce()) {
        waited += wait;
        if (waited > maxWaitMs) throw exhausted(name, rule, wait);
        await sleep(wait);
      }
    },
    blockUntil: async (time) => {
      await ensureNames(
        place,
        Array.from({ length: permits }, (_, slot) => `${slot}.0`),
      );
      await writeFile(join(place, permitName(BLOCKED, Math.ceil(time))), '');
    },
  };
}

/** The latest block in force; those that are over are removed. */
async function longestBlock(place: string, names: readonly string[], time: number): Promise<number> {
  const blocks = names.filter((at) => at.startsWith(BLOCKED));
  await Promise.all(blocks.filter((at) => timeIn(at) <= time).map((at) => rm(join(place, at), { force: true })));
  return Math.max(0, ...blocks.map(timeIn));
}

function exhausted(name: string, { requests, perMs }: RateLimitRule, wait: number): ProviderError {
  const seconds = Math.ceil(wait / 1_000);
  const why =
    wait > perMs
      ? `it asked for a pause (Retry-After), which lasts another ${seconds} s`
      : `its limit of ${requests} requests in ${perMs / 1_000} s is used up for another ${seconds} s`;
  return new ProviderError('RATE_LIMITED', name, `${name}: ${why}; try again then.`, { retryAfterMs: wait });
}

/** Every limit has to agree, in the order given (the longest span first wastes nothing on the shorter ones). */
export const allLimits = (limits: readonly RateLimit[]): RateLimit => ({
  acquire: async () => {
    for (const limit of limits) await limit.acquire();
  },
  blockUntil: async (time) => {
    for (const limit of limits) await limit.blockUntil(time);
  },
});

/** For servers of the user's own. */
export const NO_RATE_LIMIT: RateLimit = allLimits([]);
