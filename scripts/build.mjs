/**
 * Compiles src/ to dist/ with swc, file by file and only what is stale, then the workflow bundle that workers load.
 * Invariants: 1. a check with nothing to do reads file times only; 2. every output appears whole (written aside, renamed);
 * 3. a bundle that can't be built fails the build: a worker never compiles workflows by itself.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError, reportFailure, withProgress } from './progress.mjs';
import { ROOT, ensureInstalled } from './setup.mjs';

const WORKFLOWS = 'workflows/index.ts';
const BUNDLE = 'workflow-bundle.js';
/** Rooms whose code workflows may import as values; a change there makes the bundle stale. */
const BUNDLED_ROOMS = ['workflows', 'domain', 'config'];

/**
 * A process loads only the packages that it comes to use, which halves the time of its start. Not for the workflow bundle: what workflows
 * share is loaded before the first of them runs.
 */
const LAZY_PACKAGES = { type: 'commonjs', lazy: true };

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
}

const outputOf = (source) => source.replace(/\.ts$/, '.js');
const isCode = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts');

/** What the build has to do now: sources to compile or copy, outputs whose source is gone, and whether the bundle is stale. */
export function planBuild(root = ROOT) {
  const sources = filesBelow(join(root, 'src')).filter((file) => isCode(file) || file.endsWith('.json'));
  const settingsAt = Math.max(
    ...['.swcrc', 'package-lock.json', 'scripts/build.mjs'].map((name) => modifiedAt(join(root, name))),
  );
  const sourceAt = new Map(sources.map((file) => [file, modifiedAt(join(root, 'src', file))]));
  const stale = sources.filter((file) => {
    const built = modifiedAt(join(root, 'dist', outputOf(file)));
    return built === 0 || built < sourceAt.get(file) || (isCode(file) && built < settingsAt);
  });
  const wanted = new Set(sources.map(outputOf).flatMap((file) => [file, `${file}.map`]));
  const orphans = filesBelow(join(root, 'dist')).filter((file) => file !== BUNDLE && !wanted.has(file));
  const bundleAt = modifiedAt(join(root, 'dist', BUNDLE));
  const bundled = sources.filter((file) => BUNDLED_ROOMS.includes(file.split(/[\\/]/)[0]));
  const staleBundle =
    sourceAt.has(WORKFLOWS) && (bundleAt < settingsAt || bundled.some((file) => sourceAt.get(file) > bundleAt));
  return { stale, orphans, staleBundle };
}

function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}

async function compile(root, file) {
  const from = join(root, 'src', file);
  const to = join(root, 'dist', outputOf(file));
  if (!isCode(file)) {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    return;
  }
  const swc = createRequire(join(root, 'package.json'))('@swc/core');
  const { code, map } = await swc.transformFile(from, {
    configFile: join(root, '.swcrc'),
    module: LAZY_PACKAGES,
    root,
    sourceFileName: relative(dirname(to), from),
  });
  const name = to.split(/[\\/]/).pop();
  if (map !== undefined) writeWhole(`${to}.map`, map);
  writeWhole(to, map === undefined ? code : `${code}//# sourceMappingURL=${name}.map\n`);
}

/** Webpack's own chatter is kept back; what it had to say is shown when the bundle fails. */
async function bundleWorkflows(root) {
  const heard = [];
  const keep = (_message, meta) => heard.push(meta?.error ?? _message);
  const logger = { log: keep, trace: () => {}, debug: () => {}, info: () => {}, warn: keep, error: keep };
  const { bundleWorkflowCode } = createRequire(join(root, 'package.json'))('@temporalio/worker');
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'src', WORKFLOWS), logger });
    writeWhole(join(root, 'dist', BUNDLE), code);
  } catch (error) {
    throw new SetupError(`the workflow bundle could not be built: ${[error.message, ...heard].join('\n')}`, 1);
  }
}

/** Brings dist/ up to date with src/; returns what was done. */
export async function ensureBuilt(root = ROOT) {
  const plan = planBuild(root);
  for (const file of plan.orphans) rmSync(join(root, 'dist', file), { force: true });
  if (plan.stale.length > 0) {
    await withProgress(`compiling ${plan.stale.length} source files`, async () => {
      for (const file of plan.stale) {
        await compile(root, file).catch((error) => {
          throw new SetupError(`src/${file} could not be compiled: ${error.message}`, 1);
        });
      }
    });
  }
  if (plan.staleBundle) await withProgress('bundling the workflows', () => bundleWorkflows(root));
  return plan;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled()
    .then(() => ensureBuilt())
    .catch((error) => {
      process.exitCode = reportFailure(error);
    });
}
