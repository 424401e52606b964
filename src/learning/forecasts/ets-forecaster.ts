/** Exponential smoothing (Hyndman's ETS) through Grafana's augurs: the best of its error and trend forms by AICc, without a season. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asForecastError, checkHistory, finiteForecast } from './forecaster';
import type { Forecaster } from './forecaster';

/** Error and trend chosen, no season: the only forms the library has. */
const FORMS = 'ZZN';
const NO_SEASON = 1;
/** Fewer leave the larger forms without degrees of freedom. */
const SHORTEST = 20;
const NAME = 'ets';
const PACKAGE = '@bsull/augurs/ets';

/** The package is an ES module, which Node can `require`; its WebAssembly lies beside it and is compiled here. */
export async function etsForecaster(): Promise<Forecaster> {
  const { AutoETS, initSync } = await import('@bsull/augurs/ets');
  initSync({ module: readFileSync(join(dirname(require.resolve(PACKAGE)), 'ets_bg.wasm')) });
  const forecast = (history: readonly number[], horizon: number): readonly number[] => {
    const search = new AutoETS(NO_SEASON, FORMS);
    try {
      search.fit(Float64Array.from(history));
      return finiteForecast(NAME, Array.from(search.predict(horizon).point));
    } catch (error) {
      throw asForecastError(NAME, error);
    } finally {
      search.free();
    }
  };
  return {
    name: NAME,
    model: `AutoETS(${FORMS})`,
    shortest: SHORTEST,
    fit: (history) => {
      checkHistory({ name: NAME, shortest: SHORTEST }, history);
      return { predict: (horizon) => forecast(history, horizon) };
    },
  };
}
