/** A class of shares is asked for and found by the broker's spelling, whichever of ours it comes in. */
import { EventName, SecType, type ContractDetails, type IBApi } from '@stoqey/ib';
import { EventEmitter } from 'node:events';
import { ContractLookup } from '../../src/broker/contract-lookup';
import { PendingRequests } from '../../src/broker/pending-requests';

test.each(['BRK.B', 'BRK B', 'BRK-B'])('%s is listed as BRK B', async (ticker) => {
  const pending = new PendingRequests(1_000);
  const gateway = new EventEmitter();
  const details = {
    contract: { conId: 72_063_691, secType: SecType.STK, symbol: 'BRK B', currency: 'USD', primaryExch: 'NYSE' },
  } as ContractDetails;
  const api = Object.assign(gateway, {
    reqContractDetails(id: number, { symbol }: { readonly symbol?: string }) {
      if (symbol === 'BRK B') gateway.emit(EventName.contractDetails, id, details);
      gateway.emit(EventName.contractDetailsEnd, id);
    },
  }) as unknown as IBApi;
  const lookup = new ContractLookup({ pending, send: (_what, call) => Promise.resolve(call(api)) });
  lookup.attach(api);
  expect(await lookup.stock(ticker)).toMatchObject({ symbol: 'BRK B', conId: 72_063_691, primaryExchange: 'NYSE' });
});
