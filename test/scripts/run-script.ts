/** Runs set-up scripts as users do: as ES modules in a Node process of their own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], env: NodeJS.ProcessEnv): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], { encoding: 'utf8', env, timeout: 20_000 });
  return { status, stdout, stderr };
};

/** `node scripts/<name>` with exactly this environment. */
export const runScript = (name: string, env: NodeJS.ProcessEnv): Ended => run([join(SCRIPTS, name)], env);

/** Evaluates `body` with the exports of `scripts/<name>` as `m`; what it returns is printed as JSON and parsed. */
export function evaluate(name: string, body: string, env: NodeJS.ProcessEnv = process.env): unknown {
  const url = pathToFileURL(join(SCRIPTS, name)).href;
  const code = `const m = await import(${JSON.stringify(url)}); const result = await (async () => { ${body} })(); process.stdout.write(JSON.stringify(result ?? null));`;
  const { status, stdout, stderr } = run(['--input-type=module', '-e', code], env);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}
