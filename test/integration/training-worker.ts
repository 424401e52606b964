/** A training worker as its own process, with store and state in `folder`: to be killed and started again. */
import { join } from 'node:path';
import { ROOT, TestProcess } from './processes';

export const trainingWorker = (address: string, namespace: string, folder: string): TestProcess =>
  new TestProcess({
    command: process.execPath,
    args: [join(ROOT, 'dist/worker.js'), 'training'],
    env: {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      OMEGA_STORE: join(folder, 'store'),
      OMEGA_STATE_DIR: join(folder, 'state'),
    },
    logFile: join(folder, 'training.log'),
    ipc: true,
  });
