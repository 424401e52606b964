/**
 * Compiles the feature kernels of assembly/features (AssemblyScript) to src/features/kernels/compiled.json. Run after changing them:
 * the result is committed, so that nobody else needs the compiler; a test compares the hash of the sources.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(fileURLToPath(import.meta.url), '../..');
const SOURCES = join(ROOT, 'assembly/features');
const COMPILER = 'assemblyscript@0.28.20';

/** sha256 over names and texts of the sources, hex. */
function sourceHash() {
  const hash = createHash('sha256');
  for (const file of readdirSync(SOURCES).sort()) hash.update(`${file}\n`).update(readFileSync(join(SOURCES, file)));
  return hash.digest('hex');
}

const folder = mkdtempSync(join(tmpdir(), 'omega-kernels-'));
try {
  const output = join(folder, 'kernels.wasm');
  const options = [
    '-O3',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--noAssert',
    '--disableWarning',
    '112',
    '-o',
    output,
  ];
  const command = ['--yes', '--package', COMPILER, 'asc', join(SOURCES, 'index.ts'), ...options];
  execFileSync('npx', command, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const compiled = { compiler: COMPILER, sourceHash: sourceHash(), wasm: readFileSync(output).toString('base64') };
  writeFileSync(join(ROOT, 'src/features/kernels/compiled.json'), `${JSON.stringify(compiled, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
