/** A folder of this process for files on their way, and the end of those that killed processes left. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../storage/durable-files';

const PREFIX = 'omega-bars-';
/** Whoever made a folder this old and lives no more was killed; a process in another container may live unseen. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Makes the folder. */
export async function makeScratchFolder(): Promise<string> {
  await removeAbandoned();
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const path = join(tmpdir(), name);
    if (lives(Number(name.slice(PREFIX.length).split('-')[0]))) continue;
    const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, gone);
    if (age > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Another process was quicker. */
function gone(error: unknown): number {
  if (errorCode(error) === 'ENOENT') return 0;
  throw error;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
