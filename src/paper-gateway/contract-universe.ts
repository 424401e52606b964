/**
 * Every contract that the gateway knows: front and next month of each instrument on the virtual date, all recorded contracts, continuous
 * futures, and a list of US stocks. Invariants:
 *  1. Contract ids depend on symbol and delivery month only: stable over restarts, dates and data folders.
 *  2. A query that names one contract finds exactly that; a vague one finds all that match, as IB does.
 *  3. Only recorded contracts have prices; the others can be described, not traded.
 *  4. A stock with recorded days is found by its ticker from the first to the last of them; by its id always.
 */
import { exchangeTime } from '../domain/exchange-time';
import { FUTURE_SYMBOLS, INSTRUMENTS, type FutureSymbol, type Instrument } from '../domain/instruments';
import { frontContract, lastTradeDate, listedDeliveryMonths, localSymbolOf } from '../domain/roll';
import type { RecordedContract } from '../market-data/recorded-market';
import { ContractReplay } from './contract-replay';
import type { ContractQuery, WireContract } from './messages';
import type { PricedInstrument } from './priced-instrument';
import { stockInstrument, stockWire, unknownListing } from './stock-listing';
import { StockReplay, type RecordedStockMarket } from './stock-replay';
import { US_STOCKS, type StockListing } from './us-stocks';

interface ListedFuture {
  readonly kind: 'future';
  readonly conId: number;
  readonly wire: WireContract;
  readonly instrument: Instrument;
  readonly deliveryMonth: string;
  /** Null without recorded data. */
  readonly replay: ContractReplay | null;
}

export interface ListedStock {
  readonly kind: 'stock';
  readonly conId: number;
  readonly wire: WireContract;
  readonly listing: StockListing;
  readonly instrument: PricedInstrument;
  /** Null without recorded data. */
  readonly replay: StockReplay | null;
}

export type FutureListing = ListedFuture;
export type Listing = ListedFuture | ListedStock;

const CON_ID_STEP = 10_000_000;
const LISTED_MONTHS = 2;
/** Names under which clients know the exchange. */
const EXCHANGE_ALIASES: Readonly<Record<Instrument['exchange'], readonly string[]>> = {
  CME: ['CME', 'GLOBEX'],
  COMEX: ['COMEX', 'NYMEX'],
};

export const conIdOf = (symbol: FutureSymbol, deliveryMonth: string): number =>
  (FUTURE_SYMBOLS.indexOf(symbol) + 1) * CON_ID_STEP + Number(deliveryMonth);

function futureWire(instrument: Instrument, deliveryMonth: string): WireContract {
  return {
    conId: conIdOf(instrument.symbol, deliveryMonth),
    symbol: instrument.ibSymbol,
    secType: 'FUT',
    lastTradeDateOrContractMonth: String(lastTradeDate(instrument.symbol, deliveryMonth)),
    strike: 0,
    right: '',
    multiplier: String(instrument.multiplier),
    exchange: instrument.exchange,
    primaryExchange: '',
    currency: instrument.currency,
    localSymbol: localSymbolOf(instrument.symbol, deliveryMonth),
    tradingClass: instrument.tradingClass,
  };
}

/** The query leaves the field open or names the same. */
const agrees = (asked: string, actual: string): boolean => asked === '' || asked.toUpperCase() === actual.toUpperCase();

function futureMatches(query: ContractQuery, future: ListedFuture): boolean {
  const { wire, instrument } = future;
  const month = query.lastTradeDateOrContractMonth.slice(0, 8);
  const monthAgrees =
    month === '' || (month.length === 6 ? month === future.deliveryMonth : month === wire.lastTradeDateOrContractMonth);
  const exchangeAgrees =
    query.exchange === '' || EXCHANGE_ALIASES[instrument.exchange].includes(query.exchange.toUpperCase());
  return (
    agrees(query.symbol, wire.symbol) &&
    agrees(query.localSymbol.replace(/\s+/g, ''), wire.localSymbol) &&
    agrees(query.tradingClass, wire.tradingClass) &&
    agrees(query.currency, wire.currency) &&
    (query.multiplier === '' || Number(query.multiplier) === instrument.multiplier) &&
    exchangeAgrees &&
    monthAgrees
  );
}

function stockMatches(query: ContractQuery, stock: ListedStock): boolean {
  const exchange = query.exchange.toUpperCase();
  return (
    (query.symbol !== '' || query.localSymbol !== '') &&
    agrees(query.symbol, stock.wire.symbol) &&
    agrees(query.localSymbol, stock.wire.localSymbol) &&
    agrees(query.currency, 'USD') &&
    ['', 'SMART', 'ISLAND', stock.listing.primaryExchange].includes(exchange)
  );
}

/** A ticker with a recorded past is listed between its first and its last day; one without prices can always be described. */
const isListed = ({ replay }: ListedStock, now: number): boolean => replay === null || replay.isListedAt(now);

function listStocks(recorded: readonly RecordedStockMarket[], seed: number): readonly ListedStock[] {
  const described = new Map(US_STOCKS.map((listing) => [listing.symbol, listing]));
  const markets = new Map(recorded.map((market) => [market.ticker, market]));
  const undescribed = [...markets.keys()].filter((ticker) => !described.has(ticker)).map(unknownListing);
  return [...US_STOCKS, ...undescribed].map((listing) => {
    const instrument = stockInstrument(listing);
    const market = markets.get(listing.symbol);
    const replay = market === undefined ? null : new StockReplay(instrument, market, seed);
    return { kind: 'stock', conId: listing.conId, wire: stockWire(listing), listing, instrument, replay };
  });
}

export class ContractUniverse {
  private readonly futures = new Map<number, ListedFuture>();
  private readonly stocks: readonly ListedStock[];
  private readonly stocksById: ReadonlyMap<number, ListedStock>;

  constructor(recorded: readonly RecordedContract[], seed: number, stocks: readonly RecordedStockMarket[] = []) {
    this.stocks = listStocks(stocks, seed);
    this.stocksById = new Map(this.stocks.map((stock) => [stock.conId, stock]));
    for (const contract of recorded) {
      this.list(contract.symbol, contract.deliveryMonth, new ContractReplay(contract, seed));
    }
  }

  /** Contracts with recorded data. */
  recorded(): readonly (ListedFuture & { readonly replay: ContractReplay })[] {
    return [...this.futures.values()].filter(
      (future): future is ListedFuture & { readonly replay: ContractReplay } => future.replay !== null,
    );
  }

  byId(conId: number): Listing | null {
    return this.futures.get(conId) ?? this.stocksById.get(conId) ?? null;
  }

  /** The future of an id met in durable state, listed again when the date has moved on. */
  futureById(conId: number): ListedFuture | null {
    const known = this.futures.get(conId);
    if (known !== undefined) return known;
    const symbol = FUTURE_SYMBOLS[Math.floor(conId / CON_ID_STEP) - 1];
    const deliveryMonth = String(conId % CON_ID_STEP);
    const isMonth = /^\d{4}(0[1-9]|1[0-2])$/.test(deliveryMonth);
    return symbol === undefined || !isMonth ? null : this.list(symbol, deliveryMonth, null);
  }

  /** The contract of an id met in durable state. */
  listingById(conId: number): Listing | null {
    return this.stocksById.get(conId) ?? this.futureById(conId);
  }

  /** All contracts that a query names on the virtual date of `now`; empty is IB's error 200. */
  find(query: ContractQuery, now: number): readonly Listing[] {
    const date = exchangeTime(now, 'America/Chicago').date;
    this.listCurrent(date);
    if (query.conId !== 0) {
      const listing = this.listingById(query.conId);
      return listing === null ? [] : [listing];
    }
    const secType = query.secType.toUpperCase();
    if (secType === 'STK') return this.stocks.filter((stock) => stockMatches(query, stock) && isListed(stock, now));
    if (secType === 'CONTFUT') return this.fronts(query, date);
    if (secType !== 'FUT' && secType !== 'FUT+CONTFUT' && !(secType === '' && query.localSymbol !== '')) return [];
    if (query.symbol === '' && query.localSymbol === '' && query.tradingClass === '') return [];
    const today = Number(date.replaceAll('-', ''));
    return [...this.futures.values()]
      .filter(
        (future) => query.includeExpired || today <= lastTradeDate(future.instrument.symbol, future.deliveryMonth),
      )
      .filter((future) => futureMatches(query, future))
      .sort((a, b) => a.conId - b.conId);
  }

  /** Stocks and futures whose symbol or name begins with the pattern. */
  matching(pattern: string): readonly Listing[] {
    const wanted = pattern.trim().toUpperCase();
    if (wanted === '') return [];
    return [
      ...this.stocks.filter(({ listing }) => listing.symbol.startsWith(wanted) || listing.longName.includes(wanted)),
      ...this.recorded().filter(({ wire }) => wire.symbol.startsWith(wanted)),
    ];
  }

  /** The front contract of each instrument that a continuous-future query matches. */
  private fronts(query: ContractQuery, date: string): readonly ListedFuture[] {
    return FUTURE_SYMBOLS.flatMap((symbol) => {
      const listed = [...this.futures.values()].filter(({ instrument }) => instrument.symbol === symbol);
      const front = frontContract(
        symbol,
        listed.map(({ deliveryMonth }) => deliveryMonth),
        date,
      );
      const open = { ...query, lastTradeDateOrContractMonth: '', localSymbol: '' };
      return listed.filter((future) => future.deliveryMonth === front && futureMatches(open, future));
    });
  }

  private listCurrent(date: string): void {
    for (const symbol of FUTURE_SYMBOLS) {
      for (const month of listedDeliveryMonths(symbol, date, LISTED_MONTHS)) {
        if (!this.futures.has(conIdOf(symbol, month))) this.list(symbol, month, null);
      }
    }
  }

  private list(symbol: FutureSymbol, deliveryMonth: string, replay: ContractReplay | null): ListedFuture {
    const instrument = INSTRUMENTS[symbol];
    const wire = futureWire(instrument, deliveryMonth);
    const future: ListedFuture = { kind: 'future', conId: wire.conId, wire, instrument, deliveryMonth, replay };
    this.futures.set(wire.conId, future);
    return future;
  }
}
