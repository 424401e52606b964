/** What the name of a stored contract means: `ES_201312` is a future of the registry with its delivery month, `AAPL` a stock. Pure. */
import { FUTURE_SYMBOLS, INSTRUMENTS, type FutureSymbol } from '../../domain/instruments';
import { BarStoreError } from './bar-store-error';
import type { SeriesKey } from './series-key';

export type NamedContract =
  | { readonly kind: 'future'; readonly symbol: FutureSymbol; readonly deliveryMonth: string }
  | { readonly kind: 'stock'; readonly ticker: string };

const FUTURE = /^([A-Z0-9]+)_(\d{4}(?:0[1-9]|1[0-2]))$/;
const TICKER = /^[A-Z0-9][A-Z0-9.-]{0,14}$/;

export const futureName = (symbol: FutureSymbol, deliveryMonth: string): string => `${symbol}_${deliveryMonth}`;

/** Throws BarStoreError CONTRACT_UNKNOWN with a sentence that says how names are written. */
export function namedContract(name: string): NamedContract {
  const [, root, deliveryMonth] = FUTURE.exec(name) ?? [];
  const symbol = FUTURE_SYMBOLS.find((known) => known === root);
  if (symbol !== undefined) return { kind: 'future', symbol, deliveryMonth };
  if (TICKER.test(name) && !(FUTURE_SYMBOLS as readonly string[]).includes(name))
    return { kind: 'stock', ticker: name };
  throw new BarStoreError(
    'CONTRACT_UNKNOWN',
    `"${name}" is no contract: write a future with its delivery month (ES_201312; ${FUTURE_SYMBOLS.join(', ')}) or a ticker (AAPL).`,
  );
}

/** The grid that trades of the series lie on; null for midpoints, which lie between, and for stocks, which trade off it, too. */
export function gridOf({ contract, whatToShow }: SeriesKey): number | null {
  const named = namedContract(contract);
  return named.kind === 'future' && whatToShow === 'TRADES' ? INSTRUMENTS[named.symbol].tickSize : null;
}

const STOCK_TICK = 0.01;

/** One tick of the contract, in points. */
export function tickOf({ contract }: Pick<SeriesKey, 'contract'>): number {
  const named = namedContract(contract);
  return named.kind === 'future' ? INSTRUMENTS[named.symbol].tickSize : STOCK_TICK;
}
