/** A forecast of prices for comparison: it neither votes nor is exported, it says what a classical model makes of the same bars. */

export interface FittedForecaster {
  /** The next `horizon` values after the history. */
  predict(horizon: number): readonly number[];
}

export interface Forecaster {
  readonly name: string;
  /** For the screen. */
  readonly model: string;
  /** Fewest values that it can be fitted on. */
  readonly shortest: number;
  /** Throws ForecastError SERIES_TOO_SHORT or FIT_FAILED. The same history gives the same forecast. */
  fit(history: readonly number[]): FittedForecaster;
}

export type ForecastErrorCode = 'SERIES_TOO_SHORT' | 'SERIES_NOT_FINITE' | 'FIT_FAILED';

export class ForecastError extends Error {
  constructor(
    readonly code: ForecastErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${code}: ${message}`, options);
    this.name = 'ForecastError';
  }
}

/** Throws ForecastError SERIES_TOO_SHORT or SERIES_NOT_FINITE. */
export function checkHistory(
  { name, shortest }: Pick<Forecaster, 'name' | 'shortest'>,
  history: readonly number[],
): void {
  if (history.length < shortest)
    throw new ForecastError(
      'SERIES_TOO_SHORT',
      `${name} needs at least ${shortest} bars, there are ${history.length}.`,
    );
  const bad = history.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new ForecastError('SERIES_NOT_FINITE', `${name}: value ${bad} of the series is ${history[bad]}.`);
}

/** `values` where all are finite. Throws ForecastError FIT_FAILED. */
export function finiteForecast(name: string, values: readonly number[]): readonly number[] {
  if (values.every((value) => Number.isFinite(value))) return values;
  throw new ForecastError('FIT_FAILED', `${name} found no forecast for this series.`);
}

/** What a library threw, as the error of this room. */
export const asForecastError = (name: string, error: unknown): ForecastError =>
  error instanceof ForecastError
    ? error
    : new ForecastError('FIT_FAILED', `${name} found no forecast for this series.`, { cause: error });
