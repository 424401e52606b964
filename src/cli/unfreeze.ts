/** `omega unfreeze SYMBOL --by NAME --why REASON`: a human has looked; the broker's position is adopted and entries may be made again. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { stockKey, type TradedSymbol } from '../domain/contracts';
import type { SessionSnapshot } from '../domain/session-snapshot';
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

/** Why the session keeps out of the symbol: frozen, or a stock that the broker holds and it never traded; undefined when it does not. */
function whyUntouched({ frozen, foreignStocks }: SessionSnapshot, symbol: TradedSymbol): string | undefined {
  const foreign = foreignStocks.find((held) => stockKey(held.symbol) === symbol);
  return frozen[symbol] ?? (foreign === undefined ? undefined : `${foreign.quantity} shares that it never traded`);
}

export const unfreezeCommand = (io: CommandIo): Command =>
  new Command('unfreeze')
    .description('lift the freeze of an instrument, by name and with a reason')
    .argument('<symbol>', 'instrument or ticker, as omega status shows it frozen or held without our doing')
    .requiredOption('--by <name>', 'who looked')
    .requiredOption('--why <reason>', 'what was found')
    .option('--json', 'print JSON')
    .action(async (name: string, { by, why, json }: UnfreezeOptions) => {
      const symbol = symbolArgument(name);
      const place = currentPlace(io);
      await withSession(place, async (access) => {
        const was = whyUntouched(await access.snapshot(), symbol);
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
