/** File writes that survive kill -9 and power loss: whole or not at all, and in the directory for good once acknowledged. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a directory's entries durable: a rename or a new file is not until its directory is synced. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a directory and its parents, each entry synced in the directory above it. */
export async function makeDurableDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const top = dirname(first);
  for (let at = path; ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) return;
  }
}

/** Writes a whole new file and syncs its content; the directory entry is the caller's to sync. */
async function writeSynced(path: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts `bytes` at `path`, replacing what is there (`replace`) or only if nothing is (`create`).
 * The file is written beside, in `scratch` on the same file system, then renamed or linked into place, so no reader sees a part of it.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string,
  scratch: string,
  mode: 'replace' | 'create' = 'replace',
): Promise<'created' | 'exists'> {
  await makeDurableDirectory(dirname(path));
  await mkdir(scratch, { recursive: true });
  const temporary = join(scratch, `${process.pid}-${randomUUID()}`);
  try {
    await writeSynced(temporary, bytes);
    if (mode === 'replace') await rename(temporary, path);
    else await link(temporary, path);
    await syncDirectory(dirname(path));
    return 'created';
  } catch (error) {
    if (mode === 'create' && errorCode(error) === 'EEXIST') {
      // The winner may have linked but not yet synced; after this the answer `exists` is as durable as `created`.
      await syncDirectory(dirname(path));
      return 'exists';
    }
    throw error;
  } finally {
    if (mode === 'create' || (await isFile(temporary))) await rm(temporary, { force: true });
  }
}

/** True when `path` is a file; false when nothing is there. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** The system's code (`ENOENT`, `EACCES`, …) of an error, or null. By shape: an error of another realm is no instance of Error here. */
export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

/** An error's message, or the thing thrown as text. */
export function errorText(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
