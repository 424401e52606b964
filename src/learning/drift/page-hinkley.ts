/**
 * Page–Hinkley test for a rising mean of the live error (Page 1954, "Continuous inspection schemes"; parameter names, defaults and
 * arithmetic of river.drift.PageHinkley(mode="up")). It is shown beside the alarm and is no trigger by itself.
 */
export interface PageHinkleyParameters {
  readonly min_instances: number;
  /** Rise of the mean that is tolerated. */
  readonly delta: number;
  readonly threshold: number;
  /** Forgetting factor of the sum. */
  readonly alpha: number;
}

export const PAGE_HINKLEY_DEFAULTS: PageHinkleyParameters = {
  min_instances: 30,
  delta: 0.005,
  threshold: 50,
  alpha: 0.9999,
};

/** JSON-safe state between two observations. */
export interface PageHinkleyState {
  readonly count: number;
  readonly mean: number;
  readonly sum: number;
  readonly minimum: number;
  readonly detected: boolean;
}

export const PAGE_HINKLEY_START: PageHinkleyState = { count: 0, mean: 0, sum: 0, minimum: 0, detected: false };

/** The state after one more error; a detection starts the test afresh with the next. */
export function observeError(
  before: PageHinkleyState,
  error: number,
  parameters: PageHinkleyParameters = PAGE_HINKLEY_DEFAULTS,
): PageHinkleyState {
  const from = before.detected ? PAGE_HINKLEY_START : before;
  const count = from.count + 1;
  const mean = from.mean + (error - from.mean) / count;
  const sum = parameters.alpha * from.sum + error - mean - parameters.delta;
  const minimum = from.count === 0 ? sum : Math.min(from.minimum, sum);
  const detected = count >= parameters.min_instances && sum - minimum > parameters.threshold;
  return { count, mean, sum, minimum, detected };
}
