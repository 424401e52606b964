/** The four processes of the demonstration: how each is started, when it is ready, and in which order they come and go. */
import { join } from 'node:path';
import type { ProcessReport } from '../../domain/process-messages';
import { PACKAGE_ROOT } from '../child-command';
import type { DemoPaths } from './demo-folder';
import { readJson } from './demo-folder';
import { DEMO_ACCOUNT, DEMO_CASH, DEMO_SEED } from './demo-environment';
import type { GatewayControl } from './gateway-control';
import type { DemoPorts } from './ports';
import { diagnoseGateway } from './process-diagnosis';
import type { ProcessIdentity } from './process-identity';
import { endProcess } from './process-identity';
import type { ProcessName, ProcessSpec } from './supervised-process';
import { waitFor } from './wait-for';

const READY_TIMEOUT_MS = 60_000;
const STALE_GRACE_MS = 3_000;
/** Where a process works, logs, and is written down while it runs. */
export type ProcessFolders = Pick<DemoPaths, 'root' | 'logs' | 'pids'>;

const WORKER = join(PACKAGE_ROOT, 'dist', 'worker.js');
const GATEWAY = join(PACKAGE_ROOT, 'dist', 'paper-gateway', 'main.js');

const filesOf = (paths: ProcessFolders, name: ProcessName): Pick<ProcessSpec, 'logFile' | 'pidFile' | 'folder'> => ({
  logFile: join(paths.logs, `${name}.log`),
  pidFile: join(paths.pids, `${name}.pid`),
  folder: paths.root,
});

export interface GatewayPlace {
  readonly paths: DemoPaths;
  readonly ports: DemoPorts;
  readonly dataFolder: string;
  /** Where the clock begins in a new state, UTC ms; a kept state goes on where it stood. */
  readonly clock: number;
}

export function gatewaySpec(place: GatewayPlace, env: NodeJS.ProcessEnv, control: GatewayControl): ProcessSpec {
  const { paths, ports } = place;
  const options: Readonly<Record<string, string>> = {
    port: String(ports.gateway),
    'control-port': String(ports.control),
    data: place.dataFolder,
    clock: new Date(place.clock).toISOString(),
    state: paths.gateway,
    account: DEMO_ACCOUNT,
    cash: String(DEMO_CASH),
    seed: String(DEMO_SEED),
    speed: 'lockstep',
  };
  return {
    ...filesOf(paths, 'gateway'),
    name: 'gateway',
    command: process.execPath,
    args: [GATEWAY, '--exit-with-parent', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])],
    env,
    channel: 'pipe',
    graceMs: 10_000,
    diagnose: diagnoseGateway,
    whenReady: async () => {
      await waitFor('the paper gateway to answer', () => control.clockNow(), { timeoutMs: READY_TIMEOUT_MS });
    },
  };
}

/** A worker: ready when it says so, the trader not before its broker connection is synced. */
export function workerSpec(
  role: 'trader' | 'market' | 'training',
  paths: ProcessFolders,
  env: NodeJS.ProcessEnv,
): ProcessSpec {
  return {
    ...filesOf(paths, role),
    name: role,
    command: process.execPath,
    args: [WORKER, role],
    env,
    channel: 'ipc',
    // Neither a running feed nor a fit holds anything that is not on disk already: they need not be waited for.
    graceMs: role === 'trader' ? 10_000 : 1_500,
    whenReady: (child) =>
      new Promise((resolve) => {
        let polls = false;
        let connected = role !== 'trader';
        child.on('message', (message) => {
          const report = message as ProcessReport;
          if (report.type === 'ready') polls = true;
          if (report.type === 'broker-connection') connected ||= report.phase === 'ready';
          if (polls && connected) resolve();
        });
      }),
  };
}

const ALL: readonly ProcessName[] = ['market', 'trader', 'gateway', 'temporal'];

/** Ends whatever a killed conductor left running with this state: each by its own identity, nothing else. */
export async function endStaleProcesses(paths: DemoPaths, notice: (text: string) => void): Promise<void> {
  for (const name of ALL) {
    const identity = readJson(join(paths.pids, `${name}.pid`)) as ProcessIdentity | null;
    if (identity === null) continue;
    const gone = await endProcess(identity, STALE_GRACE_MS);
    if (!gone) notice(`the ${name} process ${identity.pid} of an earlier start does not end`);
  }
}
