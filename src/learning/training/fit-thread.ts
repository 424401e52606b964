/** The thread of one fit job. */
import { parentPort, workerData } from 'node:worker_threads';
import { fitHere } from './fit-job';
import type { FitJob, FitThreadMessage } from './fit-job';

const tell = (message: FitThreadMessage): void => parentPort?.postMessage(message);

fitHere(workerData as FitJob, (progress) => tell({ kind: 'progress', ...progress })).then(
  (summary) => tell({ kind: 'done', summary }),
  (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
);
