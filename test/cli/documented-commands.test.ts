/** Every command has a row in docs/commands.md, and every row is a command that there is. */
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { omegaCommand } from '../../src/cli/main';

const page = readFileSync(join(__dirname, '../../docs/commands.md'), 'utf8');
const silent = { out: () => undefined, err: () => undefined, env: {}, folder: '.' };

/** Names of the commands that do something: `data heal`, `rebalance` and `rebalance start`. */
const commandsOf = (command: Command, above: readonly string[] = []): readonly string[] =>
  command.commands.flatMap((one) => {
    const path = [...above, one.name()];
    const below = commandsOf(one, path);
    // Only a command with options of its own, or without any below, is one by itself.
    const own = below.length === 0 || one.options.length > 0 ? [path.join(' ')] : [];
    return [...own, ...below];
  });

/** `models promote\|approve RUN` is two commands; what follows the names is left out. */
function documented(span: string): readonly string[] {
  let paths: readonly string[] = [''];
  for (const token of span.split(' ')) {
    if (!/^[a-z][a-z\\|-]*$/.test(token)) break;
    paths = paths.flatMap((path) => token.split('\\|').map((name) => `${path} ${name}`.trim()));
  }
  return paths;
}

const [beforeDemonstration] = page.split('## The demonstration');
const rows = [...beforeDemonstration.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span).filter((span) => !span.startsWith('npm ')),
);
const named = [...new Set(rows.flatMap(documented))].filter((name) => name !== '');

/** A row may go on after the command's name: `bench drift`, `models pull minilm`. */
const isOf = (row: string, command: string): boolean => row === command || row.startsWith(`${command} `);

test('no command is missing', () => {
  // The demonstration has a chapter of its own.
  const missing = commandsOf(omegaCommand(silent)).filter(
    (name) => name !== 'demo' && !named.some((row) => isOf(row, name)),
  );
  expect(missing).toEqual([]);
});

test('no row is of a command that is gone', () => {
  const known = commandsOf(omegaCommand(silent));
  expect(named.filter((row) => !known.some((command) => isOf(row, command)))).toEqual([]);
});
