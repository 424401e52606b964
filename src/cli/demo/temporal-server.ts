/**
 * The demonstration's own Temporal development server, on a database file of its own.
 * Invariants: 1. it dies with us: a watcher in its process group reads our pipe and ends it when the pipe closes;
 * 2. every commit is on disk before it is answered (synchronous=FULL): names that left the server never repeat.
 */
import { Connection } from '@temporalio/client';
import { connect } from 'node:net';
import { join } from 'node:path';
import { searchAttributeFlags } from '../../workflows/search-attributes';
import type { ProcessSpec } from './supervised-process';
import type { DemoPaths } from './demo-folder';
import type { DemoPorts } from './ports';
import { diagnoseTemporal } from './process-diagnosis';
import { waitFor } from './wait-for';

const HOST = '127.0.0.1';
const READY_TIMEOUT_MS = 60_000;
/** SIGTERM first: the server closes its database; one that hangs is killed after five seconds. */
const WATCHED_SERVER = `
exec 3<&0 </dev/null
{
  cat <&3 >/dev/null
  kill -TERM $$
  tries=0
  while kill -0 $$ && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL $$
} 2>/dev/null &
exec "$@" 3<&-
`;

/** Latency flags of docs/architecture.md: a development server polls its queues in 50 ms steps without them. */
const LATENCY_FLAGS = [
  '--sqlite-pragma=journal_mode=WAL',
  '--sqlite-pragma=synchronous=FULL',
  '--dynamic-config-value=history.transferProcessorMaxPollRPS=2000',
  '--dynamic-config-value=system.enableActivityEagerExecution=true',
];

export const temporalAddress = (ports: DemoPorts): string => `${HOST}:${ports.temporal}`;
export const temporalUi = (ports: DemoPorts): string => `http://${HOST}:${ports.ui}`;

export function serverArguments(paths: DemoPaths, ports: DemoPorts): readonly string[] {
  return [
    'server',
    'start-dev',
    `--ip=${HOST}`,
    `--port=${ports.temporal}`,
    `--ui-port=${ports.ui}`,
    `--db-filename=${paths.database}`,
    '--log-level=warn',
    ...LATENCY_FLAGS,
    ...searchAttributeFlags(),
  ];
}

/** True when something accepts TCP connections there. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const answer = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

async function answersHealthCheck(port: number): Promise<true | null> {
  if (!(await accepts(port))) return null;
  const connection = await Connection.connect({ address: `${HOST}:${port}`, connectTimeout: 2_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } finally {
    await connection.close();
  }
}

export function temporalSpec(executable: string, paths: DemoPaths, ports: DemoPorts): ProcessSpec {
  return {
    name: 'temporal',
    command: '/bin/sh',
    args: ['-c', WATCHED_SERVER, 'sh', executable, ...serverArguments(paths, ports)],
    env: process.env,
    folder: paths.root,
    channel: 'pipe',
    graceMs: 10_000,
    logFile: join(paths.logs, 'temporal.log'),
    pidFile: join(paths.pids, 'temporal.pid'),
    diagnose: diagnoseTemporal(paths.database),
    whenReady: async (child) => {
      await waitFor(
        'the Temporal server to answer',
        async () => (child.exitCode === null && child.signalCode === null ? answersHealthCheck(ports.temporal) : true),
        { timeoutMs: READY_TIMEOUT_MS, pollMs: 50 },
      );
    },
  };
}
