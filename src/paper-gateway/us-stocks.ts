/**
 * US stocks that the gateway can describe. Contract ids are IB's own where public examples show them; `unverified` ones are made up from
 * the ticker, from 2,000,000,000 up (synthetic-con-id.ts). Prices come with `--stocks`, for those with recorded bars.
 */
import { syntheticConId } from './synthetic-con-id';

export interface StockListing {
  readonly conId: number;
  readonly symbol: string;
  readonly longName: string;
  readonly primaryExchange: string;
  readonly stockType: 'COMMON' | 'ETF';
  readonly industry: string;
}

const stock = (
  conId: number,
  symbol: string,
  longName: string,
  primaryExchange: string,
  industry: string,
): StockListing => ({ conId, symbol, longName, primaryExchange, stockType: 'COMMON', industry });
const fund = (conId: number, symbol: string, longName: string, primaryExchange: string): StockListing => ({
  conId,
  symbol,
  longName,
  primaryExchange,
  stockType: 'ETF',
  industry: '',
});

const unverified = (symbol: string, longName: string, industry: string): StockListing =>
  stock(syntheticConId(symbol), symbol, longName, 'NYSE', industry);

export const US_STOCKS: readonly StockListing[] = [
  stock(265598, 'AAPL', 'APPLE INC', 'NASDAQ', 'Technology'),
  stock(272093, 'MSFT', 'MICROSOFT CORP', 'NASDAQ', 'Technology'),
  stock(3691937, 'AMZN', 'AMAZON.COM INC', 'NASDAQ', 'Communications'),
  stock(208813719, 'GOOGL', 'ALPHABET INC-CL A', 'NASDAQ', 'Communications'),
  stock(208813720, 'GOOG', 'ALPHABET INC-CL C', 'NASDAQ', 'Communications'),
  stock(107113386, 'META', 'META PLATFORMS INC-CLASS A', 'NASDAQ', 'Communications'),
  stock(4815747, 'NVDA', 'NVIDIA CORP', 'NASDAQ', 'Technology'),
  stock(76792991, 'TSLA', 'TESLA INC', 'NASDAQ', 'Consumer, Cyclical'),
  stock(270639, 'INTC', 'INTEL CORP', 'NASDAQ', 'Technology'),
  stock(268084, 'CSCO', 'CISCO SYSTEMS INC', 'NASDAQ', 'Communications'),
  stock(274105, 'ORCL', 'ORACLE CORP', 'NYSE', 'Technology'),
  stock(8314, 'IBM', 'INTL BUSINESS MACHINES CORP', 'NYSE', 'Technology'),
  stock(1520593, 'JPM', 'JPMORGAN CHASE & CO', 'NYSE', 'Financial'),
  stock(10098, 'BAC', 'BANK OF AMERICA CORP', 'NYSE', 'Financial'),
  stock(4721, 'AXP', 'AMERICAN EXPRESS CO', 'NYSE', 'Financial'),
  stock(8894, 'KO', 'COCA-COLA CO/THE', 'NYSE', 'Consumer, Non-cyclical'),
  stock(11031, 'PFE', 'PFIZER INC', 'NYSE', 'Consumer, Non-cyclical'),
  stock(13977, 'XOM', 'EXXON MOBIL CORP', 'NYSE', 'Energy'),
  stock(13824, 'WMT', 'WALMART INC', 'NYSE', 'Consumer, Cyclical'),
  stock(6459, 'DIS', 'WALT DISNEY CO/THE', 'NYSE', 'Communications'),
  stock(37018770, 'T', 'AT&T INC', 'NYSE', 'Communications'),
  fund(756733, 'SPY', 'SPDR S&P 500 ETF TRUST', 'ARCA'),
  fund(320227571, 'QQQ', 'INVESCO QQQ TRUST SERIES 1', 'NASDAQ'),
  fund(9579970, 'IWM', 'ISHARES RUSSELL 2000 ETF', 'ARCA'),
  fund(51529211, 'GLD', 'SPDR GOLD SHARES', 'ARCA'),
  fund(4215220, 'XLF', 'FINANCIAL SELECT SECTOR SPDR', 'ARCA'),
  fund(4215230, 'XLK', 'TECHNOLOGY SELECT SECT SPDR', 'ARCA'),
  unverified('BA', 'BOEING CO/THE', 'Industrial'),
  unverified('C', 'CITIGROUP INC', 'Financial'),
  unverified('CAT', 'CATERPILLAR INC', 'Industrial'),
  unverified('CCL', 'CARNIVAL CORP', 'Consumer, Cyclical'),
  unverified('CL', 'COLGATE-PALMOLIVE CO', 'Consumer, Non-cyclical'),
  unverified('COP', 'CONOCOPHILLIPS', 'Energy'),
  unverified('CVX', 'CHEVRON CORP', 'Energy'),
  unverified('GS', 'GOLDMAN SACHS GROUP INC', 'Financial'),
  unverified('HD', 'HOME DEPOT INC', 'Consumer, Cyclical'),
  unverified('HPQ', 'HP INC', 'Technology'),
  unverified('JNJ', 'JOHNSON & JOHNSON', 'Consumer, Non-cyclical'),
  unverified('MCD', "MCDONALD'S CORP", 'Consumer, Cyclical'),
  unverified('MRK', 'MERCK & CO. INC.', 'Consumer, Non-cyclical'),
  unverified('OXY', 'OCCIDENTAL PETROLEUM CORP', 'Energy'),
  unverified('PEP', 'PEPSICO INC', 'Consumer, Non-cyclical'),
  unverified('PG', 'PROCTER & GAMBLE CO/THE', 'Consumer, Non-cyclical'),
  unverified('TGT', 'TARGET CORP', 'Consumer, Cyclical'),
  unverified('UPS', 'UNITED PARCEL SERVICE-CL B', 'Industrial'),
  unverified('V', 'VISA INC-CLASS A SHARES', 'Financial'),
  unverified('VZ', 'VERIZON COMMUNICATIONS INC', 'Communications'),
  unverified('WFC', 'WELLS FARGO & CO', 'Financial'),
  // Until 2022 META's ticker: the recorded years know it by this one.
  { ...unverified('FB', 'FACEBOOK INC-CLASS A', 'Communications'), primaryExchange: 'NASDAQ' },
  fund(syntheticConId('IEF'), 'IEF', 'ISHARES 7-10 YEAR TREASURY BOND ETF', 'NASDAQ'),
];
