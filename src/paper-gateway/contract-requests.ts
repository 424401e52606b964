/** Answers about contracts: details, symbol search, price increments, depth exchanges. */
import { FUTURE_SYMBOLS, INSTRUMENTS } from '../domain/instruments';
import { detailsOf, STOCK_MARKET_RULE } from './contract-details';
import type { Send } from './contract-lookup';
import type { ExchangeRooms } from './exchange-rooms';
import type { ClientRequest, GatewaySession } from './messages';

type ContractRequest = Extract<
  ClientRequest,
  { type: 'reqContractDetails' | 'reqMatchingSymbols' | 'reqMarketRule' | 'reqMktDepthExchanges' }
>;

export function answerAboutContracts(
  exchange: ExchangeRooms,
  session: GatewaySession,
  request: ContractRequest,
  send: Send,
): void {
  const now = exchange.ledger.clock;
  switch (request.type) {
    case 'reqContractDetails': {
      const { reqId, contract } = request;
      const found = exchange.universe.find(contract, now);
      if (found.length === 0) {
        const message = 'No security definition has been found for the request';
        return send(session, { type: 'error', id: reqId, code: 200, message });
      }
      for (const listing of found) {
        send(session, { type: 'contractDetails', reqId, details: detailsOf(listing, contract.secType, now) });
      }
      return send(session, { type: 'contractDetailsEnd', reqId });
    }
    case 'reqMatchingSymbols': {
      const samples = exchange.universe.matching(request.pattern).map((listing) => ({
        conId: listing.conId,
        symbol: listing.wire.symbol,
        secType: listing.wire.secType,
        primaryExchange: listing.kind === 'stock' ? listing.listing.primaryExchange : listing.wire.exchange,
        currency: listing.wire.currency,
        derivativeSecTypes: [],
        description: listing.kind === 'stock' ? listing.listing.longName : listing.instrument.description,
        issuerId: '',
      }));
      return send(session, { type: 'symbolSamples', reqId: request.reqId, samples });
    }
    case 'reqMarketRule': {
      const symbol = FUTURE_SYMBOLS[request.marketRuleId - 1];
      const increment =
        symbol !== undefined ? INSTRUMENTS[symbol].tickSize : request.marketRuleId === STOCK_MARKET_RULE ? 0.01 : null;
      if (increment === null) {
        const message = `Error validating request.-'cb' : cause - Unknown market rule ${request.marketRuleId}`;
        return send(session, { type: 'error', id: -1, code: 321, message });
      }
      const increments = [{ lowEdge: 0, increment }];
      return send(session, { type: 'marketRule', marketRuleId: request.marketRuleId, increments });
    }
    case 'reqMktDepthExchanges': {
      const exchanges = [...new Set(FUTURE_SYMBOLS.map((name) => INSTRUMENTS[name].exchange))].map((name) => ({
        exchange: name,
        secType: 'FUT',
        listingExchange: '',
        serviceDataType: 'Deep',
        aggGroup: null,
      }));
      return send(session, { type: 'mktDepthExchanges', exchanges });
    }
  }
}
