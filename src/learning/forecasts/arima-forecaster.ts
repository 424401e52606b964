/** ARIMA through the `arima` package (the ctsa library in WebAssembly), maximum likelihood. */
import { asForecastError, checkHistory, finiteForecast } from './forecaster';
import type { Forecaster } from './forecaster';

/** The package's own rule: below it its memory is overrun. */
const SHORTEST_FIT = 10;

const EXACT_LIKELIHOOD = 0;
/** BFGS; the default with limited memory leaves the stationary region on some recorded minutes. */
const QUASI_NEWTON = 5;

/** ARIMA(p, d, q); the library compiles on loading, so that is only where it is asked for. */
export async function arimaForecaster(p: number, d: number, q: number): Promise<Forecaster> {
  const Arima = await loadArima();
  const name = 'arima';
  const shortest = d + Math.max(p + q, SHORTEST_FIT);
  const forecast = (history: readonly number[], horizon: number): readonly number[] => {
    const model = new Arima({ p, d, q, method: EXACT_LIKELIHOOD, optimizer: QUASI_NEWTON, verbose: false });
    try {
      // A level near 0 keeps the optimiser's steps in proportion; differencing takes it out again.
      const level = history[0];
      const [values] = model.train(history.map((value) => value - level)).predict(horizon);
      const forecasts = values.map((value) => value + level);
      return finiteForecast(name, forecasts);
    } catch (error) {
      throw asForecastError(name, error);
    } finally {
      model.destroy();
    }
  };
  return {
    name,
    model: `ARIMA(${p},${d},${q})`,
    shortest,
    fit: (history) => {
      checkHistory({ name, shortest }, history);
      return { predict: (horizon) => forecast(history, horizon) };
    },
  };
}

/** The library's C code prints its remarks through the `console.log` of its loading, where results are printed: it is given a mute one. */
async function loadArima() {
  const { log } = console;
  console.log = () => undefined;
  try {
    return (await import('arima')).default;
  } finally {
    console.log = log;
  }
}
