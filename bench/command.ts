/** What the benches' command lines have in common: `--json [FILE]` and whole-number options. */
import { Command, InvalidArgumentError } from 'commander';
import { writeFileSync } from 'node:fs';

/** False: text; true: JSON on standard output; a name: JSON in that file beside the text. */
export type JsonTarget = boolean | string;

function countOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('give a whole number above 0.');
  return Number(text);
}

/** Reads this program's arguments; every key of `counts` is an option with that default. */
export function readOptions<K extends string>(
  name: string,
  counts: Readonly<Record<K, number>>,
): { readonly json: JsonTarget } & Readonly<Record<K, number>> {
  const command = new Command(name).option('--json [file]', 'print JSON, or write it there');
  for (const [option, value] of Object.entries<number>(counts))
    command.option(`--${option} <count>`, '', countOf, value);
  return { json: false, ...command.parse().opts<{ readonly json?: JsonTarget } & Record<K, number>>() };
}

/** Prints or writes a result. */
export function printBench<T>(json: JsonTarget, result: T, textOf: (result: T) => readonly string[]): void {
  const document = `${JSON.stringify(result, null, 2)}\n`;
  process.stdout.write(json === true ? document : `${textOf(result).join('\n')}\n`);
  if (typeof json === 'string') writeFileSync(json, document);
}

/** Runs a bench's program; a failure is told and makes the exit code 1. */
export function runBench(program: () => Promise<void>): void {
  program().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
