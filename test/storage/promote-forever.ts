/**
 * Child of the crash tests: promotes one run after the other for ever and reports what was acknowledged. Started with `before-link`, it
 * kills itself when the first act is whole in its temporary file and not yet in its place.
 */
import fs from 'node:fs/promises';
import { runIdOf } from '../../src/domain/ids';
import { openFolderStore } from '../../src/storage/folder-store';
import { addAct, readReviewLog } from '../../src/storage/review-log';

async function main(): Promise<void> {
  const [root, mode] = process.argv.slice(2);
  if (mode === 'before-link') fs.link = () => (process.kill(process.pid, 'SIGKILL'), new Promise(() => undefined));
  const store = await openFolderStore(root);
  for (;;) {
    const seen = await readReviewLog(store);
    const runId = runIdOf(Date.UTC(2013, 9, 1) + seen.entries.length * 1_000);
    const said = { by: 'Ada', why: 'crash test', at: new Date().toISOString() };
    const change = { ...said, kind: 'promoted', runId, from: seen.review.promoted, to: runId } as const;
    await addAct(store, `${mode}/${runId}`, seen, () => change);
    process.send?.(runId);
  }
}

void main();
