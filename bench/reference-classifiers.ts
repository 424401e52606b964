/** LightGBM's and scikit-learn's fit times on the same rows and machine, in a temporary virtual environment that is removed afterwards. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Dataset } from '../src/learning/dataset';

const run = promisify(execFile);
const SCRIPT = join(__dirname, 'reference_classifiers.py');

export type ClassifierKind = 'boosting' | 'forest' | 'network';
export type ReferenceResult =
  | { readonly library: string; readonly version: string; readonly fitSeconds: number }
  /** Why there is no comparison, one sentence. */
  | { readonly unavailable: string };

/** Uses `python` when it is given (it must have lightgbm and scikit-learn), else installs them from the package index first. */
export async function measureReference(
  kind: ClassifierKind,
  { x, y, rows, columns, classes }: Dataset,
  repeats: number,
  python: string | null,
): Promise<ReferenceResult> {
  const folder = await mkdtemp(join(tmpdir(), 'omega-reference-'));
  try {
    const files = [join(folder, 'x.bin'), join(folder, 'y.bin')] as const;
    await writeFile(files[0], new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
    await writeFile(files[1], y);
    const interpreter = python ?? (await install(folder));
    const sizes = [rows, columns, classes, repeats].map(String);
    const { stdout } = await run(interpreter, [SCRIPT, kind, ...files, ...sizes]);
    return JSON.parse(stdout) as ReferenceResult;
  } catch (error) {
    const text = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return { unavailable: `The reference could not be run (${text}); give an interpreter that has it with --python.` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function install(folder: string): Promise<string> {
  await run('python3', ['-m', 'venv', join(folder, 'venv')]);
  const python = join(folder, 'venv', 'bin', 'python');
  await run(python, ['-m', 'pip', 'install', '--quiet', 'lightgbm==4.7.0', 'scikit-learn==1.9.1', 'numpy']);
  return python;
}
