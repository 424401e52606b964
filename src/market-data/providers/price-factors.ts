/**
 * Adjustment factors from corporate actions, by the method of CRSP that Tiingo and Yahoo follow: prices before an ex-date are multiplied by
 * 1/ratio for a split and by 1 − dividend/close of the day before for a dividend, all later events together. Pure.
 */

export interface Split {
  /** First day at the new price, midnight UTC ms. */
  readonly exDate: number;
  /** New shares for one old share: 2 for two for one, 0.1 for one for ten. */
  readonly ratio: number;
}

export interface Dividend {
  readonly exDate: number;
  /** For one share as it was on the ex-date, in the currency of the prices. */
  readonly cash: number;
}

export interface CorporateActions {
  readonly splits: readonly Split[];
  readonly dividends: readonly Dividend[];
}

export interface RawClose {
  /** Midnight UTC of the session's date. */
  readonly start: number;
  readonly close: number;
}

/** Splits later than `start` multiplied: shares of today for one share then. */
export const sharesSince = (splits: readonly Split[], start: number): number =>
  splits.reduce((product, { exDate, ratio }) => (exDate > start ? product * ratio : product), 1);

/**
 * One factor per day of `days` (ascending, raw closes): raw price × factor = adjusted price, 1 after the last event. Events before the
 * first day or after the last change nothing here; give days up to now to have all of them.
 */
export function adjustmentFactors(
  days: readonly RawClose[],
  { splits, dividends }: CorporateActions,
): readonly number[] {
  const factors = new Array<number>(days.length).fill(1);
  let factor = 1;
  for (let i = days.length - 2; i >= 0; i -= 1) {
    const { start, close } = days[i];
    const next = days[i + 1].start;
    const ratio = between(splits, start, next).reduce((product, split) => product * split.ratio, 1);
    const cash = between(dividends, start, next).reduce((sum, dividend) => sum + dividend.cash, 0);
    // A dividend of the split's own day is paid on the new shares.
    factor *= (1 / ratio) * (1 - (cash * ratio) / close);
    factors[i] = factor;
  }
  return factors;
}

/** Events that take effect after `start` and not after `next`: an ex-date without a session takes effect in the next one. */
const between = <Event extends { readonly exDate: number }>(
  events: readonly Event[],
  start: number,
  next: number,
): readonly Event[] => events.filter(({ exDate }) => exDate > start && exDate <= next);
