/** What a search learns from in a data folder: the configured columns, for stocks those that need no quotes. */
import type { Config } from '../config/config';
import { isFuture } from '../domain/instruments';
import { configuredSchema } from '../features/configured-schema';
import { stockSchema } from '../features/stock-schema';
import { futuresData, stockData } from '../learning/training/learning-data';
import { loadRecordedStock } from '../market-data/recorded-equity';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import type { ObjectStore } from '../storage/object-store';
import { providedSchema, withOutside, type OutsideSettings } from './open-outside';
import type { SearchParts } from './search-steps';

/** The folder is read when a search is prepared. Its steps reject with RecordedDataError and FeatureError. */
export const recordedSource =
  (
    dataFolder: string,
    { features }: Pick<Config, 'features'>,
    store: ObjectStore,
    outside: OutsideSettings,
  ): SearchParts['source'] =>
  async (symbol) => {
    const { schema: configured } = await providedSchema(configuredSchema(features), [symbol], store, outside);
    const known = <Data extends object>(data: Data) => withOutside(data, configured, store, outside);
    return isFuture(symbol)
      ? {
          data: futuresData(await known(await loadRecordedMarket(dataFolder, { instruments: [symbol] }))),
          schema: configured,
        }
      : {
          data: stockData(await known(await loadRecordedStock(dataFolder, symbol))),
          schema: stockSchema(configured),
        };
  };
