/** The thread of one family's leak controls. */
import { parentPort, workerData } from 'node:worker_threads';
import { judgeFamily } from './controls-family';
import type { ControlJob } from './controls-family';

// A rejection that nobody handles ends the thread with its error.
void judgeFamily(workerData as ControlJob).then((found) => parentPort?.postMessage(found));
