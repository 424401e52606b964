/**
 * The one instrument registry (requirement A1). Nothing else in the house lists symbols, multipliers, ticks or hours.
 * Sources: CME Group contract specifications; multipliers and ticks as in data/futures_1m/contracts.csv.
 */

export type FutureSymbol = 'ES' | 'NQ' | '6E' | '6B' | '6A' | 'GC';

/** Wall-clock time of day in the instrument's exchange time zone, minutes after midnight. */
export type MinuteOfDay = number;

export interface Instrument {
  readonly symbol: FutureSymbol;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly exchange: 'CME' | 'COMEX';
  readonly currency: 'USD';
  /** IBKR's `symbol` field: currency futures go by the currency's name there. */
  readonly ibSymbol: string;
  /** IBKR's `tradingClass` and the root used in local symbols (ESZ3). */
  readonly tradingClass: string;
  /** Dollars per point. */
  readonly multiplier: number;
  readonly tickSize: number;
  /** IANA zone of the hours below. */
  readonly timeZone: 'America/Chicago' | 'America/New_York';
  /** Regular (pit) hours: entries are allowed inside them by default. */
  readonly regularHours: { readonly open: MinuteOfDay; readonly close: MinuteOfDay };
  /** Delivery months listed as front candidates, 1–12. */
  readonly cycleMonths: readonly number[];
  /** `quarterly-third-friday`: cash-settled index and (two business days before the third Wednesday) currencies; `metal`: first notice rules. */
  readonly rollRule: RollRule;
  /** Commission and exchange fees per contract and side, US dollars (IBKR fixed plan, all-in, as the paper gateway charges). */
  readonly feePerContract: number;
}

/** What features, labels and costs need of whatever is traded: a future by the contract, a stock by the share. */
export type TradedUnit = Pick<Instrument, 'multiplier' | 'tickSize' | 'timeZone' | 'regularHours' | 'feePerContract'>;

/** Stocks with recorded minutes to learn from; the session trades stocks as legs of a rebalance alone, whatever was learnt of them. */
export type StockSymbol = 'SPY';

export interface Stock extends TradedUnit {
  readonly symbol: StockSymbol;
  readonly description: string;
}

/** Whatever models can be fitted for. */
export type LearningSymbol = FutureSymbol | StockSymbol;

export interface RollRule {
  readonly lastTradeRule: 'third-friday' | 'second-business-day-before-third-wednesday' | 'third-last-business-day';
  /** True when a first-notice day (last business day of the month before delivery) ends trading for us before the last trade day. */
  readonly firstNotice: boolean;
  /** No entries and a roll of open positions from this many calendar days before last trade or first notice day. */
  readonly daysBefore: number;
}

const QUARTERLY = [3, 6, 9, 12] as const;
const hhmm = (hours: number, minutes: number): MinuteOfDay => hours * 60 + minutes;
const currencyFuture = {
  exchange: 'CME',
  currency: 'USD',
  timeZone: 'America/Chicago',
  regularHours: { open: hhmm(7, 20), close: hhmm(14, 0) },
  cycleMonths: QUARTERLY,
  rollRule: { lastTradeRule: 'second-business-day-before-third-wednesday', firstNotice: false, daysBefore: 5 },
  feePerContract: 2.47,
} as const;

export const INSTRUMENTS: Readonly<Record<FutureSymbol, Instrument>> = {
  ES: {
    symbol: 'ES',
    description: 'E-mini S&P 500',
    aliases: ['ES1!'],
    exchange: 'CME',
    currency: 'USD',
    ibSymbol: 'ES',
    tradingClass: 'ES',
    multiplier: 50,
    tickSize: 0.25,
    timeZone: 'America/Chicago',
    regularHours: { open: hhmm(8, 30), close: hhmm(15, 15) },
    cycleMonths: QUARTERLY,
    rollRule: { lastTradeRule: 'third-friday', firstNotice: false, daysBefore: 8 },
    feePerContract: 2.25,
  },
  NQ: {
    symbol: 'NQ',
    description: 'E-mini Nasdaq-100',
    aliases: ['NQ1!'],
    exchange: 'CME',
    currency: 'USD',
    ibSymbol: 'NQ',
    tradingClass: 'NQ',
    multiplier: 20,
    tickSize: 0.25,
    timeZone: 'America/Chicago',
    regularHours: { open: hhmm(8, 30), close: hhmm(15, 15) },
    cycleMonths: QUARTERLY,
    rollRule: { lastTradeRule: 'third-friday', firstNotice: false, daysBefore: 8 },
    feePerContract: 2.25,
  },
  '6E': {
    ...currencyFuture,
    symbol: '6E',
    description: 'Euro FX',
    aliases: ['EURUSD'],
    ibSymbol: 'EUR',
    tradingClass: '6E',
    multiplier: 125_000,
    tickSize: 0.00005,
  },
  '6B': {
    ...currencyFuture,
    symbol: '6B',
    description: 'British Pound',
    aliases: ['GBPUSD'],
    ibSymbol: 'GBP',
    tradingClass: '6B',
    multiplier: 62_500,
    tickSize: 0.0001,
  },
  '6A': {
    ...currencyFuture,
    symbol: '6A',
    description: 'Australian Dollar',
    aliases: ['AUDUSD'],
    ibSymbol: 'AUD',
    tradingClass: '6A',
    multiplier: 100_000,
    tickSize: 0.00005,
  },
  GC: {
    symbol: 'GC',
    description: 'Gold',
    aliases: ['XAUUSD'],
    exchange: 'COMEX',
    currency: 'USD',
    ibSymbol: 'GC',
    tradingClass: 'GC',
    multiplier: 100,
    tickSize: 0.1,
    timeZone: 'America/New_York',
    regularHours: { open: hhmm(8, 20), close: hhmm(13, 30) },
    cycleMonths: [2, 4, 6, 8, 10, 12],
    rollRule: { lastTradeRule: 'third-last-business-day', firstNotice: true, daysBefore: 5 },
    feePerContract: 2.47,
  },
};

export const STOCKS: Readonly<Record<StockSymbol, Stock>> = {
  SPY: {
    symbol: 'SPY',
    description: 'SPDR S&P 500 ETF',
    multiplier: 1,
    tickSize: 0.01,
    timeZone: 'America/New_York',
    regularHours: { open: hhmm(9, 30), close: hhmm(16, 0) },
    // IBKR fixed plan per share; its minimum of a dollar an order is reached at 200 shares.
    feePerContract: 0.005,
  },
};

export const FUTURE_SYMBOLS = Object.keys(INSTRUMENTS) as readonly FutureSymbol[];

export const LEARNING_SYMBOLS: readonly LearningSymbol[] = [
  ...FUTURE_SYMBOLS,
  ...(Object.keys(STOCKS) as readonly StockSymbol[]),
];

export const isFuture = (symbol: LearningSymbol): symbol is FutureSymbol => symbol in INSTRUMENTS;

export const unitOf = (symbol: LearningSymbol): TradedUnit => (isFuture(symbol) ? INSTRUMENTS[symbol] : STOCKS[symbol]);

/** Resolves a symbol or one of its aliases, any case; null when the registry does not know it. */
export function findInstrument(name: string): Instrument | null {
  const wanted = name.trim().toUpperCase();
  return (
    FUTURE_SYMBOLS.map((symbol) => INSTRUMENTS[symbol]).find(
      (instrument) => instrument.symbol === wanted || instrument.aliases.includes(wanted),
    ) ?? null
  );
}

const decimalsOfTick = new Map<number, number>();

/** Decimals that print a price of this instrument on its tick grid (0.25 → 2, 0.1 → 1, 0.00005 → 5). */
export function priceDecimals({ tickSize }: Pick<Instrument, 'tickSize'>): number {
  let decimals = decimalsOfTick.get(tickSize);
  if (decimals === undefined) {
    const text = tickSize.toFixed(8).replace(/0+$/, '');
    decimals = text.length - text.indexOf('.') - 1;
    decimalsOfTick.set(tickSize, decimals);
  }
  return decimals;
}

/** The tick grid point nearest to `price`; exact to the printed decimals, so equal prices compare equal. */
export function roundToTick(price: number, instrument: Pick<Instrument, 'tickSize'>): number {
  const ticks = Math.round(price / instrument.tickSize);
  return Number((ticks * instrument.tickSize).toFixed(priceDecimals(instrument)));
}

/** True when `price` lies on the instrument's tick grid (within floating-point noise). */
export function isOnTick(price: number, instrument: Pick<Instrument, 'tickSize'>): boolean {
  return Math.abs(price - roundToTick(price, instrument)) < instrument.tickSize * 1e-6;
}
