/** A tradable contract as the broker names it; JSON-safe, it travels in orders and audit records. */
import type { FutureSymbol } from './instruments';

export interface FutureContract {
  readonly secType: 'FUT';
  readonly symbol: FutureSymbol;
  readonly conId: number;
  readonly ibSymbol: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly exchange: string;
  readonly currency: string;
  readonly multiplier: number;
  /** Last trade date as an integer, YYYYMMDD (requirement A3). */
  readonly lastTradeDate: number;
}

export type TradableContract = FutureContract;
