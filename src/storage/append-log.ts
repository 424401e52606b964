/**
 * One file of lines, only ever appended to, by one process.
 * Invariants:
 *  1. `written` means the line survives kill -9; `synced` means it survives power loss. Neither is said before it is so.
 *  2. Lines appended together are written and synced together (group commit) and keep their order.
 *  3. After a failed write or sync nothing more is accepted: what the disk holds is unknown until the file is opened and read again.
 */
import { appendFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, makeDurableDirectory, syncDirectory } from './durable-files';

export interface AppendLog {
  readonly path: string;
  /** Appends one line (without its newline) and resolves when it is as safe as asked. Throws AppendLogError. */
  append(line: string, until: 'written' | 'synced'): Promise<void>;
  /** Resolves when everything appended so far survives power loss. */
  sync(): Promise<void>;
  /** Syncs and closes; later appends are refused. */
  close(): Promise<void>;
}

export class AppendLogError extends Error {
  override readonly name = 'AppendLogError';
}

export interface OpenedLog {
  readonly log: AppendLog;
  /** Whole lines that were there. */
  readonly lines: readonly string[];
  /** A last line without its end, cut off on opening: its writer was killed and never acknowledged it. Empty when there was none. */
  readonly torn: string;
}

interface Waiting {
  readonly line: string;
  readonly until: 'written' | 'synced';
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Opens (or makes, durably) the file, cuts a torn last line off and returns the lines it holds. */
export async function openAppendLog(path: string): Promise<OpenedLog> {
  await makeDurableDirectory(dirname(path));
  const handle = await open(path, 'a+');
  try {
    await syncDirectory(dirname(path));
    const content = await handle.readFile();
    const end = content.lastIndexOf(0x0a) + 1;
    if (end < content.length) {
      await handle.truncate(end);
      await handle.sync();
    }
    const { lines } = splitLines(content.subarray(0, end).toString('utf8'));
    return { log: appendLog(path, handle), lines, torn: content.subarray(end).toString('utf8') };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whole lines of a text and what follows the last newline. Used to read a file that another process may be appending to. */
export function splitLines(text: string): { readonly lines: readonly string[]; readonly torn: string } {
  const parts = text.split('\n');
  const torn = parts.pop() ?? '';
  return { lines: parts, torn };
}

function appendLog(path: string, handle: FileHandle): AppendLog {
  let waiting: Waiting[] = [];
  let unsynced: Waiting[] = [];
  let failure: AppendLogError | null = null;
  let writing: Promise<void> | null = null;
  let syncing: Promise<void> | null = null;

  const fail = (batch: readonly Waiting[], error: unknown): void => {
    failure ??= new AppendLogError(
      `Cannot write ${path} (${errorText(error)}): free or repair the disk and start again; nothing acknowledged is lost.`,
      { cause: error },
    );
    for (const entry of batch) entry.reject(failure);
  };
  const writeAll = async (): Promise<void> => {
    // Lines of one tick go together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure !== null) throw failure;
        // Into the system's memory only, some microseconds: an order waits for it, and must not wait for a thread as well.
        appendFileSync(handle.fd, batch.map(({ line }) => `${line}\n`).join(''));
        for (const entry of batch) if (entry.until === 'written') entry.resolve();
        unsynced.push(...batch);
        syncing ??= syncAll();
      } catch (error) {
        fail(batch, error);
      }
    }
    writing = null;
  };
  // Beside the writing: who waits for `written` never waits for a disk that is still syncing the lines before.
  const syncAll = async (): Promise<void> => {
    while (unsynced.length > 0) {
      const batch = unsynced;
      unsynced = [];
      try {
        if (failure !== null) throw failure;
        await handle.datasync();
        for (const entry of batch) entry.resolve();
      } catch (error) {
        fail(batch, error);
      }
    }
    syncing = null;
  };
  const enqueue = (line: string, until: 'written' | 'synced'): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure !== null) return reject(failure);
      waiting.push({ line, until, resolve, reject });
      writing ??= writeAll();
    });
  const settled = async (): Promise<void> => {
    for (let busy = writing ?? syncing; busy !== null; busy = writing ?? syncing) await busy;
  };

  return {
    path,
    append: (line, until) => {
      if (line.includes('\n') || line === '')
        throw new AppendLogError(`A line for ${path} must be one line, not empty.`);
      return enqueue(line, until);
    },
    sync: async () => {
      await settled();
      if (failure !== null) throw failure;
    },
    close: async () => {
      await settled();
      const failed = failure;
      failure ??= new AppendLogError(`${path} is closed.`);
      await handle.close();
      // A line that was acknowledged as written and could not be synced has nobody else to tell.
      if (failed !== null) throw failed;
    },
  };
}
