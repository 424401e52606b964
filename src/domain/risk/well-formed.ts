import { INSTRUMENTS, isOnTick } from '../instruments';
import { refusal } from '../refusals';
import type { RiskRule } from './rule';

/** Whole contracts, prices on the tick grid, stop and target on their sides of the reference price, a limit order with its price. */
export const wellFormedRule: RiskRule = ({ proposal }) => {
  const { quantity, side, stopPrice, targetPrice, referencePrice, limitPrice, contract, symbol } = proposal;
  const instrument = INSTRUMENTS[symbol];
  const wrong = (what: string) => refusal('INVALID_PROPOSAL', what);
  if (contract.secType !== 'FUT' || contract.symbol !== symbol)
    return wrong(`contract=${contract.symbol} symbol=${symbol}`);
  if (!Number.isInteger(quantity) || quantity < 1) return wrong(`quantity=${quantity}`);
  if (proposal.orderType === 'limit' && limitPrice === null) return wrong('limit order without limitPrice');
  const prices = limitPrice === null ? [stopPrice, targetPrice] : [stopPrice, targetPrice, limitPrice];
  const offTick = prices.find((price) => !Number.isFinite(price) || !isOnTick(price, instrument));
  if (offTick !== undefined) return wrong(`price=${offTick} tick=${instrument.tickSize}`);
  const direction = side === 'buy' ? 1 : -1;
  const protects = (targetPrice - referencePrice) * direction > 0 && (referencePrice - stopPrice) * direction > 0;
  return protects ? null : wrong(`${side} reference=${referencePrice} stop=${stopPrice} target=${targetPrice}`);
};
