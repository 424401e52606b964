/** Who gives an order to the session and why: written into its history. */
import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { OperatorCommand } from '../workflows/messages';

export interface OperatorOptions {
  readonly by?: string;
  readonly why?: string;
  readonly json?: boolean;
}

/** Adds --by, --why and --json; both names default to something true. */
export const withOperatorOptions = (command: Command): Command =>
  command
    .option('--by <name>', 'who asks (default: the user logged in)')
    .option('--why <reason>', 'why, shown wherever the effect is shown')
    .option('--json', 'print JSON');

export const operatorOf = (options: OperatorOptions, defaultWhy: string): OperatorCommand => ({
  by: options.by ?? userInfo().username,
  why: options.why ?? defaultWhy,
});
