/**
 * Feature drift as requirement E9 asks: per feature mean shift, PSI and KS of the last trade date against the training days at equal
 * times of day, p-values by permuting whole days, called at a false discovery rate of 5 %.
 * Invariants:
 *  1. A feature has drifted when any of its three adjusted p-values is ≤ 0.05; a check exceeds when ≥ 10 % of the features have, and hardly
 *     any training day, judged as the window is, has as many (odd-days.ts).
 *  2. The alarm needs two exceeding checks running; a check that could not be judged starts the count again.
 *  3. The window is compared with other days only, at times of day that the reference has.
 *  4. Statistics are shown whatever the data; p-values need at least 19 comparable reference days, else none could reach 5 %.
 * False alarms: a rate of 5 % a check would be more than one a month, because a day's checks overlap; that no training day looks as odd, and
 * the second check, bring it below. bench/drift.bench.ts measures it.
 */
import { dayDistances, permutationPValues } from './day-permutation';
import type { DayPValues } from './day-permutation';
import type { DriftDay, DriftFeature, DriftWindow } from './drift-day';
import type { DriftReference } from './drift-reference';
import { DriftError } from './drift-error';
import { ksTest } from './kolmogorov-smirnov';
import type { KolmogorovSmirnov } from './kolmogorov-smirnov';
import { meanShift, momentsOf } from './mean-shift';
import { mergedDays, poolWithout } from './merged-days';
import { daysAsOdd, FALSE_DISCOVERY_RATE, smallestAdjusted } from './odd-days';
import type { JudgedFeature } from './odd-days';
import { populationStabilityIndex } from './population-stability';

export const ALARM_SHARE = 0.1;
/** With d reference days the smallest p-value is 1/(d + 1): fewer than 19 can't reach 5 %. */
export const MIN_REFERENCE_DAYS = 19;
/** A reference day compares when it has this share of the window's times of day. */
const COMPARABLE_SHARE = 0.8;
/** Share of the fullest reference day that a window must hold: less is not a trade date. */
const WINDOW_SHARE = 0.5;

/** A feature compared: its report, and how far each day lies from the others, the window last. */
interface Compared {
  readonly feature: Omit<FeatureDrift, 'adjusted' | 'drifted'>;
  readonly judged: JudgedFeature | null;
}

export interface FeatureDrift extends DriftFeature {
  /** In standard deviations of the reference; ±Infinity when the reference was constant. */
  readonly meanShift: number;
  readonly psi: number;
  readonly ks: KolmogorovSmirnov;
  /** By permuting whole days; null when there are too few. */
  readonly pValues: DayPValues | null;
  /** Smallest of the three after adjustment over all features; null with `pValues`. */
  readonly adjusted: number | null;
  readonly drifted: boolean;
}

/** `quiet`: below a tenth; `exceeded`: a first check at or above it; `alarm`: the second running; `not-judged`: too little data. */
export type DriftState = 'quiet' | 'exceeded' | 'alarm' | 'not-judged';

export interface DriftReport {
  readonly state: DriftState;
  /** One sentence for the user. */
  readonly why: string;
  readonly windowRows: number;
  /** Reference trade dates compared with. */
  readonly referenceDays: number;
  readonly features: readonly FeatureDrift[];
  /** Features that could not be compared, and why. */
  readonly skipped: readonly { readonly feature: string; readonly why: string }[];
  /** Share of the compared features that drifted. */
  readonly share: number;
}

/** Finite values of one feature at the slots of `wanted`, ascending. */
function sortedColumn(day: DriftDay, column: number, width: number, wanted: ReadonlySet<number>): Float32Array {
  const { slots, values } = day;
  const kept = new Float32Array(slots.length);
  let filled = 0;
  for (let row = 0; row < slots.length; row += 1) {
    const value = values[row * width + column];
    if (Number.isFinite(value) && wanted.has(slots[row])) kept[filled++] = value;
  }
  return kept.subarray(0, filled).sort();
}

/** One feature compared, not yet adjusted; or why it cannot be. `days` by trade date. */
function compareFeature(
  feature: DriftFeature,
  window: Float32Array,
  days: ReadonlyMap<string, Float32Array>,
  slots: number,
): Compared | string {
  if (window.length < slots * WINDOW_SHARE) return `it has a value in ${window.length} of the window's ${slots} rows`;
  const full = [...days].filter(([, day]) => day.length >= window.length * COMPARABLE_SHARE);
  if (full.length === 0) return 'no reference day has enough values of it';
  const all = [...full.map(([, day]) => day), window];
  const merged = mergedDays(all);
  const reference = poolWithout(merged, full.length);
  const enough = full.length >= MIN_REFERENCE_DAYS;
  const judged = enough ? { tradeDates: full.map(([date]) => date), distances: dayDistances(all, merged) } : null;
  return {
    judged,
    feature: {
      ...feature,
      meanShift: meanShift(momentsOf(reference), momentsOf(window)),
      psi: populationStabilityIndex(reference, window),
      ks: ksTest(reference, window),
      pValues: judged === null ? null : permutationPValues(judged.distances, full.length),
    },
  };
}

/** Adjusts the p-values of all features and statistics together. */
function callDrifts(compared: readonly Compared[]): readonly FeatureDrift[] {
  const smallest = smallestAdjusted(compared.flatMap(({ feature }) => feature.pValues ?? []));
  let next = 0;
  return compared.map(({ feature }) => {
    if (feature.pValues === null) return { ...feature, adjusted: null, drifted: false };
    const adjusted = smallest[next++];
    return { ...feature, adjusted, drifted: adjusted <= FALSE_DISCOVERY_RATE };
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** `oddDays`: share of the days that are as odd as the window, asked only when it exceeds. */
function verdict(
  share: number,
  judged: number,
  previous: DriftState | null,
  oddDays: () => { readonly share: number; readonly allowed: number },
): Pick<DriftReport, 'state' | 'why'> {
  if (judged === 0) {
    const why = `Too few comparable training days: ${MIN_REFERENCE_DAYS} are needed for p-values by whole days.`;
    return { state: 'not-judged', why };
  }
  const drifted = `${percent(share)} of ${judged} features drifted`;
  if (share < ALARM_SHARE) return { state: 'quiet', why: `${drifted}, fewer than ${percent(ALARM_SHARE)}.` };
  const odd = oddDays();
  if (odd.share > odd.allowed)
    return { state: 'quiet', why: `${drifted}, and as many did on ${percent(odd.share)} of the days compared.` };
  if (previous === 'exceeded' || previous === 'alarm')
    return { state: 'alarm', why: `${drifted}, at least ${percent(ALARM_SHARE)} in two checks running.` };
  return { state: 'exceeded', why: `${drifted}; the alarm needs a second check running.` };
}

/** Reference days and window rows that compare: other days than the window's, at times of day that the reference has. */
function comparable({ days }: DriftReference, window: DriftWindow): { days: readonly DriftDay[]; wanted: Set<number> } {
  const others = days.filter(({ tradeDate }) => !window.tradeDates.includes(tradeDate));
  const known = new Set(others.flatMap(({ slots }) => Array.from(slots)));
  const wanted = new Set(window.slots.filter((slot) => known.has(slot)));
  const enough = ({ slots }: DriftDay): boolean =>
    slots.filter((slot) => wanted.has(slot)).length >= wanted.size * COMPARABLE_SHARE;
  return { days: others.filter(enough), wanted };
}

/**
 * One hourly check. `window` holds the last trade date's rows (driftWindow), null without any; `previous` is the state of the check
 * before, null for the first. Throws DriftError FEATURES_DIFFER.
 */
export function judgeDrift(
  reference: DriftReference,
  window: DriftWindow | null,
  previous: DriftState | null,
): DriftReport {
  const rows = window?.slots.length ?? 0;
  const empty = { windowRows: rows, referenceDays: 0, features: [], skipped: [], share: 0 };
  const fullest = Math.max(0, ...reference.days.map(({ slots }) => slots.length));
  if (window === null || rows === 0 || rows < fullest * WINDOW_SHARE) {
    const why = `The window has ${rows} rows, less than half a trade date of the training data (${fullest}).`;
    return { ...empty, state: 'not-judged', why };
  }
  const width = reference.features.length;
  if (window.values.length !== rows * width)
    throw new DriftError('FEATURES_DIFFER', `The window's rows don't have the reference's ${width} features.`);

  const { days, wanted } = comparable(reference, window);
  const compared: Compared[] = [];
  const skipped: { feature: string; why: string }[] = [];
  reference.features.forEach((feature, column) => {
    const columns = new Map(days.map((day) => [day.tradeDate, sortedColumn(day, column, width, wanted)]));
    const result = compareFeature(feature, sortedColumn(window, column, width, wanted), columns, wanted.size);
    if (typeof result === 'string') skipped.push({ feature: feature.name, why: result });
    else compared.push(result);
  });
  const features = callDrifts(compared);
  const judged = compared.flatMap((one) => one.judged ?? []);
  const count = features.filter(({ drifted }) => drifted).length;
  const share = judged.length === 0 ? 0 : count / judged.length;
  return {
    ...verdict(share, judged.length, previous, () => daysAsOdd(judged, count)),
    windowRows: rows,
    referenceDays: days.length,
    features,
    skipped,
    share,
  };
}
