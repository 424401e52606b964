/**
 * The latch: a file `halt.latch` in the state directory. While it is there, no order that could open or enlarge a position and no change of
 * one is written; cancels are.
 * Its presence is what counts, not its content: a file that cannot be read or parsed latches too.
 */
import {
  mkdirSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BrokerError } from './broker-error';

export interface Latch {
  readonly who: string;
  readonly why: string;
  /** System time the latch was set, UTC ms; null when the file does not say. */
  readonly at: number | null;
}

export const latchPath = (stateDir: string): string => join(stateDir, 'halt.latch');

const codeOf = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;

function parseLatch(text: string): Latch {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      const { who, why, at } = value as Record<string, unknown>;
      return {
        who: typeof who === 'string' ? who : 'unknown',
        why: typeof why === 'string' ? why : 'no reason given',
        at: typeof at === 'number' ? at : null,
      };
    }
  } catch (error) {
    return { who: 'unknown', why: `the latch file is damaged (${String(error)})`, at: null };
  }
  return { who: 'unknown', why: 'the latch file is damaged', at: null };
}

/** The latch now, null when there is none. Synchronous on purpose: read immediately before each write. */
export function readLatch(stateDir: string): Latch | null {
  try {
    return parseLatch(readFileSync(latchPath(stateDir), 'utf8'));
  } catch (error) {
    const code = codeOf(error);
    // ENOTDIR and the like are no proof that nobody halted: only a missing file in a readable place is.
    if (code === 'ENOENT') return null;
    return { who: 'unknown', why: `the latch file cannot be read (${code ?? String(error)})`, at: null };
  }
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Puts a whole file in place unless one stands there. Where the disk knows no links it replaces it: that it stands is what counts. */
function putFirst(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return renameSync(temporary, path);
  }
  rmSync(temporary);
}

/**
 * Sets the latch unless one is set: who halted first and why is kept. Returns the latch that stands; when this returns it survives kill -9
 * and a power cut. Throws BrokerError LATCH_UNWRITABLE.
 */
export function setLatch(stateDir: string, latch: Latch): Latch {
  const path = latchPath(stateDir);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(stateDir, { recursive: true });
    const handle = openSync(temporary, 'w');
    try {
      writeSync(handle, `${JSON.stringify(latch)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    putFirst(temporary, path);
    syncDirectory(dirname(path));
    return readLatch(stateDir) ?? latch;
  } catch (error) {
    throw new BrokerError(
      'LATCH_UNWRITABLE',
      `The halt latch could not be written to ${path} (${String(error)}); make the directory writable and halt again.`,
    );
  }
}

/** Takes the latch away; the caller has recorded who lifts it and why. No error when there is none. */
export function liftLatch(stateDir: string): void {
  rmSync(latchPath(stateDir), { force: true });
  syncDirectory(stateDir);
}
