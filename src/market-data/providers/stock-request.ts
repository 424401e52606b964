/** What providers of stocks say of a request that they cannot answer. */
import { namedContract } from '../bar-store/contract-name';
import type { BarRequest } from './provider';

const TICKER = /^[A-Z0-9][A-Z0-9.-]{0,14}$/;

type Asked = Pick<BarRequest, 'contract' | 'whatToShow'>;

/** Null when the request is for trades of a stock; else the sentence why not. */
export function notStockTrades(provider: string, { contract, whatToShow }: Asked): string | null {
  if (!TICKER.test(contract) || namedContract(contract).kind !== 'stock') {
    return `${provider} has stocks only, and ${contract} is none.`;
  }
  return whatToShow === 'TRADES' ? null : `${provider} has trades only, no ${whatToShow}.`;
}
