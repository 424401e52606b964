/**
 * One child of the conductor: started, watched, started again alone when it dies, ended in order.
 * Invariants:
 *  1. Its output goes to its own log file, never through us: our death can't block or break it.
 *  2. It leaves when our end of its channel closes (IPC for Node processes, the wrapper's pipe for the server), so nothing is orphaned.
 *  3. Its identity is on disk while it runs: the next start can end what a killed one left.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from '../cli-error';
import { endProcess, identify } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import type { Death } from './restart-policy';
import { afterDeath } from './restart-policy';

export type ProcessName = 'temporal' | 'gateway' | 'trader' | 'market' | 'training';

export interface ProcessSpec {
  readonly name: ProcessName;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Its working folder: no settings of the user's folder reach it. */
  readonly folder: string;
  /** `ipc`: a Node process with a message channel; `pipe`: leaves when its standard input closes. */
  readonly channel: 'ipc' | 'pipe';
  readonly logFile: string;
  readonly pidFile: string;
  /** How long it may take to end when asked, ms; then it is killed, which it survives by design. */
  readonly graceMs: number;
  /** Resolves when this incarnation can do its work; called once per start. */
  readonly whenReady: (child: ChildProcess) => Promise<void>;
  /** Reads a death for a cause that no restart will change; null: start it again. */
  readonly diagnose?: (end: ProcessEnd) => CliError | null;
}

/** How one incarnation ended. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** What this incarnation wrote; its last part when that is long. */
  readonly log: string;
}

export interface ProcessStatus {
  readonly name: ProcessName;
  readonly pid: number | null;
  readonly state: 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';
  readonly restarts: number;
  /** Death to ready of the last restart, seconds. */
  readonly lastRecoverySeconds: number | null;
}

export interface ProcessListener {
  readonly onStatus?: (status: ProcessStatus) => void;
  readonly onMessage?: (message: unknown) => void;
  /** Died and is being started again. */
  readonly onDeath?: (status: ProcessStatus, cause: string) => void;
  /** Ready again after a death. */
  readonly onRecovery?: (status: ProcessStatus) => void;
  readonly onGivenUp?: (error: CliError) => void;
}

const LOG_TAIL_LINES = 6;
const DIAGNOSED_BYTES = 16_384;

export class SupervisedProcess {
  private child: ChildProcess | null = null;
  private identity: ProcessIdentity | null = null;
  private readonly deaths: Death[] = [];
  private diedAt: number | null = null;
  private readyAt: number | null = null;
  /** Length of the log before this incarnation. */
  private logStart = 0;
  private stopping = false;
  private timer: NodeJS.Timeout | null = null;
  private current: ProcessStatus;
  private readonly readyWaiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(
    private readonly spec: ProcessSpec,
    private readonly listener: ProcessListener,
  ) {
    this.current = { name: spec.name, pid: null, state: 'stopped', restarts: 0, lastRecoverySeconds: null };
  }

  status(): ProcessStatus {
    return this.current;
  }

  /** Starts it and resolves at the first readiness, restarts included; rejects when it is given up. */
  async start(): Promise<void> {
    this.stopping = false;
    this.launch();
    await this.whenReady();
  }

  /** Resolves when the running incarnation is ready; rejects when the process has been given up or stopped. */
  whenReady(): Promise<void> {
    if (this.current.state === 'ready') return Promise.resolve();
    if (this.current.state === 'failed') return Promise.reject(this.failure('has been given up'));
    return new Promise((resolve, reject) => this.readyWaiters.push({ resolve, reject }));
  }

  /** Sends an IPC message to the running incarnation; false when there is none to hear it. */
  send(message: object): boolean {
    const child = this.child;
    if (child === null || this.spec.channel !== 'ipc' || !child.connected) return false;
    // A message lost with its receiver is sent again by whoever waits for the answer.
    child.send(message, () => undefined);
    return true;
  }

  /** Ends it for good: SIGTERM, after its grace SIGKILL. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.identity !== null) await endProcess(this.identity, this.spec.graceMs);
    rmSync(this.spec.pidFile, { force: true });
    this.set({ state: 'stopped', pid: null });
    this.settleWaiters(this.failure('was stopped'));
  }

  private launch(): void {
    const { spec } = this;
    this.set({ state: this.deaths.length === 0 ? 'starting' : 'restarting' });
    const log = openSync(spec.logFile, 'a');
    this.logStart = fstatSync(log).size;
    const stdio: StdioOptions = spec.channel === 'ipc' ? ['ignore', log, log, 'ipc'] : ['pipe', log, log];
    // A process group of its own: Ctrl-C on the terminal reaches us alone, and we end the others in order.
    const child = spawn(spec.command, [...spec.args], { env: spec.env, cwd: spec.folder, stdio, detached: true });
    closeSync(log);
    this.child = child;
    child.on('message', (message) => this.listener.onMessage?.(message));
    child.on('error', (error) => this.onExit(child, null, messageOfSpawn(error)));
    child.on('exit', (code, signal) => this.onExit(child, code, signal ?? `exit code ${code}`));
    if (child.pid === undefined) return;
    this.identity = identify(child.pid);
    writeFileSync(spec.pidFile, JSON.stringify(this.identity));
    this.set({ pid: child.pid });
    spec.whenReady(child).then(
      () => this.onReady(child),
      // It lives but can't become ready: end it, and its exit takes the usual way.
      () => child.kill('SIGKILL'),
    );
  }

  private onReady(child: ChildProcess): void {
    if (this.child !== child || this.stopping) return;
    const recovering = this.diedAt !== null;
    const lastRecoverySeconds =
      this.diedAt === null ? this.current.lastRecoverySeconds : (Date.now() - this.diedAt) / 1_000;
    this.diedAt = null;
    this.readyAt = Date.now();
    this.set({ state: 'ready', lastRecoverySeconds });
    this.settleWaiters(null);
    if (recovering) this.listener.onRecovery?.(this.current);
  }

  private onExit(child: ChildProcess, exitCode: number | null, cause: string): void {
    if (this.child !== child) return;
    this.child = null;
    this.identity = null;
    if (this.stopping) return;
    const hopeless = this.spec.diagnose?.({ exitCode, log: this.logOfIncarnation() }) ?? null;
    if (hopeless !== null) {
      this.giveUp(hopeless);
      return;
    }
    const now = Date.now();
    this.diedAt ??= now;
    this.deaths.push({ readyForMs: this.readyAt === null ? null : now - this.readyAt });
    this.readyAt = null;
    const verdict = afterDeath(this.deaths);
    if (verdict.action === 'give-up') {
      const tail = logTail(this.spec.logFile);
      const what = `died ${verdict.attempts} times before it was ready (${cause}); the end of its log:\n${tail}`;
      this.giveUp(this.failure(what));
      return;
    }
    this.set({ state: 'restarting', pid: null, restarts: this.current.restarts + 1 });
    this.listener.onDeath?.(this.current, cause);
    this.timer = setTimeout(() => this.launch(), verdict.delayMs);
  }

  private giveUp(error: CliError): void {
    this.set({ state: 'failed', pid: null });
    this.settleWaiters(error);
    this.listener.onGivenUp?.(error);
  }

  private logOfIncarnation(): string {
    try {
      return readFileSync(this.spec.logFile).subarray(this.logStart).subarray(-DIAGNOSED_BYTES).toString('utf8');
    } catch {
      // Without its log the death is like any other.
      return '';
    }
  }

  private failure(what: string): CliError {
    return new CliError('PROCESS_FAILED', `The ${this.spec.name} process ${what}`);
  }

  private settleWaiters(error: Error | null): void {
    for (const waiter of this.readyWaiters.splice(0)) {
      if (error === null) waiter.resolve();
      else waiter.reject(error);
    }
  }

  private set(change: Partial<ProcessStatus>): void {
    this.current = { ...this.current, ...change };
    this.listener.onStatus?.(this.current);
  }
}

const messageOfSpawn = (error: Error): string => `could not be started: ${error.message}`;

function logTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } catch (error) {
    return `(no log: ${(error as Error).message})`;
  }
}
