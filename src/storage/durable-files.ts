/** File writes that survive kill -9 and power loss: whole or not at all, and in the directory for good once acknowledged. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inParallel } from './in-parallel';

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
  const first = await makeDirectories(path);
  if (first === undefined) return;
  const top = dirname(first);
  for (let at = path; ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) return;
  }
}

/**
 * The topmost directory that had to be made, or undefined when `path` is there. Node's own recursive mkdir never answers where the file
 * system says ENOENT below a directory that exists (/proc), and hides EROFS behind ENOENT.
 */
async function makeDirectories(path: string): Promise<string | undefined> {
  if (await isDirectory(path)) return undefined;
  const first = dirname(path) === path ? undefined : await makeDirectories(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // Another writer was faster.
    if (!(await isDirectory(path))) throw error;
  }
  return first ?? path;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
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
  await makeDirectories(scratch);
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

/** A file to be made, of which nobody may see a part. */
export interface WholeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * `writeWhole` to create, of many files: each one's content is synced before it appears, each directory once after the last has appeared,
 * and only then is any of them acknowledged. Answers are in the files' order.
 */
export async function createAllWhole(
  files: readonly WholeFile[],
  scratch: string,
): Promise<readonly ('created' | 'exists')[]> {
  const directories = [...new Set(files.map(({ path }) => dirname(path)))];
  for (const directory of directories) await makeDurableDirectory(directory);
  const aside = join(scratch, `${process.pid}-${randomUUID()}`);
  await makeDirectories(aside);
  const temporary = (index: number): string => join(aside, String(index));
  try {
    await inParallel(files, ({ bytes }, index) => writeSynced(temporary(index), bytes));
    const answers = await inParallel(files, ({ path }, index) => moveIfFree(temporary(index), path));
    // Also for those that exist: who made them may not have synced yet.
    await inParallel(directories, syncDirectory);
    return answers;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function moveIfFree(from: string, path: string): Promise<'created' | 'exists'> {
  try {
    await link(from, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return 'exists';
    throw error;
  }
  await unlink(from);
  return 'created';
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
