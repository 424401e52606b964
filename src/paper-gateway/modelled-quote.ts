/** Quotes of stocks, which are recorded without any: modelled around a traded price, and called so wherever they are shown. */
import { stockTickAt } from '../domain/contracts';

/** Half the spread of large US stocks, as a fraction of the price; never less than to the next tick. */
export const MODELLED_HALF_SPREAD = 1.5e-4;

/** Free of what binary fractions leave beyond the tick's decimals. */
const clean = (price: number): number => Number(price.toFixed(4));

/** Bid and ask around `price`, each the half-spread away and rounded outward to the tick. */
export function modelledQuote(price: number): { readonly bid: number; readonly ask: number } {
  const tick = stockTickAt(price);
  const half = price * MODELLED_HALF_SPREAD;
  // Noise of the division must not push a price that is on the grid a whole tick outward.
  const down = Math.floor((price - half) / tick + 1e-9);
  const up = Math.ceil((price + half) / tick - 1e-9);
  return { bid: clean(Math.max(1, down) * tick), ask: clean(up * tick) };
}
