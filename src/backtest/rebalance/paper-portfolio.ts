/** Shares and cash of a back-tested account: distributions, trades at modelled prices, value. Dollars; changed in place, day by day. */
import type { Distribution } from '../../domain/rebalance/distributions';
import type { PlannedTrade } from '../../domain/rebalance/delta-trades';
import {
  affordableQuantity,
  BASIS_POINT,
  cashOf,
  feeOf,
  filledPrice,
  type TradeCosts,
} from '../../domain/rebalance/trade-costs';

export interface PaperCosts {
  readonly fees: number;
  readonly halfSpread: number;
  readonly slippage: number;
}

export interface PaperFill {
  readonly date: string;
  readonly ticker: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  /** With half spread and slippage. */
  readonly price: number;
  readonly fee: number;
}

/** The fills of one day and what was not filled of its trades. */
export interface PaperTrading {
  readonly fills: readonly PaperFill[];
  readonly unfilled: readonly { readonly ticker: string; readonly quantity: number; readonly why: string }[];
}

export class PaperPortfolio {
  readonly shares = new Map<string, number>();
  costs: PaperCosts = { fees: 0, halfSpread: 0, slippage: 0 };
  /** Dividends and the like so far. */
  distributed = 0;
  /** Dollars bought and sold so far. */
  traded = { bought: 0, sold: 0 };

  constructor(public cash: number) {}

  /** Whole shares after a split; what is left of one is paid at `closeBefore`, as brokers do. */
  distribute(ticker: string, distribution: Distribution, closeBefore: number): void {
    const held = this.shares.get(ticker) ?? 0;
    if (held === 0) return;
    const paid = distribution.kind === 'cash' ? held * distribution.perShare : 0;
    if (distribution.kind === 'split') {
      const after = held * distribution.ratio;
      this.shares.set(ticker, Math.floor(after));
      this.cash += (after - Math.floor(after)) * (closeBefore / distribution.ratio);
    }
    this.cash += paid;
    this.distributed += paid;
  }

  /** Sells, then buys with the cash there is, at `opens`; a ticker without an open is not filled. */
  trade(
    date: string,
    trades: readonly PlannedTrade[],
    opens: ReadonlyMap<string, number>,
    lot: number,
    costs: TradeCosts,
  ): PaperTrading {
    const fills: PaperFill[] = [];
    const unfilled: { ticker: string; quantity: number; why: string }[] = [];
    for (const { ticker, side, quantity } of trades) {
      const open = opens.get(ticker);
      if (open === undefined || !(open > 0)) {
        unfilled.push({ ticker, quantity, why: 'it did not open' });
        continue;
      }
      const held = this.shares.get(ticker) ?? 0;
      const filled =
        side === 'sell' ? Math.min(quantity, held) : affordableQuantity(quantity, open, this.cash, lot, costs);
      if (filled < quantity)
        unfilled.push({
          ticker,
          quantity: quantity - filled,
          why: side === 'sell' ? 'no more is held' : 'no cash for more',
        });
      if (filled === 0) continue;
      this.shares.set(ticker, held + (side === 'sell' ? -filled : filled));
      this.cash += cashOf(side, filled, open, costs);
      this.note(side, filled, open, costs);
      fills.push({
        date,
        ticker,
        side,
        quantity: filled,
        price: filledPrice(side, open, costs),
        fee: feeOf(filled, costs),
      });
    }
    return { fills, unfilled };
  }

  private note(side: 'buy' | 'sell', quantity: number, open: number, costs: TradeCosts): void {
    const notional = quantity * open;
    const { fees, halfSpread, slippage } = this.costs;
    this.costs = {
      fees: fees + feeOf(quantity, costs),
      halfSpread: halfSpread + notional * costs.halfSpreadBps * BASIS_POINT,
      slippage: slippage + notional * costs.slippageBps * BASIS_POINT,
    };
    this.traded =
      side === 'buy'
        ? { ...this.traded, bought: this.traded.bought + notional }
        : { ...this.traded, sold: this.traded.sold + notional };
  }

  holdings(): readonly { readonly ticker: string; readonly quantity: number }[] {
    return [...this.shares]
      .filter(([, quantity]) => quantity !== 0)
      .map(([ticker, quantity]) => ({ ticker, quantity }));
  }

  valueAt(closes: ReadonlyMap<string, number>): number {
    return [...this.shares].reduce((sum, [ticker, quantity]) => sum + quantity * (closes.get(ticker) ?? 0), this.cash);
  }
}
