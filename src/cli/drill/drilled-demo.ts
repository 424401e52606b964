/**
 * A demonstration that a drill runs: the same program as `npm start`, without a terminal, in a folder of its own.
 * Invariants: 1. only processes that this demonstration started are ever killed, by the identity it wrote down; 2. whatever happens to the
 * drill, its processes end: they leave when their conductor does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../child-command';
import { CliError } from '../cli-error';
import { DEMO_FOLDER, readJson, readRun, type DemoRun } from '../demo/demo-folder';
import { endProcess, identify, isAlive, type ProcessIdentity } from '../demo/process-identity';
import type { ProcessName } from '../demo/supervised-process';
import { sleep } from '../demo/wait-for';

const START_PROGRAM = join(PACKAGE_ROOT, 'scripts', 'start.mjs');
const POLL_MS = 20;
/** A victim that is just being started again is waited for. */
const VICTIM_PATIENCE_MS = 60_000;
const STOP_GRACE_MS = 60_000;
const LOG_TAIL_LINES = 15;

export class DrilledDemo {
  private exitCode: number | null = null;

  private constructor(
    readonly folder: string,
    readonly day: string,
    private readonly child: ChildProcess,
  ) {
    child.on('exit', (code) => {
      this.exitCode = code ?? 1;
    });
  }

  /** Starts trading `day` with state below `folder`; it stays up when the day is over. */
  static start(folder: string, day: string): DrilledDemo {
    const log = openSync(join(folder, 'demo.log'), 'a');
    // A server that others use as well is none to kill: the demonstration starts its own.
    const env = { ...process.env };
    delete env.TEMPORAL_ADDRESS;
    const child = spawn(process.execPath, [START_PROGRAM, '--day', day, '--json', 'day.json'], {
      cwd: folder,
      env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return new DrilledDemo(folder, day, child);
  }

  /** Resolves with its addresses once its processes are up. Throws PROCESS_FAILED when it ends instead. */
  async up(): Promise<DemoRun> {
    for (;;) {
      this.assertRunning();
      const run = readRun(join(this.folder, DEMO_FOLDER));
      if (run !== null) return run;
      await sleep(POLL_MS);
    }
  }

  /** True once the day is traded and its report written. Throws PROCESS_FAILED when it ended without. */
  isOver(): boolean {
    if (existsSync(join(this.folder, 'day.json'))) return true;
    this.assertRunning();
    return false;
  }

  /** Kills these processes with SIGKILL at one instant; returns it, monotonic ms. */
  async kill(run: DemoRun, victims: readonly ProcessName[]): Promise<number> {
    const identities: ProcessIdentity[] = [];
    for (const name of victims) identities.push(await this.living(run, name));
    for (const { pid } of identities) process.kill(pid, 'SIGKILL');
    return performance.now();
  }

  /** Ends it in order, by force after a minute. */
  async stop(): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined || this.exitCode !== null) return;
    await endProcess(identify(pid), STOP_GRACE_MS);
  }

  private async living(run: DemoRun, name: ProcessName): Promise<ProcessIdentity> {
    const file = join(dirname(run.days), 'pids', `${name}.pid`);
    const deadline = performance.now() + VICTIM_PATIENCE_MS;
    for (;;) {
      const identity = readJson(file) as ProcessIdentity | null;
      if (identity !== null && isAlive(identity)) return identity;
      this.assertRunning();
      if (performance.now() > deadline) throw new CliError('TIMED_OUT', `The ${name} process was not started again.`);
      await sleep(1);
    }
  }

  private assertRunning(): void {
    if (this.exitCode === null) return;
    const tail = readFileSync(join(this.folder, 'demo.log'), 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
    throw new CliError(
      'PROCESS_FAILED',
      `The demonstration ended with exit code ${this.exitCode}; its last lines:\n${tail.join('\n')}`,
    );
  }
}
