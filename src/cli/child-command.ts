/** Commands that are programs of their own: run as a child with the terminal handed over, its exit code passed on. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError } from './cli-error';

/** Root of the installed package: dist/cli (or src/cli) is two levels below it. */
export const PACKAGE_ROOT = resolve(__dirname, '..', '..');

/** Runs a Node program with `args`; resolves to its exit code. Ctrl-C reaches both; the child decides how it leaves. */
export function runNode(
  file: string,
  args: readonly string[],
  options: { readonly require?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  const preload = options.require === undefined ? [] : ['-r', options.require];
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...preload, file, ...args], {
      stdio: 'inherit',
      env: options.env ?? process.env,
    });
    const ignore = (): void => undefined;
    const pass = (signal: NodeJS.Signals) => (): void => void child.kill(signal);
    const onTerm = pass('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', onTerm);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', onTerm);
      done(code ?? 1);
    });
  });
}

/** Runs a TypeScript program of this repository that is not part of the product: benches and drills. */
export function runFromSource(file: string, args: readonly string[]): Promise<number> {
  const path = join(PACKAGE_ROOT, file);
  if (!existsSync(path)) throw new CliError('NOT_FOUND', `${file} is not in this installation: run it from a clone.`);
  return runNode(path, args, { require: join(PACKAGE_ROOT, 'scripts', 'typescript-require.cjs') });
}
