/**
 * The Temporal server that retrainings live on: the running demonstration's, the configured one, or, on a machine without any, one that
 * `omega retrain` starts for itself on a database file below the state folder, so that what was begun goes on the next time.
 */
import { Client, Connection } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { DEFAULT_CONFIG, type Config } from '../config/config';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { DEMO_FOLDER, demoPaths, leaveFolder, readJson, readRun, takeFolder, type DemoPaths } from './demo/demo-folder';
import { choosePorts, type DemoPorts } from './demo/ports';
import { SupervisedProcess } from './demo/supervised-process';
import { temporalAddress, temporalSpec, temporalUi } from './demo/temporal-server';

export interface LearningServer {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  readonly connection: Connection;
  /** Ends with the command that opened it. */
  readonly own: boolean;
  close(): Promise<void>;
}

interface Address {
  readonly address: string;
  readonly namespace: string;
}

const PROBE_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

const pathsOf = (io: CommandIo, { stateDir }: Config): DemoPaths =>
  demoPaths(resolve(io.folder, stateDir), 'retraining');

/** The server that answers now, or null. */
export async function findLearningServer(io: CommandIo): Promise<LearningServer | null> {
  const { config } = currentConfig(io);
  const demo = io.env.TEMPORAL_ADDRESS ? null : readRun(join(io.folder, DEMO_FOLDER));
  const ports = readJson(pathsOf(io, config).portsFile) as DemoPorts | null;
  const places: readonly Address[] = [
    demo === null ? config.temporal : { address: demo.temporalAddress, namespace: demo.temporalNamespace },
    ...(ports === null ? [] : [{ address: temporalAddress(ports), namespace: 'default' }]),
  ];
  for (const place of places) if (await answers(place.address)) return connected(place, null);
  return null;
}

/** The server that answers, else one of our own. Throws TEMPORAL_UNREACHABLE when one is named and silent. */
export async function openLearningServer(io: CommandIo): Promise<LearningServer> {
  const found = await findLearningServer(io);
  if (found !== null) return found;
  const { config } = currentConfig(io);
  const { address } = config.temporal;
  if (io.env.TEMPORAL_ADDRESS || address !== DEFAULT_CONFIG.temporal.address)
    throw new CliError(
      'TEMPORAL_UNREACHABLE',
      `No Temporal server answers at ${address}: start it, or set TEMPORAL_ADDRESS to one that runs.`,
    );
  return startOwn(io, pathsOf(io, config));
}

async function startOwn(io: CommandIo, paths: DemoPaths): Promise<LearningServer> {
  const executable = io.env.OMEGA_TEMPORAL_CLI ?? (await temporalExecutable(io));
  for (const folder of [paths.root, paths.logs, paths.pids]) mkdirSync(folder, { recursive: true });
  takeFolder(paths.root, 'omega retrain');
  const ports = await choosePorts(paths.portsFile);
  const server = new SupervisedProcess(temporalSpec(executable, paths, ports), {});
  const end = async (): Promise<void> => {
    await server.stop();
    leaveFolder(paths.root);
  };
  try {
    await server.start();
    io.err(`a Temporal server of our own runs on ${paths.database}; its page is ${temporalUi(ports)}`);
    return await connected({ address: temporalAddress(ports), namespace: 'default' }, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function connected({ address, namespace }: Address, end: (() => Promise<void>) | null): Promise<LearningServer> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  return {
    address,
    namespace,
    connection,
    client: new Client({ connection, namespace }),
    own: end !== null,
    async close() {
      await connection.close();
      await end?.();
    },
  };
}

/** True when something accepts TCP connections there. */
function answers(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(':');
  return new Promise((done) => {
    const socket = connect({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
      timeout: PROBE_MS,
    });
    const answer = (accepted: boolean): void => {
      socket.destroy();
      done(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

/** Path of the command line tool with the server inside, found or got as for `npm start`. */
export function temporalExecutable({ env }: CommandIo): Promise<string> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'scripts', 'temporal-cli.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) done(printed.trim());
      else
        reject(
          new CliError(
            'TEMPORAL_UNREACHABLE',
            'No Temporal server answers and none could be started here: see above, or set TEMPORAL_ADDRESS.',
          ),
        );
    });
  });
}
