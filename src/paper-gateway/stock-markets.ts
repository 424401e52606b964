/** The recorded stocks of a data folder: daily bars by ticker, and the minutes of those that have some. */
import { basename, dirname } from 'node:path';
import type { Bar } from '../domain/bars';
import { STOCKS, type StockSymbol } from '../domain/instruments';
import { loadRecordedStock } from '../market-data/recorded-equity';
import { RecordedDataError } from '../market-data/recorded-market';
import { loadDailyBars } from './daily-bars';
import { stockHoursOn } from './daily-replay';
import type { RecordedStockMarket } from './stock-replay';

export interface StockMarkets {
  readonly markets: readonly RecordedStockMarket[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** For the screen. */
  readonly notes: readonly string[];
  /** Close of the last recorded day, UTC ms. */
  readonly endOfData: number;
}

export const NO_STOCKS: StockMarkets = { markets: [], files: [], notes: [], endOfData: 0 };

/** Rejects with RecordedDataError when there are no daily bars; stocks without minutes have none. */
export async function loadStockMarkets(dataFolder: string): Promise<StockMarkets> {
  const daily = await loadDailyBars(dataFolder);
  const folder = basename(dataFolder) === 'futures_1m' ? dirname(dataFolder) : dataFolder;
  const minutes = new Map<string, readonly Bar[]>();
  const files = [...daily.files];
  for (const symbol of Object.keys(STOCKS) as StockSymbol[]) {
    const recorded = await recordedMinutes(folder, symbol);
    if (recorded === null) continue;
    minutes.set(symbol, recorded.bars);
    files.push(...recorded.files);
  }
  const markets = [...daily.bars].map(([ticker, bars]) => ({
    ticker,
    daily: bars,
    minutes: minutes.get(ticker) ?? [],
  }));
  const dates = markets.flatMap(({ daily: bars }) => [bars[0].date, bars[bars.length - 1].date]).sort();
  const last = dates[dates.length - 1];
  const left = daily.leftOut === 0 ? '' : `; ${daily.leftOut} rows left out`;
  return {
    markets,
    files,
    notes: [
      `stocks: ${markets.length} with daily bars from ${dates[0]} to ${last}, filled at the day's open and a modelled half-spread${left}`,
    ],
    endOfData: stockHoursOn(last, STOCKS.SPY.regularHours).close,
  };
}

async function recordedMinutes(
  folder: string,
  symbol: StockSymbol,
): Promise<Awaited<ReturnType<typeof loadRecordedStock>> | null> {
  try {
    return await loadRecordedStock(folder, symbol);
  } catch (error) {
    const isAbsent = error instanceof RecordedDataError && ['FOLDER_MISSING', 'NO_FILES'].includes(error.code);
    if (isAbsent) return null;
    throw error;
  }
}
