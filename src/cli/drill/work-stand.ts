/**
 * The processes of one run of a drill: a Temporal server, a training worker and what else the work needs, in folders of their own.
 * Invariant: what was started is ended, in the order opposite to its start.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdirSync } from 'node:fs';
import { demoEnvironment } from '../demo/demo-environment';
import { demoPaths } from '../demo/demo-folder';
import { workerSpec } from '../demo/demo-processes';
import { choosePorts } from '../demo/ports';
import { SupervisedProcess, type ProcessName } from '../demo/supervised-process';
import { temporalAddress, temporalSpec } from '../demo/temporal-server';
import type { DrilledWork, WorkPlace } from './drilled-work';

const NAMESPACE = 'default';

export interface WorkStand {
  readonly place: WorkPlace;
  readonly client: Client;
  readonly processes: ReadonlyMap<ProcessName, SupervisedProcess>;
}

/** Runs `use` with everything started below `folder`. Throws CliError when a process can't be started. */
export async function withWorkStand<T>(
  work: DrilledWork,
  folder: string,
  temporal: string,
  use: (stand: WorkStand) => Promise<T>,
): Promise<T> {
  const place = await makePlace(folder);
  const address = temporalAddress(place.ports);
  // The drill's own places and gateway, whatever the user's environment says.
  const env = demoEnvironment(process.env, place.paths, place.ports, { address, namespace: NAMESPACE }, []);
  const specs = [
    temporalSpec(temporal, place.paths, place.ports),
    ...work.prepare(place, env),
    workerSpec('training', place.paths, env),
  ];
  const processes = new Map(specs.map((spec) => [spec.name, new SupervisedProcess(spec, {})]));
  try {
    for (const process of processes.values()) await process.start();
    const connection = await Connection.connect({ address });
    try {
      return await use({ place, client: new Client({ connection, namespace: NAMESPACE }), processes });
    } finally {
      await connection.close();
    }
  } finally {
    for (const process of [...processes.values()].toReversed()) await process.stop();
  }
}

async function makePlace(folder: string): Promise<WorkPlace> {
  const paths = demoPaths(folder, '.');
  for (const path of [paths.root, paths.logs, paths.pids, paths.state, paths.store, paths.gateway])
    mkdirSync(path, { recursive: true });
  return { paths, ports: await choosePorts(paths.portsFile) };
}
