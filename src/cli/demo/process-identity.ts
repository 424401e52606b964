/** Tells a process from a later one that was given the same id, so that only what we started is ever ended. */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the kernel's ticks since boot; null where /proc is absent, then the id alone must do. */
  readonly startTicks: number | null;
}

/** Field 22 of /proc/<pid>/stat; the command name before it may hold spaces and brackets, so fields count from the last `)`. */
function startTicksOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]);
  } catch {
    // No /proc here, or the process is gone; `isAlive` decides which.
    return null;
  }
}

/** A killed child whose exit its parent has not read yet still answers signal 0: it is no longer running. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'Z';
  } catch {
    return false;
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, startTicks: startTicksOf(pid) });

/** True while exactly this process runs. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (isZombie(pid)) return false;
  return startTicks === null || startTicksOf(pid) === startTicks;
}

const POLL_MS = 25;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function diesWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += POLL_MS) {
    if (!isAlive(identity)) return true;
    await sleep(POLL_MS);
  }
  return !isAlive(identity);
}

/** Ends exactly this process: asked politely, after `graceMs` by force. Resolves to false when it would not die. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  for (const [signal, ms] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(identity)) return true;
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    if (await diesWithin(identity, ms)) return true;
  }
  return false;
}
