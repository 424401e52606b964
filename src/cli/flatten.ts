/** `omega flatten [symbol]`: cancels and closes one instrument, or everything, through the session. */
import { Command } from 'commander';
import type { FutureSymbol } from '../domain/instruments';
import { FUTURE_SYMBOLS, findInstrument } from '../domain/instruments';
import { flatten } from '../workflows/messages';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import { withSession } from './session-access';
import { printSignalled, readBack } from './session-signal';

/** Registry symbol of a name given on the command line. Throws USAGE naming those that exist. */
export function symbolArgument(name: string): FutureSymbol {
  const instrument = findInstrument(name);
  if (instrument !== null) return instrument.symbol;
  throw new CliError('USAGE', `${name} is not an instrument of the registry; it knows ${FUTURE_SYMBOLS.join(', ')}.`);
}

export const flattenCommand = (io: CommandIo): Command =>
  withOperatorOptions(
    new Command('flatten')
      .description('cancel working orders and close the position of one instrument, or of all')
      .argument('[symbol]', 'ES, GC, …; everything when left out'),
  ).action(async (name: string | undefined, options: OperatorOptions) => {
    const symbol = name === undefined ? null : symbolArgument(name);
    await withSession(currentPlace(io), async (access) => {
      await access.handle.signal(flatten, { ...operatorOf(options, 'omega flatten'), symbol });
      const flat = await readBack(
        access,
        ({ positions, settled }) =>
          settled && positions.every((held) => held.quantity === 0 || (symbol !== null && held.symbol !== symbol)),
      );
      const done = `Flat${symbol === null ? '' : ` in ${symbol}`}.`;
      printSignalled(io, options.json, { command: 'flatten', done, applied: flat !== null });
    });
  });
