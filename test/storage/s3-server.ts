/** A real S3 server for the tests: versitygw over a temporary folder, built from its published Go module when it is not there yet. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
const FOLDER = join(homedir(), '.cache', 'omega', `versitygw-${VERSION}`);
/** About 90 s cold on two cores; a module proxy that does not answer must not hold the tests up for longer than this. */
const INSTALL_LIMIT_MS = 300_000;
const START_LIMIT_MS = 20_000;

export const S3_ACCESS_KEY = 'test-access';
export const S3_SECRET_KEY = 'test-secret-of-the-tests';
export const S3_REGION = 'us-east-2';

// Past jest's console, which buffers: somebody is waiting in front of the terminal.
const say = (text: string): void => {
  writeSync(2, `${text}\n`);
};

/** The server's program: OMEGA_VERSITYGW, the cache, or `go install` once; or why there is none. Synchronous: it decides what is a test. */
export function resolveS3Server(): { readonly path: string } | { readonly missing: string } {
  const given = process.env.OMEGA_VERSITYGW;
  if (given !== undefined) {
    return existsSync(given) ? { path: given } : { missing: `OMEGA_VERSITYGW names ${given}, which does not exist` };
  }
  const path = join(FOLDER, 'versitygw');
  if (existsSync(path)) return { path };
  say(`S3 tests: building versitygw ${VERSION} with go install, once, one to three minutes …`);
  try {
    mkdirSync(FOLDER, { recursive: true });
    execFileSync('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: FOLDER },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INSTALL_LIMIT_MS,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').slice(-2).join(' ') : String(error);
    return { missing: `versitygw ${VERSION} is not in ${FOLDER} and could not be built (${why})` };
  }
  return existsSync(path) ? { path } : { missing: `go install left no versitygw in ${FOLDER}` };
}

/** Says once, where nobody can miss it, that a suite did not run against S3. */
export const announceMissing = (why: string): void => say(`S3 TESTS NOT RUN: ${why}.`);

export interface S3Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts the server on a free port with one empty bucket. */
export async function startS3Server(path: string, bucket: string): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'omega-s3-'));
  const data = join(folder, 'data');
  const sidecar = join(folder, 'metadata');
  mkdirSync(join(data, bucket), { recursive: true });
  mkdirSync(sidecar);
  const port = await freePort();
  const child = spawn(
    path,
    ['--port', `127.0.0.1:${port}`, '--region', S3_REGION, '--quiet', 'posix', '--sidecar', sidecar, data],
    {
      env: { ...process.env, ROOT_ACCESS_KEY_ID: S3_ACCESS_KEY, ROOT_SECRET_ACCESS_KEY: S3_SECRET_KEY },
      stdio: 'ignore',
    },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(endpoint, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode} before it answered`);
    const answer = await fetch(endpoint).catch(() => null);
    if (answer !== null) return;
    await sleep(50);
  }
  throw new Error(`versitygw did not answer on ${endpoint} in ${START_LIMIT_MS} ms`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
