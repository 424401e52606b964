/** The last days' bars and features of one instrument, recorded or as the feed consumed them: what a check compares. */
import { tradeDateBounds, tradeDateOf } from '../../domain/calendar';
import { INSTRUMENTS } from '../../domain/instruments';
import type { FutureSymbol, LearningSymbol } from '../../domain/instruments';
import { columnsOf, markBreaks } from '../../features/bar-series';
import type { BarSeries } from '../../features/bar-series';
import { computeFeaturesOfColumns } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import type { JournalReader } from '../../storage/market-journal-reader';
import type { LearningData } from '../training/learning-data';
import type { TimedFeatureRows } from './drift-day';

/** The window may reach a day back, and its oldest row needs its warm-up before it. */
const TRADE_DATES_READ = 4;
const MINUTES_A_TRADE_DATE = 23 * 60;
/** After every bar, and still a date, UTC ms. */
export const END_OF_TIME = Date.UTC(9999, 0);

export interface RecentRows {
  /** Bars of each contract, ascending. */
  readonly blocks: readonly BarSeries[];
  readonly rows: TimedFeatureRows;
}

/** The recorded bars up to the end of `tradeDate`, the newest one when it is null; null when there is no bar on it. */
export function recordedRows(
  data: LearningData,
  symbol: LearningSymbol,
  tradeDate: string | null,
  schema: FeatureSchema,
): RecentRows | null {
  const newest = tradeDate ?? data.tradeDates.at(-1);
  const days = data.tradeDates.filter((date) => newest !== undefined && date <= newest).slice(-TRADE_DATES_READ);
  const series = data.series(symbol, days, schema);
  const last = series.at(-1)?.block.start.at(-1);
  if (last === undefined || tradeDateOf(last) !== newest) return null;
  const rows = {
    starts: series.flatMap(({ features }) => Array.from(features.starts)),
    values: Float32Array.from(series.flatMap(({ features }) => Array.from(features.values))),
    columns: schema.columns,
  };
  return { blocks: series.map(({ block }) => block), rows };
}

/** The rows that the feed consumed, up to the end of `tradeDate`, or up to now; null without any. Rejects with MarketJournalError. */
export async function consumedRows(
  journal: Pick<JournalReader, 'lastRows'>,
  symbol: FutureSymbol,
  tradeDate: string | null,
  schema: FeatureSchema,
): Promise<RecentRows | null> {
  const before = tradeDate === null ? END_OF_TIME : tradeDateBounds(tradeDate).end;
  const bars = await journal.lastRows(symbol, TRADE_DATES_READ * MINUTES_A_TRADE_DATE, before);
  if (bars.length === 0) return null;
  const block = markBreaks(columnsOf(bars));
  const { starts, values } = computeFeaturesOfColumns(block, schema, INSTRUMENTS[symbol]);
  return { blocks: [block], rows: { starts, values, columns: schema.columns } };
}
