/**
 * The front-month minutes of an instrument, joined on reading from single contracts (requirement B4): prices are never adjusted, and the
 * first minute after a roll is marked, because no return and no label may cross it.
 */
import { tradeDateBounds } from '../domain/calendar';
import type { FutureSymbol } from '../domain/instruments';
import { frontContract, listedDeliveryMonths } from '../domain/roll';
import { minutesBetween, type RecordedContract, type RecordedMarket, type RecordedMinute } from './recorded-market';

export interface FrontMinute extends RecordedMinute {
  /** Delivery month the prices belong to, YYYYMM. */
  readonly deliveryMonth: string;
  readonly tradeDate: string;
  /** The minute before it in the series belongs to another contract: no return from it to this one. */
  readonly afterRoll: boolean;
}

/** Delivery month that is front on `tradeDate` by the calendar, recorded or not: the next contract is no substitute for it. */
export function frontMonth(market: Pick<RecordedMarket, 'contracts'>, symbol: FutureSymbol, tradeDate: string): string {
  const recorded = market.contracts.filter((contract) => contract.symbol === symbol);
  const [listed] = listedDeliveryMonths(symbol, tradeDate, 1);
  return frontContract(symbol, [listed, ...recorded.map((contract) => contract.deliveryMonth)], tradeDate) ?? listed;
}

/** The recorded contract that is front on `tradeDate`, null when the front one is not recorded. */
export function frontRecordedContract(
  market: RecordedMarket,
  symbol: FutureSymbol,
  tradeDate: string,
): RecordedContract | null {
  const front = frontMonth(market, symbol, tradeDate);
  return market.contracts.find((contract) => contract.symbol === symbol && contract.deliveryMonth === front) ?? null;
}

/** Front-month minutes of the given trade dates (ascending), one series. */
export function frontSeries(
  market: RecordedMarket,
  symbol: FutureSymbol,
  tradeDates: readonly string[],
): readonly FrontMinute[] {
  const series: FrontMinute[] = [];
  let previousMonth: string | null = null;
  for (const tradeDate of tradeDates) {
    const contract = frontRecordedContract(market, symbol, tradeDate);
    if (contract === null) continue;
    const { deliveryMonth } = contract;
    const { start, end } = tradeDateBounds(tradeDate);
    for (const minute of minutesBetween(contract, start, end)) {
      series.push({
        ...minute,
        deliveryMonth,
        tradeDate,
        afterRoll: previousMonth !== null && previousMonth !== deliveryMonth,
      });
      previousMonth = deliveryMonth;
    }
  }
  return series;
}

/** Front-month minutes of one trade date. */
export const frontMinutesOn = (
  market: RecordedMarket,
  symbol: FutureSymbol,
  tradeDate: string,
): readonly FrontMinute[] => frontSeries(market, symbol, [tradeDate]);

/** Front-month minutes of every recorded trade date before `tradeDate`: what a model for that day may know. */
export const frontMinutesBefore = (
  market: RecordedMarket,
  symbol: FutureSymbol,
  tradeDate: string,
): readonly FrontMinute[] =>
  frontSeries(
    market,
    symbol,
    market.tradeDates.filter((date) => date < tradeDate),
  );
