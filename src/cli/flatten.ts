/** `omega flatten [symbol]`: cancels and closes one instrument, or everything, through the session. */
import { Command } from 'commander';
import { isStockKey, stockKey, type TradedSymbol } from '../domain/contracts';
import { FUTURE_SYMBOLS, findInstrument } from '../domain/instruments';
import type { SessionSnapshot } from '../domain/session-snapshot';
import { flatten } from '../workflows/messages';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import { withSession } from './session-access';
import { printSignalled, readBack, refuseWhen } from './session-signal';

/**
 * What a name given on the command line means: a future of the registry, else a stock's ticker; `STK:ES` is the stock where both exist.
 * Throws USAGE for what is neither.
 */
export function symbolArgument(name: string): TradedSymbol {
  const instrument = findInstrument(name);
  if (instrument !== null) return instrument.symbol;
  const ticker = name.toUpperCase().replace(/^STK:/, '');
  if (/^[A-Z][A-Z. ]{0,11}$/.test(ticker)) return stockKey(ticker);
  throw new CliError(
    'USAGE',
    `${name} is neither an instrument of the registry (${FUTURE_SYMBOLS.join(', ')}) nor a stock's ticker.`,
  );
}

/** A ticker that the session neither holds nor trades is a slip of the pen. */
function whyNotFlattened({ positions, orders, frozen }: SessionSnapshot, symbol: TradedSymbol): string | null {
  if (!isStockKey(symbol)) return null;
  const known = [...positions, ...orders].some((one) => one.symbol === symbol) || frozen[symbol] !== undefined;
  return known ? null : `The session neither holds nor trades ${symbol}.`;
}

export const flattenCommand = (io: CommandIo): Command =>
  withOperatorOptions(
    new Command('flatten')
      .description('cancel working orders and close the position of one instrument, or of all')
      .argument('[symbol]', 'ES, GC, AAPL, STK:ES …; everything when left out')
      .option('--all', 'everything: what is meant when no symbol is given'),
  ).action(async (name: string | undefined, options: OperatorOptions & { readonly all?: boolean }) => {
    if (name !== undefined && options.all === true) throw new CliError('USAGE', 'Give a symbol or --all, not both.');
    const symbol = name === undefined ? null : symbolArgument(name);
    await withSession(currentPlace(io), async (access) => {
      if (symbol !== null) await refuseWhen(access, (session) => whyNotFlattened(session, symbol));
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
