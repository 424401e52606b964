/** The thread of one search job. */
import { parentPort, workerData } from 'node:worker_threads';
import { runJobHere } from './trial-job';
import type { SearchThread, SearchThreadMessage } from './trial-job';

const tell = (message: SearchThreadMessage): void => parentPort?.postMessage(message);

runJobHere(workerData as SearchThread).then(
  (result) => tell({ kind: 'done', result }),
  (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
);
