/** Asks the gateway for an instrument's listed futures and picks the front one. */
import { EventName, type ContractDetails, type IBApi } from '@stoqey/ib';
import type { FutureContract } from '../domain/contracts';
import type { FutureSymbol } from '../domain/instruments';
import { BrokerError } from './broker-error';
import { frontOf, futuresQuery } from './contracts';
import type { PendingRequests } from './pending-requests';

export interface ContractLookupParts {
  readonly pending: PendingRequests;
  readonly send: (what: string, call: (api: IBApi) => void) => Promise<void>;
}

export class ContractLookup {
  private readonly found = new Map<number, ContractDetails[]>();

  constructor(private readonly parts: ContractLookupParts) {}

  attach(api: IBApi): void {
    api.on(EventName.contractDetails, (id, details) => this.found.get(id)?.push(details));
    api.on(EventName.contractDetailsEnd, (id) => this.parts.pending.settle(id));
  }

  /** The front contract on `date` (`YYYY-MM-DD`). Rejects with BrokerError. */
  async front(symbol: FutureSymbol, date: string): Promise<FutureContract> {
    const { pending, send } = this.parts;
    const id = pending.allocateId();
    const details: ContractDetails[] = [];
    this.found.set(id, details);
    const what = `contract details of ${symbol}`;
    const answered = pending.wait(id, what);
    try {
      await Promise.all([answered, send(what, (api) => api.reqContractDetails(id, futuresQuery(symbol)))]);
    } catch (error) {
      pending.fail(id, new BrokerError('NOT_READY', String(error)));
      throw error;
    } finally {
      this.found.delete(id);
    }
    return frontOf(symbol, details, date);
  }
}
