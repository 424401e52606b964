/** `omega bench NAME …`: measures one of the performance budgets on this machine. */
import { Command } from 'commander';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PACKAGE_ROOT, runFromSource } from './child-command';
import { CliError } from './cli-error';
import { CommandExit } from './command-exit';

const BENCH_FOLDER = 'bench';
/** Programs are `bench/<name>.bench.ts`; what they share lies beside them. */
const SUFFIX = '.bench.ts';

/** Names of the benches that are there. */
export function benchNames(root: string = PACKAGE_ROOT): readonly string[] {
  const folder = join(root, BENCH_FOLDER);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(SUFFIX)).map((file) => basename(file, SUFFIX));
}

export const benchCommand = (): Command =>
  new Command('bench')
    .description(`measure a performance budget: ${benchNames().join(', ') || 'decision-latency, features, gateway'}`)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('<name>')
    .argument('[options...]')
    .action(async (name: string, _options: readonly string[], _parsed: object, command: Command) => {
      if (!benchNames().includes(name)) {
        throw new CliError('USAGE', `There is no bench ${name}; there is ${benchNames().join(', ')}.`);
      }
      throw new CommandExit(await runFromSource(join(BENCH_FOLDER, `${name}${SUFFIX}`), command.args.slice(1)));
    });
