/** IB's correction of an execution: a new report whose id ends in `.02` where the first ended in `.01`, at another price. */
import type { ExchangeRooms } from './exchange-rooms';
import { roundMoney } from './position-accounting';

/**
 * Corrects the execution of `execId` (the last one when null) to `price` (one tick worse when null). The difference is booked in cash: the
 * position's average price stays as it was. False when there is no such execution.
 */
export function correctExecution(exchange: ExchangeRooms, execId: string | null, price: number | null): boolean {
  const { ledger, market, notices } = exchange;
  const wrong =
    execId === null ? ledger.executions.at(-1) : ledger.executions.find((execution) => execution.execId === execId);
  const instrument = wrong === undefined ? null : (market.listing(wrong.conId)?.instrument ?? null);
  if (wrong === undefined || instrument === null) return false;
  const direction = wrong.side === 'BOT' ? 1 : -1;
  const corrected = price ?? wrong.price + direction * instrument.tickSize;
  const stem = wrong.execId.slice(0, wrong.execId.lastIndexOf('.'));
  const version = Number(wrong.execId.slice(wrong.execId.lastIndexOf('.') + 1)) + 1;
  const execution = {
    ...wrong,
    execId: `${stem}.${String(version).padStart(2, '0')}`,
    price: corrected,
    commission: 0,
    realizedPnl: null,
  };
  const difference = roundMoney((wrong.price - corrected) * direction * wrong.shares * instrument.multiplier);
  const { cash, realizedPnl } = ledger.account;
  ledger.addExecution(execution);
  ledger.putAccount({ cash: roundMoney(cash + difference), realizedPnl: roundMoney(realizedPnl + difference) });
  notices.executed(ledger.order(wrong.permId), execution);
  return true;
}
