/**
 * Forecasters against a random walk on one series of closes: at every origin each is fitted anew on the bars before it, and asked one
 * bar and a label's horizon ahead. The random walk answers with the last close: whoever does not beat it knows nothing.
 */
import type { BarSeries } from '../../features/bar-series';
import { HORIZON_BARS } from '../labels';
import { ForecastError } from './forecaster';
import type { Forecaster } from './forecaster';

export const HORIZONS = [1, HORIZON_BARS] as const;

export interface ForecastWindow {
  /** Bars of history in each fit. */
  readonly history: number;
  /** Bars from one origin to the next. */
  readonly every: number;
}

export interface ForecastErrors {
  readonly forecaster: string;
  readonly model: string;
  /** Bars ahead. */
  readonly horizon: number;
  readonly forecasts: number;
  /** Mean absolute error, points; null without a forecast. */
  readonly mae: number | null;
  readonly randomWalkMae: number | null;
  /** mae over the random walk's: below 1 is better than it. */
  readonly relative: number | null;
  /** Origins at which the fit found nothing. */
  readonly failed: number;
}

/** Rows whose history is whole and whose longest horizon no break interrupts. */
export function forecastOrigins(
  { length, afterBreak }: BarSeries,
  { history, every }: ForecastWindow,
): readonly number[] {
  const reach = Math.max(...HORIZONS);
  const origins: number[] = [];
  for (let row = history - 1; row + reach < length; row += every) {
    if (!afterBreak.subarray(row + 1, row + reach + 1).includes(1)) origins.push(row);
  }
  return origins;
}

/** One line per forecaster and horizon. Throws ForecastError SERIES_TOO_SHORT when the series has no origin at all. */
export function compareForecasts(
  series: BarSeries,
  forecasters: readonly Forecaster[],
  window: ForecastWindow,
): readonly ForecastErrors[] {
  const origins = forecastOrigins(series, window);
  if (origins.length === 0)
    throw new ForecastError(
      'SERIES_TOO_SHORT',
      `${series.length} bars hold no ${window.history} bars of history with ${Math.max(...HORIZONS)} unbroken bars after them: give a longer day or a shorter history.`,
    );
  return forecasters.flatMap((forecaster) => errorsOf(series, forecaster, origins, window.history));
}

function errorsOf(
  { close }: BarSeries,
  forecaster: Forecaster,
  origins: readonly number[],
  history: number,
): readonly ForecastErrors[] {
  const misses = HORIZONS.map(() => [] as { readonly own: number; readonly walk: number }[]);
  let failed = 0;
  for (const origin of origins) {
    const answers = answersAt(close, forecaster, origin, history);
    if (answers === null) failed += 1;
    else
      HORIZONS.forEach((horizon, h) => {
        const actual = close[origin + horizon];
        misses[h].push({ own: Math.abs(answers[horizon - 1] - actual), walk: Math.abs(close[origin] - actual) });
      });
  }
  return HORIZONS.map((horizon, h) => {
    const mae = meanOf(misses[h].map(({ own }) => own));
    const randomWalkMae = meanOf(misses[h].map(({ walk }) => walk));
    const relative = mae === null || !randomWalkMae ? null : mae / randomWalkMae;
    const { name, model } = forecaster;
    return { forecaster: name, model, horizon, forecasts: misses[h].length, mae, randomWalkMae, relative, failed };
  });
}

/** A fit that finds nothing is counted; a series that is too short is the caller's to hear of. */
function answersAt(
  close: Float64Array,
  forecaster: Forecaster,
  origin: number,
  history: number,
): readonly number[] | null {
  try {
    const past = Array.from(close.subarray(origin - history + 1, origin + 1));
    return forecaster.fit(past).predict(Math.max(...HORIZONS));
  } catch (error) {
    if (error instanceof ForecastError && error.code === 'FIT_FAILED') return null;
    throw error;
  }
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
