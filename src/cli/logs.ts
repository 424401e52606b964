/** `omega logs [process] [--follow]`: what the processes wrote, of the running demonstration or of the configured state folder. */
import { Command } from 'commander';
import { closeSync, existsSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import { sleep } from './demo/wait-for';

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines: string;
  readonly json?: boolean;
}

const FOLLOW_POLL_MS = 200;
const LARGEST_READ = 1 << 20;

/** Text of `file` from byte `from`, at most 1 MiB of its end. */
function readFrom(file: string, from: number): { readonly text: string; readonly end: number } {
  const end = statSync(file).size;
  const start = Math.max(from > end ? 0 : from, end - LARGEST_READ);
  const bytes = Buffer.alloc(end - start);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, bytes, 0, bytes.length, start);
  } finally {
    closeSync(handle);
  }
  return { text: bytes.toString('utf8'), end };
}

/** Log files of a folder; throws NOT_FOUND naming those that exist. */
export function logFiles(folder: string, process: string | undefined): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : [];
  if (names.length === 0) throw new CliError('NOT_FOUND', `There are no logs in ${folder} yet.`);
  if (process === undefined) return names.sort().map((name) => join(folder, name));
  if (names.includes(`${process}.log`)) return [join(folder, `${process}.log`)];
  const known = names.map((name) => basename(name, '.log')).join(', ');
  throw new CliError('NOT_FOUND', `There is no log of ${process}; there is ${known}.`);
}

function printLines(io: CommandIo, file: string, text: string, several: boolean, json: boolean | undefined): void {
  const source = basename(file, '.log');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (json === true) io.out(JSON.stringify({ process: source, line }));
    else io.out(several ? `${source.padEnd(8)} ${line}` : line);
  }
}

/** Prints what is appended until `signal` aborts; only whole lines, so that two processes' lines never mix. */
async function follow(
  io: CommandIo,
  ends: Map<string, number>,
  json: boolean | undefined,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const [file, from] of ends) {
      const { text, end } = readFrom(file, from);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      ends.set(file, end - Buffer.byteLength(text.slice(whole.length)));
      printLines(io, file, whole, ends.size > 1, json);
    }
    await sleep(FOLLOW_POLL_MS);
  }
}

export const logsCommand = (io: CommandIo): Command =>
  new Command('logs')
    .description('what the processes wrote')
    .argument('[process]', 'temporal, gateway, trader or market; all when left out')
    .option('-f, --follow', 'go on printing until Ctrl-C')
    .option('-n, --lines <count>', 'lines from the end of each log', '20')
    .option('--json', 'print one JSON object a line')
    .action(async (process: string | undefined, options: LogsOptions) => {
      const count = Number(options.lines);
      if (!Number.isInteger(count) || count < 0) {
        throw new CliError('USAGE', `--lines needs a whole number, not ${options.lines}.`);
      }
      const files = logFiles(currentPlace(io).logs, process);
      const ends = new Map<string, number>();
      for (const file of files) {
        const { text, end } = readFrom(file, 0);
        const tail = text
          .trimEnd()
          .split('\n')
          .slice(-count || Infinity);
        printLines(io, file, count === 0 ? '' : tail.join('\n'), files.length > 1, options.json);
        ends.set(file, end);
      }
      if (options.follow === true) await follow(io, ends, options.json, AbortSignal.any([]));
    });
