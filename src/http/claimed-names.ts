/**
 * What several processes share through the names of files: a folder is made whole with a fixed number of empty files, and taking one means
 * renaming it from the name that was read. Renames are atomic and the loser's source is gone, so of several takers one wins; a process
 * that is killed at any instant leaves every file in place under one name or the other, so there is no lock that could stay behind.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../storage/durable-files';

/** Makes `folder` with one empty file per name unless it is there; several processes may try at once. */
export async function ensureNames(folder: string, names: readonly string[]): Promise<void> {
  if ((await namesIn(folder)).length > 0) return;
  await mkdir(dirname(folder), { recursive: true });
  const scratch = `${folder}.${process.pid}-${randomUUID()}`;
  await mkdir(scratch);
  try {
    await Promise.all(names.map((name) => writeFile(join(scratch, name), '')));
    await rename(scratch, folder);
  } catch (error) {
    // Another process was first: a folder with content cannot be renamed over.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The names as they are now; none when the folder is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Renames `from` to `to`; false when somebody else has taken `from` in the meantime. */
export async function claimName(folder: string, from: string, to: string): Promise<boolean> {
  try {
    await rename(join(folder, from), join(folder, to));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
