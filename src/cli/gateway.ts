/** `omega gateway …`: the built-in paper gateway as a program of its own; its options are its own (`omega gateway --help`). */
import { Command } from 'commander';
import { join } from 'node:path';
import { PACKAGE_ROOT, runNode } from './child-command';
import { CommandExit } from './command-exit';

export const GATEWAY_PROGRAM = join(PACKAGE_ROOT, 'dist', 'paper-gateway', 'main.js');

export const gatewayCommand = (): Command =>
  new Command('gateway')
    .description('run the paper gateway that speaks the TWS protocol')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (_options: readonly string[], _parsed: object, command: Command) => {
      throw new CommandExit(await runNode(GATEWAY_PROGRAM, command.args));
    });
