/** Comparison forecasts: what each finds where there is something to find, and nothing where there is not. */
import { markBreaks } from '../../../src/features/bar-series';
import type { BarColumns } from '../../../src/features/bar-series';
import { emptyColumns } from '../../../src/features/bar-series';
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import { arimaForecaster } from '../../../src/learning/forecasts/arima-forecaster';
import { compareForecasts, forecastOrigins } from '../../../src/learning/forecasts/compare-forecasts';
import { etsForecaster } from '../../../src/learning/forecasts/ets-forecaster';
import type { Forecaster } from '../../../src/learning/forecasts/forecaster';
import { createRandom } from '../../../src/learning/random';

const TUESDAY_NOON = Date.UTC(2013, 9, 8, 12);
const LOADED = { arima: () => arimaForecaster(1, 1, 1), ets: etsForecaster };

/** Bars a minute apart with these closes; `gapAt`: half an hour is missing before that row. */
function seriesOf(closes: readonly number[], gapAt = Infinity) {
  const columns: BarColumns = emptyColumns(closes.length);
  closes.forEach((close, row) => {
    columns.start[row] = TUESDAY_NOON + (row + (row >= gapAt ? 30 : 0)) * MINUTE_MS;
    for (const field of ['open', 'high', 'low', 'close'] as const) columns[field][row] = close;
  });
  return markBreaks(columns);
}

/** Changes that follow the one before with this coefficient. */
function autoregressive(count: number, coefficient: number, seed: number): number[] {
  const random = createRandom(seed);
  let [value, change] = [1650, 0];
  return Array.from({ length: count }, () => {
    change = coefficient * change + random.next() - 0.5;
    value += change;
    return value;
  });
}

describe.each(['arima', 'ets'] as const)('%s', (name) => {
  it('goes on with a line, and repeats itself', async () => {
    const forecaster = await LOADED[name]();
    const line = autoregressive(80, 0, 3).map((noise, i) => 100 + 0.5 * i + 0.001 * (noise - 1650));
    const expected = 100 + 0.5 * 84;
    const ahead = () => forecaster.fit(line).predict(5)[4];
    expect(Math.abs(ahead() - expected)).toBeLessThan(0.2);
    expect(ahead()).toBe(ahead());
  });

  it('refuses a series that is too short or not finite in a sentence', async () => {
    const forecaster = await LOADED[name]();
    const short = new Array<number>(forecaster.shortest - 1).fill(1);
    expect(() => forecaster.fit(short)).toThrow(
      new RegExp(`SERIES_TOO_SHORT: .* at least ${forecaster.shortest} bars`),
    );
    expect(() => forecaster.fit([...short, Number.NaN])).toThrow(/SERIES_NOT_FINITE/);
  });
});

describe('against a random walk', () => {
  it('ARIMA wins where changes go on, one bar ahead', async () => {
    const series = seriesOf(autoregressive(500, 0.8, 5));
    const [one] = compareForecasts(series, [await LOADED.arima()], { history: 200, every: 20 });
    expect(one).toMatchObject({ horizon: 1, forecasts: 15, failed: 0 });
    expect(one.relative).toBeLessThan(0.85);
  });

  it('errors are those of the forecasts, and a fit that fails is counted', () => {
    const closes = autoregressive(60, 0, 7);
    const knowing: Forecaster = {
      name: 'knows',
      model: 'the future, one too high',
      shortest: 1,
      fit: (history) => ({
        predict: (horizon) =>
          Array.from(
            { length: horizon },
            (_item, i) => closes[closes.indexOf(history[history.length - 1]) + 1 + i] + 1,
          ),
      }),
    };
    const [one, twenty] = compareForecasts(seriesOf(closes), [knowing], { history: 20, every: 10 });
    expect([one.mae, twenty.mae].map((mae) => mae?.toFixed(9))).toEqual(['1.000000000', '1.000000000']);
    expect(one.randomWalkMae).toBeCloseTo(
      [19, 29, 39].reduce((sum, row) => sum + Math.abs(closes[row + 1] - closes[row]), 0) / 3,
      12,
    );
  });

  it('no forecast reaches over a break, and a series without an origin is refused', async () => {
    const window = { history: 20, every: 10 };
    const closes = autoregressive(100, 0, 9);
    expect(forecastOrigins(seriesOf(closes), window)).toEqual([19, 29, 39, 49, 59, 69, 79]);
    expect(forecastOrigins(seriesOf(closes, 50), window)).toEqual([19, 29, 59, 69, 79]);
    const ets = await LOADED.ets();
    expect(() => compareForecasts(seriesOf(closes.slice(0, 30)), [ets], window)).toThrow(/SERIES_TOO_SHORT: 30 bars/);
  });
});
