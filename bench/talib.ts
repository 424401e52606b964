/** TA-Lib's time for the same columns on this machine, in a temporary virtual environment that is removed afterwards. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = join(__dirname, 'talib_features.py');

export type TalibResult =
  | {
      readonly version: string;
      readonly columns: number;
      /** Its columns alone, double precision. */
      readonly seconds: number;
      /** And written as the float32 matrix, row-major, that our pipeline gives. */
      readonly matrixSeconds: number;
      /** Processor time of both. */
      readonly cpuSeconds: number;
      readonly matrixCpuSeconds: number;
    }
  /** Why there is no comparison, one sentence. */
  | { readonly unavailable: string };

async function measure(python: string, rows: number): Promise<TalibResult> {
  const { stdout } = await run(python, [SCRIPT, String(rows)]);
  return JSON.parse(stdout) as TalibResult;
}

/** Uses `python` when it is given (it must have TA-Lib), else installs TA-Lib and numpy from the package index first. */
export async function measureTalib(rows: number, python: string | null): Promise<TalibResult> {
  const folder = await mkdtemp(join(tmpdir(), 'omega-talib-'));
  try {
    if (python !== null) return await measure(python, rows);
    await run('python3', ['-m', 'venv', folder]);
    const own = join(folder, 'bin', 'python');
    await run(own, ['-m', 'pip', 'install', '--quiet', 'TA-Lib==0.8.2', 'numpy']);
    return await measure(own, rows);
  } catch (error) {
    const text = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return { unavailable: `TA-Lib could not be run (${text}); give an interpreter that has it with --python.` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
