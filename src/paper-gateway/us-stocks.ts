/** US stocks that the gateway can describe (contract ids as IB's own, from public examples). It has no prices for them and fills none. */

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
  stock(11017, 'PG', 'PROCTER & GAMBLE CO/THE', 'NYSE', 'Consumer, Non-cyclical'),
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
];
