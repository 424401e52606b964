/**
 * What becomes of a period when bars are added to it (requirement B4). Pure, and the same in whatever order the bars come: a key has one
 * row, that of the preferred provider, of one provider that fetched last.
 */
import type { ProviderName } from '../providers/provider';
import type { StoredBar } from './bar-table';

/** One key for which two values came; the one that is not in the store is not lost. */
export interface BarConflict {
  readonly start: number;
  readonly kept: StoredBar;
  readonly aside: StoredBar;
}

export interface MergedBars {
  /** Ascending by start, one row a key. */
  readonly bars: readonly StoredBar[];
  readonly added: number;
  /** Rows whose values gave way to those of a preferred or later source. */
  readonly replaced: number;
  /** Keys that were there already. */
  readonly unchanged: number;
  readonly conflicts: readonly BarConflict[];
}

export interface MergeRules {
  /** Most trusted first; a provider that is not named is the least. */
  readonly precedence: readonly ProviderName[];
  /** Prices that differ by less than this agree. */
  readonly tolerance: (price: number) => number;
}

/** Adds `fresh` to what is stored. */
export function mergeBars(
  stored: readonly StoredBar[],
  fresh: readonly StoredBar[],
  { precedence, tolerance }: MergeRules,
): MergedBars {
  const rank = (provider: ProviderName): number => {
    const position = precedence.indexOf(provider);
    return position < 0 ? precedence.length : position;
  };
  const byStart = new Map(stored.map((bar) => [bar.start, bar]));
  const conflicts: BarConflict[] = [];
  let [added, replaced, unchanged] = [0, 0, 0];
  for (const bar of fresh) {
    const known = byStart.get(bar.start);
    if (known === undefined) {
      byStart.set(bar.start, bar);
      added += 1;
      continue;
    }
    const wins = isPreferred(bar, known, rank);
    if (!pricesAgree(known, bar, tolerance)) {
      const [kept, aside] = wins ? [bar, known] : [known, bar];
      conflicts.push({ start: bar.start, kept, aside });
      if (wins) byStart.set(bar.start, bar);
      replaced += wins ? 1 : 0;
      unchanged += wins ? 0 : 1;
    } else if (wins && saysMore(known, bar)) {
      byStart.set(bar.start, { ...bar, adjustmentFactor: bar.adjustmentFactor ?? known.adjustmentFactor });
      replaced += 1;
    } else unchanged += 1;
  }
  const bars = [...byStart.values()].sort((a, b) => a.start - b.start);
  return { bars, added, replaced, unchanged, conflicts };
}

function isPreferred(bar: StoredBar, known: StoredBar, rank: (provider: ProviderName) => number): boolean {
  const difference = rank(bar.provider) - rank(known.provider);
  if (difference !== 0) return difference < 0;
  return bar.provider === known.provider && bar.fetchedAt > known.fetchedAt;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;

function pricesAgree(a: StoredBar, b: StoredBar, tolerance: MergeRules['tolerance']): boolean {
  return PRICES.every((price) => Math.abs(a[price] - b[price]) <= tolerance(a[price]));
}

const FACTOR_PRECISION = 1e-9;

/**
 * Prices agree, and still the row changes: a preferred provider confirms them (the row is its own from then on, or a third one could come
 * between), a volume is revised, or a split or dividend has changed the factor of every bar before it.
 */
const saysMore = (known: StoredBar, bar: StoredBar): boolean =>
  bar.provider !== known.provider ||
  bar.volume !== known.volume ||
  (bar.adjustmentFactor !== null &&
    Math.abs(bar.adjustmentFactor - (known.adjustmentFactor ?? 0)) > FACTOR_PRECISION * bar.adjustmentFactor);
