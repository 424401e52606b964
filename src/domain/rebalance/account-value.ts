/** What the account holds and is worth at the closes of the day of decision. Pure; dollars and shares. */
import { ownTicker } from '../share-class';
import { barsThrough, type DailyHistory } from './daily-history';
import { RebalanceError } from './rebalance-error';

export interface Holding {
  readonly ticker: string;
  /** Shares; negative when short. */
  readonly quantity: number;
}

/** Holdings by our own tickers, of positions by the broker's names; the same stock named twice is one. */
export function heldShares(
  positions: readonly { readonly symbol: string; readonly quantity: number }[],
): readonly Holding[] {
  const shares = new Map<string, number>();
  for (const { symbol, quantity } of positions) {
    const ticker = ownTicker(symbol);
    shares.set(ticker, (shares.get(ticker) ?? 0) + quantity);
  }
  return [...shares].map(([ticker, quantity]) => ({ ticker, quantity }));
}

export interface AccountValue {
  /** By ticker, alphabetical; nothing of 0 shares. */
  readonly held: ReadonlyMap<string, number>;
  /** Cash and every priced holding. */
  readonly equity: number;
  /** Held without a price on the day: not in the equity. */
  readonly unpriced: readonly string[];
}

/** Unadjusted closes of `date` above 0. */
export const closesOn = (histories: readonly DailyHistory[], date: string): ReadonlyMap<string, number> =>
  new Map(
    histories.flatMap((history) => {
      const last = barsThrough(history, date).at(-1);
      return last?.date === date && last.close > 0 ? [[history.ticker, last.close] as const] : [];
    }),
  );

/** Throws RebalanceError INVALID_HOLDING, EQUITY_NOT_POSITIVE. */
export function valueAccount(
  holdings: readonly Holding[],
  cash: number,
  prices: ReadonlyMap<string, number>,
): AccountValue {
  const held = new Map<string, number>();
  for (const { ticker, quantity } of [...holdings].sort((a, b) => (a.ticker < b.ticker ? -1 : 1))) {
    if (!Number.isFinite(quantity) || held.has(ticker))
      throw new RebalanceError('INVALID_HOLDING', `The account's ${ticker} is named twice or is no number of shares.`);
    if (quantity !== 0) held.set(ticker, quantity);
  }
  const equity = [...held].reduce((sum, [ticker, shares]) => sum + shares * (prices.get(ticker) ?? 0), cash);
  if (!(equity > 0))
    throw new RebalanceError(
      'EQUITY_NOT_POSITIVE',
      `The account is worth $${equity.toFixed(2)}: there is nothing to invest, and no weight can be told.`,
    );
  return { held, equity, unpriced: [...held.keys()].filter((ticker) => !prices.has(ticker)) };
}
