/**
 * One process at a time through a piece of work. The lock is one file under one of two kinds of names, `free` and `held.<time>.<pid>.<id>`:
 * taking, giving back and taking from the dead are each a single rename, so a kill at any instant leaves a lock that can be taken.
 */
import { randomUUID } from 'node:crypto';
import { claimName, ensureNames, namesIn } from './claimed-names';
import { systemClock, type WaitingClock } from './waiting-clock';

export interface ProcessLockOptions extends Partial<WaitingClock> {
  /** After this the work is taken for hung and the lock may be taken over; choose it above the work's own time-outs. */
  readonly holdMs: number;
}

const FREE = 'free';
const POLL_MS = 50;

/** Runs `work` while no other process does under the same `folder`. Waits as long as a living process holds it, at most `holdMs` each. */
export async function withProcessLock<T>(
  folder: string,
  work: () => Promise<T>,
  options: ProcessLockOptions,
): Promise<T> {
  const { now = systemClock.now, sleep = systemClock.sleep, holdMs } = options;
  await ensureNames(folder, [FREE]);
  const mine = (): string => `held.${now()}.${process.pid}.${randomUUID()}`;
  const take = async (): Promise<string | null> => {
    const current = (await namesIn(folder)).at(0);
    if (current === undefined || !(current === FREE || isAbandoned(current, now(), holdMs))) return null;
    const name = mine();
    return (await claimName(folder, current, name)) ? name : null;
  };
  let held = await take();
  while (held === null) {
    await sleep(POLL_MS);
    held = await take();
  }
  try {
    return await work();
  } finally {
    // False when it was taken over as hung: then it is the other's to give back.
    await claimName(folder, held, FREE);
  }
}

function isAbandoned(name: string, time: number, holdMs: number): boolean {
  const [, since, pid] = name.split('.').map(Number);
  return time - since > holdMs || since - time > holdMs || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as { readonly code?: string }).code === 'EPERM';
  }
}
