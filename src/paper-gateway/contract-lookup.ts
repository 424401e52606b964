/** From the contract in a request to the one that is meant, or IB's error. */
import type { Listing } from './contract-universe';
import type { ExchangeRooms } from './exchange-rooms';
import type { MarketReplay } from './market-replay';
import type { ContractQuery, GatewaySession, ServerMessage, WireContract } from './messages';

export type Send = (session: GatewaySession, message: ServerMessage) => void;

/** A contract of a stream request as a query. */
export const queryOf = (contract: WireContract): ContractQuery => ({
  ...contract,
  includeExpired: true,
  secIdType: '',
  secId: '',
  issuerId: '',
});

/** The one contract that a query names; otherwise error 200 was sent and the answer is null. */
export function resolveContract(
  exchange: ExchangeRooms,
  session: GatewaySession,
  id: number,
  query: ContractQuery,
  send: Send,
): Listing | null {
  const found = exchange.universe.find(query, exchange.ledger.clock);
  if (found.length === 1) return found[0];
  const message =
    found.length === 0
      ? 'No security definition has been found for the request'
      : `The contract description specified for ${query.symbol} is ambiguous.`;
  send(session, { type: 'error', id, code: 200, message });
  return null;
}

/** A contract with recorded data, or null. */
export const recordedMarketOf = (
  listing: Listing,
): { readonly listing: Listing; readonly replay: MarketReplay } | null =>
  listing.replay !== null ? { listing, replay: listing.replay } : null;
