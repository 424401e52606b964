/** Proposals as the market feed makes them, for any instrument and bar. */
import { decisionId } from '../../src/domain/ids';
import { INSTRUMENTS, roundToTick, type FutureSymbol } from '../../src/domain/instruments';
import type { FutureContract } from '../../src/domain/contracts';
import type { EntryProposal, ExitProposal, Proposal, ProposalBatch, Side } from '../../src/domain/proposals';

const MINUTE = 60_000;
const PRICES: Readonly<Record<FutureSymbol, number>> = {
  ES: 1_650,
  NQ: 3_200,
  '6E': 1.35,
  '6B': 1.6,
  '6A': 0.945,
  GC: 1_310,
};

export function contractOf(symbol: FutureSymbol): FutureContract {
  const { ibSymbol, tradingClass, exchange, currency, multiplier } = INSTRUMENTS[symbol];
  return {
    secType: 'FUT',
    symbol,
    conId: 100 + Object.keys(INSTRUMENTS).indexOf(symbol),
    ibSymbol,
    localSymbol: `${tradingClass}Z3`,
    tradingClass,
    exchange,
    currency,
    multiplier,
    lastTradeDate: 20131220,
  };
}

export function entry(
  account: string,
  symbol: FutureSymbol,
  barClose: number,
  side: Side = 'buy',
  quantity = 1,
): EntryProposal {
  const direction = side === 'buy' ? 1 : -1;
  const instrument = INSTRUMENTS[symbol];
  const reference = PRICES[symbol];
  return {
    kind: 'enter',
    decisionId: decisionId(account, symbol, barClose),
    symbol,
    contract: contractOf(symbol),
    side,
    quantity,
    orderType: 'market',
    limitPrice: null,
    stopPrice: roundToTick(reference - direction * 40 * instrument.tickSize, instrument),
    targetPrice: roundToTick(reference + direction * 60 * instrument.tickSize, instrument),
    referencePrice: reference,
    expiresAt: barClose + MINUTE,
  };
}

export const exit = (account: string, symbol: FutureSymbol, barClose: number): ExitProposal => ({
  kind: 'exit',
  decisionId: decisionId(account, symbol, barClose),
  symbol,
  contract: contractOf(symbol),
  reason: 'opposite vote',
});

export const batch = (barClose: number, proposals: readonly Proposal[]): ProposalBatch => ({
  barClose,
  tradeDate: '2013-10-09',
  proposals,
  decisions: [],
  decidedMonotonicMs: 0,
});
