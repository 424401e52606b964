/** One execution of a back-test, or of a recorded day, in the words both share. */
import type { FutureSymbol } from '../domain/instruments';
import type { OrderLeg } from '../domain/ids';

export interface ExecutedTrade {
  readonly tradeDate: string;
  /** Market time, UTC ms. */
  readonly time: number;
  readonly symbol: FutureSymbol;
  readonly conId: number;
  readonly leg: OrderLeg;
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  readonly price: number;
  /** Dollars. */
  readonly fee: number;
}
