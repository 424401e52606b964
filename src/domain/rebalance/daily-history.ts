/** Daily bars of stocks as the rebalance reads them. Dates are sessions of New York, `YYYY-MM-DD`; prices in dollars. */

export interface DailyBar {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Adjusted price ÷ this price: splits and distributions after the date, 1 on the last. NaN where nobody told one. */
  readonly factor: number;
}

export interface DailyHistory {
  readonly ticker: string;
  /** Ascending, one a session. */
  readonly bars: readonly DailyBar[];
}

/** Close with splits and distributions reinvested: only its ratios mean something. An unknown factor counts as 1 (eligibility.ts refuses a mix). */
export const adjustedClose = ({ close, factor }: DailyBar): number => close * (Number.isNaN(factor) ? 1 : factor);

/** The bars up to and with `date`. */
export function barsThrough({ bars }: DailyHistory, date: string): readonly DailyBar[] {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bars[middle].date <= date) low = middle + 1;
    else high = middle;
  }
  return bars.slice(0, low);
}
