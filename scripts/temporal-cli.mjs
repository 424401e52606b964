/**
 * Finds or gets the Temporal server (the `temporal` command line tool with its development server inside).
 * Order: OMEGA_TEMPORAL_CLI names it · TEMPORAL_ADDRESS: a running server is used, none is started · `temporal` on PATH ·
 * this project's cache outside the source tree · the official download · `go install` · else a sentence saying how to get it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError, reportFailure, say, withProgress } from './progress.mjs';
import { DownloadFailed, downloadTemporal } from './temporal-download.mjs';

export const TEMPORAL_VERSION = '1.5.1';
/** The oldest command line tool whose development server takes every flag we pass; builds from source call themselves 0.0.0-DEV. */
const OLDEST_ON_PATH = [1, 3];
const GO_MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`;
const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Where the project keeps its own copy: `$XDG_CACHE_HOME` (or ~/.cache)/omega/temporal-<version>/temporal. */
export function cachedCliPath(env = process.env) {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(base, 'omega', `temporal-${TEMPORAL_VERSION}`, EXECUTABLE);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `temporal version 1.5.1 (Server …)` → true when recent enough; a build from source says 0.0.0-DEV and counts as recent. */
export function isRecentEnough(versionText) {
  const match = /version (\d+)\.(\d+)\.(\d+)(-DEV)?/.exec(versionText);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (match[4] !== undefined && major === 0) return true;
  return major > OLDEST_ON_PATH[0] || (major === OLDEST_ON_PATH[0] && minor >= OLDEST_ON_PATH[1]);
}

/** The first `temporal` on PATH, or null when there is none or it is too old (then a notice is given). */
export function cliOnPath(env = process.env, notice = say) {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, EXECUTABLE))
    .find(isExecutable);
  if (path === undefined) return null;
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (answer.status === 0 && isRecentEnough(answer.stdout)) return path;
  notice(`${path} is older than ${OLDEST_ON_PATH.join('.')} or does not run; another temporal is looked for`);
  return null;
}

/** What is here already, without network: `{ kind: 'address' | 'binary', … }`, or null. Throws when OMEGA_TEMPORAL_CLI is wrong. */
export function findTemporal(env = process.env, notice = say) {
  if (env.OMEGA_TEMPORAL_CLI) {
    const path = resolve(env.OMEGA_TEMPORAL_CLI);
    if (!isExecutable(path)) throw new SetupError(`OMEGA_TEMPORAL_CLI names ${path}, which is not an executable file.`);
    return { kind: 'binary', path, source: 'OMEGA_TEMPORAL_CLI' };
  }
  if (env.TEMPORAL_ADDRESS) return { kind: 'address', address: env.TEMPORAL_ADDRESS, source: 'TEMPORAL_ADDRESS' };
  const onPath = cliOnPath(env, notice);
  if (onPath !== null) return { kind: 'binary', path: onPath, source: 'PATH' };
  const cached = cachedCliPath(env);
  return isExecutable(cached) ? { kind: 'binary', path: cached, source: 'cache' } : null;
}

/** Builds the tool from its published Go module, in the Go proxy's own way; null when there is no Go here. */
async function goInstall(target, env) {
  if (spawnSync('go', ['version'], { env, encoding: 'utf8' }).status !== 0) return 'Go is not installed';
  const folder = `${target}.go-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    await withProgress(`building the Temporal server with Go, 3 to 4 minutes, once`, () => runGo(folder, env));
    renameSync(join(folder, EXECUTABLE), target);
    return null;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runGo(folder, env) {
  return new Promise((done, reject) => {
    const child = spawn('go', ['install', GO_MODULE], {
      env: { ...env, GOBIN: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let tail = '';
    child.stderr.on('data', (chunk) => {
      tail = (tail + chunk.toString()).slice(-1_000);
    });
    child.on('error', (error) => reject(new SetupError(error.message)));
    child.on('close', (code) =>
      code === 0 ? done() : reject(new SetupError(`go install failed (exit code ${code}): ${tail.trim()}`)),
    );
  });
}

const howToGetIt = (target, failures) =>
  [
    'no Temporal server could be had.',
    ...failures.map((failure) => `  - ${failure}`),
    'Any one of these helps:',
    '  - install the Temporal CLI (https://docs.temporal.io/cli#install) so that `temporal` is on PATH',
    `  - put the executable at ${target}, or name it in OMEGA_TEMPORAL_CLI`,
    `  - install Go (https://go.dev/dl), and ${GO_MODULE} is built by itself`,
    '  - set TEMPORAL_ADDRESS to the host:port of a running Temporal server',
  ].join('\n');

/** Finds the server or gets it. Resolves to `{ kind: 'address', address } | { kind: 'binary', path }`; rejects with a SetupError. */
export async function resolveTemporal(env = process.env, download = downloadTemporal, build = goInstall) {
  const found = findTemporal(env);
  if (found !== null) return found;
  const target = cachedCliPath(env);
  mkdirSync(join(target, '..'), { recursive: true });
  const failures = [];
  try {
    await download(TEMPORAL_VERSION, target);
    return { kind: 'binary', path: target, source: 'download' };
  } catch (error) {
    if (!(error instanceof DownloadFailed)) throw error;
    say(`${error.message}; building it instead`);
    failures.push(error.message);
  }
  const trouble = await build(target, env);
  if (trouble === null && existsSync(target)) return { kind: 'binary', path: target, source: 'go install' };
  failures.push(trouble ?? 'go install left no executable');
  throw new SetupError(howToGetIt(target, failures));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await resolveTemporal()
    .then((found) => process.stdout.write(`${found.kind === 'binary' ? found.path : found.address}\n`))
    .catch((error) => {
      process.exitCode = reportFailure(error);
    });
}
