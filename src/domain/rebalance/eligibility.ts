/**
 * Which names have prices that can be believed on the day of decision. Pure.
 * Invariant: every name asked for is either eligible or excluded with its reason; nothing after the day is looked at.
 */
import { adjustedClose, barsThrough, type DailyBar, type DailyHistory } from './daily-history';
import type { Exclusion, ExclusionCode } from './rebalance-error';

/** A day's adjusted return beyond this, without a split in the factor, is taken for a fault of the data. */
export const LARGEST_JUMP = 0.4;
/** Sessions without a price after which a name counts as delisted. */
const DELISTED_AFTER = 5;

export interface EligibleName {
  readonly ticker: string;
  /** Through the day of decision. */
  readonly bars: readonly DailyBar[];
  /** Unadjusted close of the day: what a share costs. */
  readonly price: number;
}

export interface Eligibility {
  readonly names: readonly EligibleName[];
  readonly excluded: readonly Exclusion[];
}

const isPrice = (value: number): boolean => Number.isFinite(value) && value > 0;

/** `sessions` are the market's own up to the day of decision, ascending; the last `needed` of them are looked at. */
function judge(
  ticker: string,
  history: DailyHistory | undefined,
  sessions: readonly string[],
  needed: number,
): EligibleName | Exclusion {
  const exclude = (code: ExclusionCode, why: string): Exclusion => ({ ticker, code, why });
  const date = sessions[sessions.length - 1];
  const bars = history === undefined ? [] : barsThrough(history, date);
  const last = bars.at(-1);
  if (last === undefined) return exclude('UNKNOWN_TICKER', `${ticker} has no price up to ${date}.`);
  if (last.date !== date) {
    const missed = sessions.filter((session) => session > last.date).length;
    return missed > DELISTED_AFTER
      ? exclude('DELISTED', `${ticker} has no price since ${last.date}, ${missed} sessions ago.`)
      : exclude('NO_PRICE_ON_DAY', `${ticker} has no price on ${date}; the last is of ${last.date}.`);
  }
  const window = sessions.slice(-needed);
  const read = bars.filter((bar) => bar.date >= window[0]);
  const wrong = read.find(({ close, factor }) => !isPrice(close) || factor <= 0 || factor === Infinity);
  if (wrong !== undefined) return exclude('ZERO_PRICE', `${ticker} closed at ${wrong.close} on ${wrong.date}.`);
  // Before its first bar a name was not listed yet, or nobody stored it: that is a short history and no hole.
  const missing = missingSessions(read, window, bars[0].date);
  if (missing.length > 0) return exclude('MISSING_SESSIONS', `${ticker} has no price on ${datesText(missing)}.`);
  if (read.length < needed)
    return exclude('SHORT_HISTORY', `${ticker} has ${read.length} of the ${needed} sessions that its score needs.`);
  const mixed = mixedFactors(read);
  if (mixed !== null)
    return exclude(
      'MIXED_FACTORS',
      `${ticker} has no adjustment factor on ${mixed.unknown.date} and ${mixed.told.factor} on ${mixed.told.date}: its returns can't be told.`,
    );
  const jump = read.find((bar, at) => at > 0 && isJump(read[at - 1], bar));
  if (jump !== undefined)
    return exclude(
      'JUMP_WITHOUT_SPLIT',
      `${ticker} moved more than ${LARGEST_JUMP * 100} % on ${jump.date} without a split.`,
    );
  return { ticker, bars, price: last.close };
}

function missingSessions(bars: readonly DailyBar[], window: readonly string[], listed: string): readonly string[] {
  const priced = new Set(bars.map(({ date }) => date));
  return window.filter((session) => session > listed && !priced.has(session));
}

/** `2012-01-03`, or `2012-01-03 and 251 more of its sessions up to 2012-12-31`. */
const datesText = (dates: readonly string[]): string =>
  dates.length === 1
    ? dates[0]
    : `${dates[0]} and ${dates.length - 1} more of its sessions up to ${dates[dates.length - 1]}`;

/** A bar whose factor nobody told beside one that has been adjusted: the return between them is neither raw nor adjusted. */
function mixedFactors(bars: readonly DailyBar[]): { readonly unknown: DailyBar; readonly told: DailyBar } | null {
  const unknown = bars.find(({ factor }) => Number.isNaN(factor));
  const told = bars.find(({ factor }) => !Number.isNaN(factor) && factor !== 1);
  return unknown === undefined || told === undefined ? null : { unknown, told };
}

const isJump = (before: DailyBar, bar: DailyBar): boolean =>
  Math.abs(adjustedClose(bar) / adjustedClose(before) - 1) > LARGEST_JUMP;

/** Names in alphabetical order, whatever order they are asked for in. */
export function judgeEligibility(
  tickers: readonly string[],
  histories: ReadonlyMap<string, DailyHistory>,
  sessions: readonly string[],
  needed: number,
): Eligibility {
  const judged = [...new Set(tickers)].sort().map((ticker) => judge(ticker, histories.get(ticker), sessions, needed));
  return {
    names: judged.flatMap((name) => ('bars' in name ? [name] : [])),
    excluded: judged.flatMap((name) => ('code' in name ? [name] : [])),
  };
}
