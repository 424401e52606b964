/** Account figures under IB's tag names, as text. */
import type { AccountFigures } from './paper-account';

export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

const money = (amount: number): string => amount.toFixed(2);

/** Every tag of account updates and the account summary. */
export function accountValues(account: string, figures: AccountFigures): readonly AccountValue[] {
  const { netLiquidation, cash, initialMargin, maintenanceMargin, unrealizedPnl, realizedPnl } = figures;
  const usd = (key: string, amount: number): AccountValue => ({ key, value: money(amount), currency: 'USD' });
  const plain = (key: string, value: string): AccountValue => ({ key, value, currency: '' });
  const available = netLiquidation - initialMargin;
  const excess = netLiquidation - maintenanceMargin;
  return [
    plain('AccountCode', account),
    plain('AccountReady', 'true'),
    plain('AccountType', 'INDIVIDUAL'),
    plain('Currency', 'USD'),
    plain('Cushion', netLiquidation > 0 ? (excess / netLiquidation).toFixed(6) : '0'),
    plain('DayTradesRemaining', '-1'),
    plain('ExchangeRate', '1.00'),
    plain('HighestSeverity', '0'),
    plain('Leverage', netLiquidation > 0 ? (figures.grossPositionValue / netLiquidation).toFixed(2) : '0'),
    plain('LookAheadNextChange', '0'),
    usd('NetLiquidation', netLiquidation),
    usd('TotalCashValue', cash),
    usd('SettledCash', cash),
    usd('CashBalance', cash),
    usd('AccruedCash', 0),
    usd('EquityWithLoanValue', netLiquidation),
    usd('PreviousEquityWithLoanValue', netLiquidation - figures.dailyPnl),
    usd('PreviousDayEquityWithLoanValue', netLiquidation - figures.dailyPnl),
    usd('GrossPositionValue', figures.grossPositionValue),
    usd('RegTEquity', netLiquidation),
    usd('RegTMargin', initialMargin),
    usd('SMA', netLiquidation),
    usd('InitMarginReq', initialMargin),
    usd('MaintMarginReq', maintenanceMargin),
    usd('FullInitMarginReq', initialMargin),
    usd('FullMaintMarginReq', maintenanceMargin),
    usd('LookAheadInitMarginReq', initialMargin),
    usd('LookAheadMaintMarginReq', maintenanceMargin),
    usd('AvailableFunds', available),
    usd('FullAvailableFunds', available),
    usd('LookAheadAvailableFunds', available),
    usd('ExcessLiquidity', excess),
    usd('FullExcessLiquidity', excess),
    usd('LookAheadExcessLiquidity', excess),
    // Of stocks, as Regulation T has it: their initial margin is half of their value.
    usd('BuyingPower', Math.max(0, 2 * available)),
    usd('StockMarketValue', figures.stockValue),
    usd('NetLiquidationByCurrency', netLiquidation),
    usd('UnrealizedPnL', unrealizedPnl),
    usd('RealizedPnL', realizedPnl),
    usd('FuturesPNL', figures.futuresPnl),
  ];
}

/** Tags sent for a `$LEDGER` request. */
export const LEDGER_TAGS: ReadonlySet<string> = new Set([
  'Currency',
  'CashBalance',
  'StockMarketValue',
  'ExchangeRate',
  'NetLiquidationByCurrency',
  'UnrealizedPnL',
  'RealizedPnL',
  'FuturesPNL',
]);
