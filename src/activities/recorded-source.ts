/** What a search learns from in a data folder: the configured columns, for stocks those that need no quotes. */
import type { Config } from '../config/config';
import { isFuture } from '../domain/instruments';
import { configuredSchema } from '../features/configured-schema';
import { stockSchema } from '../features/stock-schema';
import { futuresData, stockData } from '../learning/training/learning-data';
import { loadRecordedStock } from '../market-data/recorded-equity';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import type { SearchParts } from './search-steps';

/** The folder is read when a search is prepared. Its steps reject with RecordedDataError and FeatureError. */
export const recordedSource =
  (dataFolder: string, { features }: Pick<Config, 'features'>): SearchParts['source'] =>
  async (symbol) =>
    isFuture(symbol)
      ? {
          data: futuresData(await loadRecordedMarket(dataFolder, { instruments: [symbol] })),
          schema: configuredSchema(features),
        }
      : {
          data: stockData(await loadRecordedStock(dataFolder, symbol)),
          schema: stockSchema(configuredSchema(features)),
        };
