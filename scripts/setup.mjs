/**
 * Makes a fresh clone runnable: checks Node and installs the locked packages. Node built-ins only: nothing is installed yet.
 * Safe to repeat: an unchanged lockfile costs one hash.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SetupError, reportFailure, withProgress } from './progress.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];
const STAMP = 'node_modules/.omega-lock-hash';

/** Throws one sentence when this Node is older than the locked packages need. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [wantMajor, wantMinor] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new SetupError(
    `Node ${wantMajor}.${wantMinor} or newer is needed, this is ${version}: install one from https://nodejs.org and start again.`,
  );
}

/** True when node_modules holds exactly the locked versions, by npm's own record (somebody ran npm ci by hand). */
function holdsLockedPackages(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

/** Whether the installed packages are those of package-lock.json; remembers the answer in node_modules. */
export function isInstalled(root = ROOT) {
  if (!existsSync(join(root, 'node_modules'))) return false;
  const hash = lockHash(root);
  const stamp = join(root, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  if (!holdsLockedPackages(root)) return false;
  writeFileSync(stamp, hash);
  return true;
}

const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

/** Runs npm; rejects with the last lines of its output when it fails. */
function npm(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      // CPU inference only: onnxruntime-node must not fetch its CUDA build.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
    let tail = '';
    const keep = (chunk) => {
      tail = (tail + chunk.toString()).slice(-2_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new SetupError(`npm could not be started: ${error.message}`)));
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new SetupError(`npm ${args.join(' ')} failed (exit code ${code}):\n${tail.trim()}`)),
    );
  });
}

/** Installs the locked packages when they are absent or of another lockfile. Install scripts of packages are not run. */
export async function ensureInstalled(root = ROOT) {
  checkNode();
  if (isInstalled(root)) return;
  await withProgress('installing the locked npm packages', () =>
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], root),
  );
  writeFileSync(join(root, STAMP), lockHash(root));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled().catch((error) => {
    process.exitCode = reportFailure(error);
  });
}
