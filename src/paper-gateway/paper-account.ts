/**
 * Cash, positions, margin and net liquidation of the simulated account. Invariants:
 *  1. The ledger's cash = start cash + realised price P&L − commissions, always; the cash told is that less what open stocks cost.
 *  2. Net liquidation = the ledger's cash + unrealised P&L of every position at its mark.
 *  3. Daily P&L is measured from the net liquidation at the start of the trade date (17:00 Chicago).
 */
import { exchangeTime } from '../domain/exchange-time';
import type { MarginRate } from '../market-data/recorded-market';
import type { Ledger } from './ledger';
import type { ExecutionRecord, PositionRecord } from './ledger-records';
import type { MarketView } from './market-view';
import {
  applyFill,
  contractMargin,
  roundMoney,
  stockMargin,
  unrealizedOf,
  type ContractMargin,
} from './position-accounting';

export interface AccountFigures {
  readonly netLiquidation: number;
  readonly cash: number;
  readonly unrealizedPnl: number;
  /** Of the trade date, price P&L before commissions. */
  readonly realizedPnl: number;
  readonly dailyPnl: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly grossPositionValue: number;
  /** Of it, stocks: signed. */
  readonly stockValue: number;
  /** Price P&L of futures, open and of the trade date. */
  readonly futuresPnl: number;
}

export class PaperAccount {
  constructor(
    private readonly ledger: Ledger,
    private readonly market: MarketView,
    private readonly margins: readonly MarginRate[],
  ) {}

  /** Books a fill and returns its realised P&L (null for an opening trade). */
  book(conId: number, signedQuantity: number, price: number, commission: number): number | null {
    const multiplier = this.market.listing(conId)?.instrument.multiplier ?? 1;
    const { position, realizedPnl } = applyFill(this.ledger.position(conId), signedQuantity, price, multiplier);
    const { cash, commissions, realizedPnl: total } = this.ledger.account;
    this.ledger.putPosition(position);
    this.ledger.putAccount({
      cash: roundMoney(cash + (realizedPnl ?? 0) - commission),
      commissions: roundMoney(commissions + commission),
      realizedPnl: roundMoney(total + (realizedPnl ?? 0)),
    });
    return realizedPnl;
  }

  /** Price that a position is valued at, points: the market's, or what was paid while there is none. */
  priceOf(position: PositionRecord): number {
    return this.market.mark(position.conId) ?? position.averagePrice;
  }

  unrealized(position: PositionRecord): number {
    const multiplier = this.market.listing(position.conId)?.instrument.multiplier ?? 1;
    return unrealizedOf(position, this.market.mark(position.conId), multiplier);
  }

  figures(): AccountFigures {
    const { cash, positions, startOfDayNetLiquidation } = this.ledger.account;
    let unrealizedPnl = 0;
    let realizedPnl = 0;
    let grossPositionValue = 0;
    let stockCost = 0;
    let stockValue = 0;
    let futuresPnl = 0;
    for (const position of positions) {
      unrealizedPnl += this.unrealized(position);
      realizedPnl += position.realizedToday;
      const listing = this.market.listing(position.conId);
      const multiplier = listing?.instrument.multiplier ?? 1;
      if (listing?.kind === 'stock') {
        stockCost += position.quantity * position.averagePrice;
        stockValue += position.quantity * this.priceOf(position);
      } else futuresPnl += this.unrealized(position) + position.realizedToday;
      grossPositionValue += Math.abs(position.quantity) * this.priceOf(position) * multiplier;
    }
    const netLiquidation = roundMoney(cash + unrealizedPnl);
    const margin = this.marginWith(null);
    return {
      netLiquidation,
      cash: roundMoney(cash - stockCost),
      unrealizedPnl: roundMoney(unrealizedPnl),
      realizedPnl: roundMoney(realizedPnl),
      dailyPnl: roundMoney(netLiquidation - startOfDayNetLiquidation),
      initialMargin: margin.initial,
      maintenanceMargin: margin.maintenance,
      grossPositionValue: roundMoney(grossPositionValue),
      stockValue: roundMoney(stockValue),
      futuresPnl: roundMoney(futuresPnl),
    };
  }

  /** Margin of all positions, after a further signed quantity in one contract when one is given. */
  marginWith(trade: { readonly conId: number; readonly signedQuantity: number } | null): ContractMargin {
    const quantities = new Map(this.ledger.account.positions.map(({ conId, quantity }) => [conId, quantity]));
    if (trade !== null) quantities.set(trade.conId, (quantities.get(trade.conId) ?? 0) + trade.signedQuantity);
    let initial = 0;
    let maintenance = 0;
    for (const [conId, quantity] of quantities) {
      const perContract = this.marginOf(conId);
      initial += Math.abs(quantity) * perContract.initial;
      maintenance += Math.abs(quantity) * perContract.maintenance;
    }
    return { initial: roundMoney(initial), maintenance: roundMoney(maintenance) };
  }

  /** Starts a new trade date: its P&L counts from here, flat positions of the old one are forgotten. */
  startTradeDate(tradeDate: string): void {
    const { netLiquidation } = this.figures();
    const positions = this.ledger.account.positions
      .filter(({ quantity }) => quantity !== 0)
      .map((position) => ({ ...position, realizedToday: 0 }));
    this.ledger.putAccount({ tradeDate, startOfDayNetLiquidation: netLiquidation, positions });
  }

  /** Totals of the executions of a trade date, or of all. */
  executionsOf(tradeDate: string | null): readonly ExecutionRecord[] {
    const { executions } = this.ledger;
    return tradeDate === null ? executions : executions.filter((execution) => execution.tradeDate === tradeDate);
  }

  private marginOf(conId: number): ContractMargin {
    const listing = this.market.listing(conId);
    if (listing === null) return { initial: 0, maintenance: 0 };
    if (listing.kind === 'stock') return stockMargin(this.market.mark(conId));
    const date = Number(exchangeTime(this.market.now, 'America/Chicago').date.replaceAll('-', ''));
    return contractMargin(listing.instrument, this.margins, date, this.market.mark(conId));
  }
}
