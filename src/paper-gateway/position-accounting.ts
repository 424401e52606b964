/** What a fill does to a position, and what positions are worth: pure arithmetic in dollars and points. */
import type { Instrument } from '../domain/instruments';
import type { MarginRate } from '../market-data/recorded-market';
import type { PositionRecord } from './ledger-records';

/** Cents of cents: keeps sums of decimals free of binary dust and of −0, far below anything a trader sees. */
export const roundMoney = (amount: number): number => Math.round(amount * 1e6) / 1e6 + 0;

export interface FillEffect {
  readonly position: PositionRecord;
  /** Price P&L of the closed quantity; null when nothing was closed. */
  readonly realizedPnl: number | null;
}

/** Applies a signed fill: closes against the average price first, then opens the rest at the fill price. */
export function applyFill(
  position: PositionRecord,
  signedQuantity: number,
  price: number,
  multiplier: number,
): FillEffect {
  const { quantity, averagePrice, realizedToday } = position;
  const closing =
    Math.sign(signedQuantity) === -Math.sign(quantity) ? Math.min(Math.abs(signedQuantity), Math.abs(quantity)) : 0;
  const after = quantity + signedQuantity;
  const realizedPnl =
    closing === 0 ? null : roundMoney((price - averagePrice) * Math.sign(quantity) * closing * multiplier);
  const opened = Math.abs(signedQuantity) - closing;
  const averageAfter =
    after === 0
      ? 0
      : opened === 0
        ? averagePrice
        : closing > 0
          ? price
          : (averagePrice * Math.abs(quantity) + price * opened) / Math.abs(after);
  return {
    position: {
      conId: position.conId,
      quantity: after,
      averagePrice: averageAfter,
      realizedToday: roundMoney(realizedToday + (realizedPnl ?? 0)),
    },
    realizedPnl,
  };
}

/** Unrealised P&L of a position at a mark price, dollars. */
export const unrealizedOf = (position: PositionRecord, mark: number | null, multiplier: number): number =>
  mark === null || position.quantity === 0
    ? 0
    : roundMoney((mark - position.averagePrice) * position.quantity * multiplier);

/** Share of the contract's value taken as margin where the data folder has no table of margins. */
const DEFAULT_INITIAL_SHARE = 0.05;
const MAINTENANCE_SHARE_OF_INITIAL = 0.9;

/** Regulation T: half of a stock's value to open a position; a quarter to keep it. */
const STOCK_INITIAL_SHARE = 0.5;
const STOCK_MAINTENANCE_SHARE = 0.25;

export const stockMargin = (price: number | null): ContractMargin => ({
  initial: roundMoney((price ?? 0) * STOCK_INITIAL_SHARE),
  maintenance: roundMoney((price ?? 0) * STOCK_MAINTENANCE_SHARE),
});

export interface ContractMargin {
  readonly initial: number;
  readonly maintenance: number;
}

/** Margin per contract in force on a date (YYYYMMDD): the last rate from that date or before, else a share of the contract's value. */
export function contractMargin(
  instrument: Instrument,
  rates: readonly MarginRate[],
  date: number,
  price: number | null,
): ContractMargin {
  const ofSymbol = rates.filter(({ symbol }) => symbol === instrument.symbol).sort((a, b) => a.from - b.from);
  const rate = ofSymbol.findLast(({ from }) => from <= date) ?? ofSymbol[0];
  if (rate !== undefined) return { initial: rate.initial, maintenance: rate.maintenance };
  const initial = roundMoney((price ?? 0) * instrument.multiplier * DEFAULT_INITIAL_SHARE);
  return { initial, maintenance: roundMoney(initial * MAINTENANCE_SHARE_OF_INITIAL) };
}
