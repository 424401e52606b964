/** The thread of one share of the bar store bench: says when its code is loaded, works when it is told to, and answers with what it did. */
import { parentPort, workerData } from 'node:worker_threads';
import { runShare, type BarStoreShare } from './bar-store-share';

parentPort?.once('message', () => {
  // A rejection that nobody handles ends the thread with its error.
  void runShare(workerData as BarStoreShare).then((done) => parentPort?.postMessage(done));
});
parentPort?.postMessage('ready');
