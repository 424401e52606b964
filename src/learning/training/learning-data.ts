/** Where a training set comes from: recorded futures with their quotes, or a stock's minutes without. */
import { INSTRUMENTS, isFuture, STOCKS, unitOf } from '../../domain/instruments';
import type { LearningSymbol } from '../../domain/instruments';
import type { Bar, BarWithQuote } from '../../domain/bars';
import { tradeDateOf } from '../../domain/calendar';
import { columnsOf, markBreaks } from '../../features/bar-series';
import { NOTHING_OUTSIDE } from '../../features/outside/outside-values';
import { computeFeaturesOfColumns } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import type { RecordedStock } from '../../market-data/recorded-equity';
import type { RecordedMarket } from '../../market-data/recorded-market';
import { contractSeries } from '../training-rows';
import type { ContractSeries } from '../training-rows';

export interface LearningData {
  readonly folder: string;
  /** Ascending. */
  readonly tradeDates: readonly string[];
  readonly quotes: 'recorded' | 'modelled';
  /** Bars and features on the trade dates `days`, ascending; none for a symbol that is not in the data. */
  series(symbol: LearningSymbol, days: readonly string[], schema: FeatureSchema): readonly ContractSeries[];
}

export const futuresData = (market: RecordedMarket): LearningData => ({
  folder: market.folder,
  tradeDates: market.tradeDates,
  quotes: 'recorded',
  series: (symbol, days, schema) =>
    isFuture(symbol) ? contractSeries(market, symbol, days, schema, INSTRUMENTS[symbol]) : [],
});

/** One tick wide around the close: the mid is the close. No column of the book may be read from it. */
function modelledQuote(bar: Bar, tickSize: number): BarWithQuote {
  const half = tickSize / 2;
  return { bar, quote: { time: bar.start, bid: bar.close - half, ask: bar.close + half, bidSize: 0, askSize: 0 } };
}

export const stockData = (stock: RecordedStock): LearningData => ({
  folder: stock.folder,
  tradeDates: stock.tradeDates,
  quotes: 'modelled',
  series: (symbol, days, schema) => {
    if (symbol !== stock.symbol) return [];
    const wanted = new Set(days);
    const bars = stock.bars.filter(({ start }) => wanted.has(tradeDateOf(start)));
    const block = markBreaks(columnsOf(bars.map((bar) => modelledQuote(bar, STOCKS[stock.symbol].tickSize))));
    return [
      {
        contract: symbol,
        block,
        features: computeFeaturesOfColumns(block, schema, unitOf(symbol), {
          outside: stock.outside?.(symbol) ?? NOTHING_OUTSIDE,
        }),
      },
    ];
  },
});
