/** What the control port tells about the gateway: plain JSON, times in UTC milliseconds. */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { frontRecordedContract } from '../market-data/front-series';
import { minutesBetween } from '../market-data/recorded-market';
import { clockModeText, type ClockMode } from './clock-driver';
import type { ExchangeRooms } from './exchange-rooms';
import { remainingOf } from './ledger-records';
import { stopPriceOf } from './order-matching';

export function ordersReport({ ledger, market }: ExchangeRooms): readonly unknown[] {
  return ledger.orders().map((order) => ({
    orderRef: order.order.orderRef,
    orderId: order.orderId,
    clientId: order.clientId,
    permId: order.permId,
    parentPermId: order.parentPermId,
    symbol: market.listing(order.conId)?.instrument.symbol ?? null,
    secType: market.listing(order.conId)?.wire.secType ?? null,
    conId: order.conId,
    action: order.order.action,
    quantity: order.order.totalQuantity,
    orderType: order.order.orderType,
    limitPrice: order.order.lmtPrice,
    stopPrice: stopPriceOf(order),
    ocaGroup: order.order.ocaGroup,
    tif: order.order.tif,
    status: order.status,
    filled: order.filled,
    remaining: remainingOf(order),
    averageFillPrice: order.averageFillPrice,
    receivedMonotonicMs: order.receivedMonotonicMs,
    placedAt: order.placedAt,
    completedAt: order.completedAt,
    completedStatus: order.completedStatus,
    executions: ledger.executions.filter(({ permId }) => permId === order.permId).map(({ execId }) => execId),
  }));
}

/** `tradeDate` (`YYYY-MM-DD`) narrows to one date. */
export function executionsReport({ ledger, market }: ExchangeRooms, tradeDate: string | null): readonly unknown[] {
  return ledger.executions
    .filter((execution) => tradeDate === null || execution.tradeDate === tradeDate)
    .map((execution) => {
      const listing = market.listing(execution.conId);
      // A stock recorded in daily bars has no recorded quotes: it fills at modelled ones.
      const modelled = listing?.kind === 'stock';
      return {
        ...execution,
        symbol: listing?.instrument.symbol ?? null,
        secType: listing?.wire.secType ?? null,
        modelled,
      };
    });
}

export function positionsReport({ ledger, market, account }: ExchangeRooms): readonly unknown[] {
  return ledger.account.positions.map((position) => ({
    ...position,
    symbol: market.listing(position.conId)?.instrument.symbol ?? null,
    secType: market.listing(position.conId)?.wire.secType ?? null,
    localSymbol: market.listing(position.conId)?.wire.localSymbol ?? null,
    mark: market.mark(position.conId),
    unrealizedPnl: account.unrealized(position),
  }));
}

export function clockReport({ ledger, recorded }: ExchangeRooms, mode: ClockMode): unknown {
  const tradeDate = tradeDateOf(ledger.clock);
  const today = ledger.executions.filter((execution) => execution.tradeDate === tradeDate);
  return {
    time: ledger.clock,
    mode: clockModeText(mode),
    tradeDate,
    executions: { total: ledger.executions.length, tradeDate: today.length },
    revision: ledger.revision,
    tradeDates: recorded.tradeDates,
  };
}

/** Sorted starts of the minutes in [from, to) with anything recorded for a front contract. */
export function minutesReport(
  { recorded }: ExchangeRooms,
  from: number,
  to: number,
  symbols: readonly string[] | null,
): readonly number[] {
  const starts = new Set<number>();
  for (const tradeDate of recorded.tradeDates) {
    const bounds = tradeDateBounds(tradeDate);
    if (bounds.end <= from || bounds.start >= to) continue;
    for (const symbol of FUTURE_SYMBOLS) {
      if (symbols !== null && !symbols.includes(symbol)) continue;
      const contract = frontRecordedContract(recorded, symbol, tradeDate);
      if (contract === null) continue;
      for (const { start } of minutesBetween(contract, Math.max(from, bounds.start), Math.min(to, bounds.end))) {
        starts.add(start);
      }
    }
  }
  return [...starts].sort((a, b) => a - b);
}
