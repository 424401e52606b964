/** The object store over a local folder: key `models/x/y` is file `<root>/models/x/y`. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createAllWhole, errorCode, errorText, isFile, syncDirectory, writeWhole } from './durable-files';
import { checkedKey, checkedPrefix, isStoreError, StoreError } from './object-store';
import type { NewObject, ObjectStore } from './object-store';

/** Unfinished writes live here, invisible to `list` (keys cannot begin with a dot). */
const SCRATCH = '.unfinished';
/** An unfinished write this old belongs to a process that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Opens the folder store at `root` (made on the first put) and removes what killed writers left unfinished. */
export async function openFolderStore(root: string): Promise<ObjectStore> {
  const folder = resolve(root);
  await removeAbandoned(join(folder, SCRATCH));
  const scratch = join(folder, SCRATCH);
  const pathOf = (key: string): string => join(folder, checkedKey(key));

  return {
    location: `folder ${folder}`,
    put: async (key, bytes) => {
      await writing(key, folder, () => writeWhole(pathOf(key), bytes, scratch, 'replace'));
    },
    create: (key, bytes) => writing(key, folder, () => writeWhole(pathOf(key), bytes, scratch, 'create')),
    createAll: (entries) =>
      explained(toldKeys(entries), folder, () =>
        createAllWhole(
          entries.map(({ key, bytes }) => ({ path: pathOf(key), bytes })),
          scratch,
        ),
      ),
    get: (key) => explained(key, folder, async () => new Uint8Array(await readFile(pathOf(key)))),
    exists: (key) => explained(key, folder, () => isFile(pathOf(key))),
    list: (prefix) => explained(prefix, folder, () => listFiles(folder, checkedPrefix(prefix))),
    delete: (key) =>
      explained(key, folder, async () => {
        const path = pathOf(key);
        if (!(await isFile(path))) return;
        await rm(path, { force: true });
        await syncDirectory(join(path, '..'));
      }),
    localFile: pathOf,
  };
}

/** Whose failure it was is not known where many are under way. */
function toldKeys(entries: readonly NewObject[]): string {
  const [first, ...more] = entries.map(({ key }) => key);
  return more.length === 0 ? (first ?? '') : `${first} and ${more.length} more`;
}

async function listFiles(folder: string, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  const walk = async (at: string): Promise<void> => {
    for (const entry of await entriesOf(join(folder, at))) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) await walk(`${at}${entry.name}/`);
      else if (entry.isFile()) keys.push(`${at}${entry.name}`);
    }
  };
  await walk(prefix);
  return keys.sort();
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function removeAbandoned(scratch: string): Promise<void> {
  const now = Date.now();
  for (const entry of await entriesOf(scratch)) {
    const path = join(scratch, entry.name);
    try {
      if (now - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
    } catch (error) {
      // Its writer finished between the listing and now.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** Runs a file operation and turns the system's error into the store's. */
async function explained<T>(key: string, folder: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw fileError(error, key, folder);
  }
}

/** `explained` for a write: where a path cannot be made, the place takes no files (a file system of the kernel's); nothing is missing. */
async function writing<T>(key: string, folder: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await explained(key, folder, operation);
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    const message = `${folder} takes no files (${errorText(error.cause)}): choose a folder that this user may write.`;
    throw new StoreError('ACCESS_DENIED', message, key, { cause: error.cause });
  }
}

function fileError(error: unknown, key: string, folder: string): StoreError {
  const text = errorText(error);
  const fail = (code: StoreError['code'], message: string) => new StoreError(code, message, key, { cause: error });
  switch (errorCode(error)) {
    case 'ENOENT':
      return fail('NOT_FOUND', `There is no ${key} in ${folder}.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return fail(
        'ACCESS_DENIED',
        `No permission for ${key} in ${folder} (${text}): give this user access to the folder, or choose one on a disk that can be written.`,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return fail('NO_SPACE', `No space left for ${key} in ${folder}: free some disk space, nothing was written.`);
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return fail('INVALID_KEY', `${key} cannot be both a file and a folder in ${folder}: choose another key.`);
    case 'ENAMETOOLONG':
      return fail('INVALID_KEY', `${key} is too long for the file system of ${folder}.`);
    case 'EIO':
      return fail('CORRUPT', `The disk failed on ${key} in ${folder} (${text}): check the disk.`);
    default:
      return fail('FAILED', `The folder store ${folder} failed on ${key}: ${text}.`);
  }
}
