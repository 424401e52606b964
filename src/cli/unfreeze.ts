/** `omega unfreeze SYMBOL --by NAME --why REASON`: a human has looked; the broker's position is adopted and entries may be made again. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { unfreeze, type OperatorCommand } from '../workflows/messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { symbolArgument } from './flatten';
import { withSession } from './session-access';

interface UnfreezeOptions extends OperatorCommand {
  readonly json?: boolean;
}

export const unfreezeCommand = (io: CommandIo): Command =>
  new Command('unfreeze')
    .description('lift the freeze of an instrument, by name and with a reason')
    .argument('<symbol>', 'instrument, as omega status shows it frozen')
    .requiredOption('--by <name>', 'who looked')
    .requiredOption('--why <reason>', 'what was found')
    .option('--json', 'print JSON')
    .action(async (name: string, { by, why, json }: UnfreezeOptions) => {
      const symbol = symbolArgument(name);
      const place = currentPlace(io);
      await withSession(place, async (access) => {
        const was = (await access.snapshot()).frozen[symbol];
        if (was === undefined) throw new CliError('NOT_FOUND', `${symbol} is not frozen.`);
        try {
          await access.handle.executeUpdate(unfreeze, { args: [{ symbol, by, why }] });
        } catch (error) {
          if (!(error instanceof WorkflowUpdateFailedError)) throw error;
          throw new CliError('REFUSED', `${symbol} stays frozen: ${messageOf(error.cause ?? error)}.`);
        }
        const line = `${symbol} is no longer frozen (${was}); the broker's position is adopted, by ${by}: ${why}.`;
        printResult(io, json, { command: 'unfreeze', symbol, was }, [line]);
      });
    });
