/** Real processes for crash tests: started on fixed ports, killed, started again. Each knows how to say that it is up. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';

export const ROOT = process.cwd();

/** Below what systems give to outgoing connections: one of those could take the port before its process listens. */
const [FIRST_PORT, PORTS] = [20_000, 12_000];

/** Different ports that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = [];
  while (held.length < count) {
    const server = await listening(FIRST_PORT + randomInt(PORTS));
    if (server !== null) held.push(server);
  }
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Null when the port is taken. */
const listening = (port: number): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

export interface ProcessPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Gives the process an IPC channel, so that it ends with us. */
  readonly ipc: boolean;
}

/** One process that may be killed and started again any number of times. */
export class TestProcess {
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();

  constructor(private readonly plan: ProcessPlan) {}

  start(extraEnv: NodeJS.ProcessEnv = {}): void {
    const log = createWriteStream(this.plan.logFile, { flags: 'a' });
    const child = spawn(this.plan.command, this.plan.args, {
      cwd: ROOT,
      env: { ...process.env, ...this.plan.env, ...extraEnv },
      stdio: this.plan.ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
    });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    this.child = child;
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** Resolves when the process has died by itself; rejects when it lives on. */
  async died(patienceMs = 20_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.plan.args[0]} did not reach its fail-point`)), patienceMs);
    });
    await Promise.race([this.exited, late]).finally(() => clearTimeout(timer));
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.exited;
  }
}

/** Repeats until it neither throws nor answers null; for things that come up. */
export async function eventually<T>(what: string, attempt: () => Promise<T | null>, patienceMs = 30_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  let last: unknown = null;
  for (;;) {
    try {
      const answer = await attempt();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${String(last)}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
