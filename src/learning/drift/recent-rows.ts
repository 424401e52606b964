/** The last days' bars and features of one instrument, recorded or as the feed consumed them: what a check compares. */
import type { BarWithQuote } from '../../domain/bars';
import { tradeDateBounds } from '../../domain/calendar';
import { INSTRUMENTS } from '../../domain/instruments';
import type { FutureSymbol } from '../../domain/instruments';
import { computeFeatures } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import { frontSeries } from '../../market-data/front-series';
import type { RecordedMarket } from '../../market-data/recorded-market';
import type { JournalReader } from '../../storage/market-journal-reader';
import { contractSeries } from '../training-rows';
import type { TimedFeatureRows } from './drift-day';

/** The window may reach a day back, and its oldest row needs its warm-up before it. */
const TRADE_DATES_READ = 4;
const MINUTES_A_TRADE_DATE = 23 * 60;
/** After every bar, and still a date, UTC ms. */
export const END_OF_TIME = Date.UTC(9999, 0);

export interface RecentRows {
  /** Ascending. */
  readonly bars: readonly BarWithQuote[];
  readonly rows: TimedFeatureRows;
}

/** The recorded front-month bars up to the end of `tradeDate`. */
export function recordedRows(
  market: RecordedMarket,
  symbol: FutureSymbol,
  tradeDate: string,
  schema: FeatureSchema,
): RecentRows {
  const days = market.tradeDates.filter((date) => date <= tradeDate).slice(-TRADE_DATES_READ);
  const bars = frontSeries(market, symbol, days).flatMap(({ bar, quote }) => (bar === null ? [] : [{ bar, quote }]));
  const series = contractSeries(market, symbol, days, schema, INSTRUMENTS[symbol]);
  const rows = {
    starts: series.flatMap(({ features }) => Array.from(features.starts)),
    values: Float32Array.from(series.flatMap(({ features }) => Array.from(features.values))),
    columns: schema.columns,
  };
  return { bars, rows };
}

/** The rows that the feed consumed, up to the end of `tradeDate`, or up to now. Rejects with MarketJournalError. */
export async function consumedRows(
  journal: Pick<JournalReader, 'lastRows'>,
  symbol: FutureSymbol,
  tradeDate: string | null,
  schema: FeatureSchema,
): Promise<RecentRows> {
  const before = tradeDate === null ? END_OF_TIME : tradeDateBounds(tradeDate).end;
  const bars = await journal.lastRows(symbol, TRADE_DATES_READ * MINUTES_A_TRADE_DATE, before);
  const { starts, values } = computeFeatures(bars, schema, INSTRUMENTS[symbol]);
  return { bars, rows: { starts, values, columns: schema.columns } };
}
