/** The thread of one end of a training. */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf, runStepHere } from './training-step-job';
import type { StepThreadData, StepThreadMessage } from './training-step-job';

const tell = (message: StepThreadMessage): void => parentPort?.postMessage(message);

runStepHere(workerData as StepThreadData).then(
  (result) => tell({ kind: 'done', result }),
  (error: unknown) => tell({ kind: 'failed', failure: failureOf(error) }),
);
