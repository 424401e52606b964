/** Contract ids of the gateway's own making. Pure. */

/** Ids of our own making begin here, far above any that IB has given out: a ticker read as a number in base 27. */
const SYNTHETIC_CON_IDS = 2_000_000_000;
const LONGEST_TICKER = 5;

/** A stable id for a ticker whose own at IB is not known. Throws RangeError for a ticker of more than five letters. */
export function syntheticConId(ticker: string): number {
  if (!/^[A-Z]+$/.test(ticker) || ticker.length > LONGEST_TICKER) {
    throw new RangeError(`${ticker} is no ticker of one to ${LONGEST_TICKER} letters`);
  }
  const letters = [...ticker].map((letter) => letter.charCodeAt(0) - 64);
  return SYNTHETIC_CON_IDS + letters.reduce((number, letter) => number * 27 + letter, 0);
}
