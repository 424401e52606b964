/**
 * Where the demonstration keeps everything it knows, below one folder (`.omega/demo`):
 *   conductor.pid, run.json (what runs now, for the other commands), and one folder for each selection with the server's database,
 *   the gateway's state, the processes' state, the object store, logs and the finished days.
 * Invariants: 1. one conductor per folder; 2. state of another layout version is never touched; 3. only an unused state is removed.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError } from '../cli-error';
import type { ProcessIdentity } from './process-identity';
import { identify, isAlive } from './process-identity';

/** Rises when the layout below or anything kept in it changes its meaning. */
export const DEMO_STATE_VERSION = 1;
export const DEMO_FOLDER = join('.omega', 'demo');

export interface DemoPaths {
  readonly root: string;
  readonly database: string;
  readonly gateway: string;
  readonly state: string;
  readonly store: string;
  readonly logs: string;
  readonly days: string;
  readonly pids: string;
  readonly portsFile: string;
}

/** What the other commands need to reach a running demonstration. */
export interface DemoRun {
  readonly version: number;
  readonly conductor: ProcessIdentity;
  readonly account: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly uiAddress: string | null;
  readonly gatewayPort: number;
  readonly controlPort: number;
  readonly state: string;
  readonly store: string;
  readonly logs: string;
  readonly days: string;
  readonly startedAt: string;
}

export function demoPaths(folder: string, selection: string): DemoPaths {
  const root = resolve(folder, selection);
  return {
    root,
    database: join(root, 'temporal.db'),
    gateway: join(root, 'gateway'),
    state: join(root, 'state'),
    store: join(root, 'store'),
    logs: join(root, 'logs'),
    days: join(root, 'days'),
    pids: join(root, 'pids'),
    portsFile: join(root, 'ports.json'),
  };
}

/** Writes a small file whole: a kill leaves the old one or the new one. */
export function writeWhole(path: string, text: string): void {
  const aside = `${path}.new`;
  writeFileSync(aside, text, { flush: true });
  renameSync(aside, path);
}

/** A JSON file's value; null when absent or cut short, which only a file that can be made again may be. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const conductorFile = (folder: string): string => join(folder, 'conductor.pid');
const runFile = (folder: string): string => join(folder, 'run.json');

/** The conductor that runs in this folder now, or null. */
export function runningConductor(folder: string): ProcessIdentity | null {
  const identity = readJson(conductorFile(folder)) as ProcessIdentity | null;
  return identity !== null && isAlive(identity) ? identity : null;
}

/** Makes this process the folder's conductor. Throws STATE_IN_USE naming the one that runs already. */
export function takeFolder(folder: string, program = 'The demonstration'): void {
  const running = runningConductor(folder);
  if (running !== null && running.pid !== process.pid) {
    throw new CliError(
      'STATE_IN_USE',
      `${program} runs already in ${folder} as process ${running.pid}; stop that one with Ctrl-C first.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  writeWhole(conductorFile(folder), JSON.stringify(identify(process.pid)));
}

export function leaveFolder(folder: string): void {
  rmSync(conductorFile(folder), { force: true });
}

/** Creates the selection's folders, or checks that those found are of this layout version. */
export function prepareState(paths: DemoPaths): void {
  const versionFile = join(paths.root, 'version.json');
  if (existsSync(paths.root) && existsSync(paths.database)) {
    const found = (readJson(versionFile) as { readonly version?: number } | null)?.version ?? null;
    if (found !== DEMO_STATE_VERSION) {
      throw new CliError(
        'STATE_VERSION',
        `The state in ${paths.root} is of version ${found ?? 'unknown'}, this program keeps version ${DEMO_STATE_VERSION}; start with --reset to begin again.`,
      );
    }
  }
  for (const folder of [paths.root, paths.gateway, paths.state, paths.store, paths.logs, paths.days, paths.pids]) {
    mkdirSync(folder, { recursive: true });
  }
  writeWhole(versionFile, JSON.stringify({ version: DEMO_STATE_VERSION }));
}

/** Removes the selection's state. The caller holds the folder and has ended what ran in it. */
export function removeState(paths: DemoPaths): void {
  rmSync(paths.root, { recursive: true, force: true });
}

export function writeRun(folder: string, run: DemoRun): void {
  writeWhole(runFile(folder), JSON.stringify(run, null, 2));
}

/** The demonstration that ran last in `folder`, whether it still runs or not; null when there was none of this version. */
export function lastRun(folder: string = DEMO_FOLDER): DemoRun | null {
  const run = readJson(runFile(folder)) as DemoRun | null;
  return run?.version === DEMO_STATE_VERSION ? run : null;
}

/** The demonstration that runs in `folder` now, or null. */
export function readRun(folder: string = DEMO_FOLDER): DemoRun | null {
  const run = lastRun(folder);
  return run !== null && isAlive(run.conductor) ? run : null;
}
