/** A training worker of the command's own, for a server on which nobody polls the learning half's queues. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StorageConfig } from '../config/config';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { workerSpec } from './demo/demo-processes';
import { SupervisedProcess } from './demo/supervised-process';
import type { LearningServer } from './learning-server';

/** Starts it; resolves when it polls. It is started again when it dies, and ends with us. Rejects with PROCESS_FAILED. */
export async function startTrainingWorker(
  io: CommandIo,
  { address, namespace }: Pick<LearningServer, 'address' | 'namespace'>,
  storage: StorageConfig,
): Promise<SupervisedProcess> {
  const stateDir = resolve(io.folder, currentConfig(io).config.stateDir);
  const folder = (name: string): string => {
    const path = join(stateDir, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const env = {
    ...io.env,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    // The demonstration's models are in a store of its own; the store of the configuration is known to the worker as it is to us.
    ...(storage.kind === 'folder' && { OMEGA_STORE: resolve(io.folder, storage.root) }),
  };
  const paths = { root: io.folder, logs: folder('logs'), pids: folder('pids') };
  const worker = new SupervisedProcess(workerSpec('training', paths, env), {
    onDeath: ({ name }, cause) => io.err(`the ${name} worker died (${cause}); it is started again`),
  });
  await worker.start();
  return worker;
}
