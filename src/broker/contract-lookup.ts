/** Asks the gateway for what is listed: the front future of an instrument, the future of a delivery month, the stock of a ticker. */
import { EventName, type Contract, type ContractDetails, type IBApi } from '@stoqey/ib';
import type { FutureContract, StockContract } from '../domain/contracts';
import type { FutureSymbol } from '../domain/instruments';
import { brokerTicker } from '../domain/share-class';
import { BrokerError } from './broker-error';
import { deliveryAmong, deliveryQuery, frontOf, futuresQuery, stockAmong, stockQuery } from './contracts';
import type { PendingRequests } from './pending-requests';

/** IB's answer to a query that no contract meets. */
const NO_DEFINITION = 200;

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
    return frontOf(symbol, await this.details(symbol, futuresQuery(symbol)), date);
  }

  /** The US stock of a ticker (`BRK.B` as well as `BRK B`), with the broker's own id and spelling. Rejects with BrokerError, NO_CONTRACT for one that is not listed. */
  async stock(ticker: string): Promise<StockContract> {
    const name = brokerTicker(ticker);
    return stockAmong(name, await this.listed(name, stockQuery(name)));
  }

  /** The future of a delivery month (`YYYYMM`), expired or not. Rejects with BrokerError, NO_CONTRACT for one that is not listed. */
  async future(symbol: FutureSymbol, deliveryMonth: string): Promise<FutureContract> {
    const details = await this.listed(`${symbol} ${deliveryMonth}`, deliveryQuery(symbol, deliveryMonth));
    return deliveryAmong(symbol, details, deliveryMonth);
  }

  /** Details, none where no contract meets the query. */
  private async listed(name: string, query: Contract): Promise<readonly ContractDetails[]> {
    return this.details(name, query).catch((error: unknown) => {
      if (error instanceof BrokerError && error.ibCode === NO_DEFINITION) return [];
      throw error;
    });
  }

  private async details(name: string, query: Contract): Promise<readonly ContractDetails[]> {
    const { pending, send } = this.parts;
    const id = pending.allocateId();
    const details: ContractDetails[] = [];
    this.found.set(id, details);
    const what = `contract details of ${name}`;
    const answered = pending.wait(id, what);
    try {
      await Promise.all([answered, send(what, (api) => api.reqContractDetails(id, query))]);
    } catch (error) {
      pending.fail(id, new BrokerError('NOT_READY', String(error)));
      throw error;
    } finally {
      this.found.delete(id);
    }
    return details;
  }
}
