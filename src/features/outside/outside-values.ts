/**
 * What the world outside the market said (requirement C7), as features read it: a number by the name of its series and an instant.
 * Invariant: the number at an instant depends only on what was known then; what was released or revised later never shows.
 */

/** The series' value as known at `at` (UTC ms), NaN when nothing was known yet. */
export type OutsideReader = (at: number) => number;

export interface OutsideValues {
  /** Null when nobody provides the series: no key, no file, no such name. */
  reader(series: string): OutsideReader | null;
}

/** The world outside of one instrument: its news are its own. */
export type OutsideOf = (symbol: string) => OutsideValues;

/** Without any source. */
export const NOTHING_OUTSIDE: OutsideValues = { reader: () => null };

/** Several sources as one; the first that provides a series is asked. */
export const joinedOutside = (sources: readonly OutsideValues[]): OutsideValues => ({
  reader: (series) => {
    for (const source of sources) {
      const reader = source.reader(series);
      if (reader !== null) return reader;
    }
    return null;
  },
});

/** Readers by name. */
export const namedOutside = (readers: ReadonlyMap<string, OutsideReader>): OutsideValues => ({
  reader: (series) => readers.get(series) ?? null,
});
