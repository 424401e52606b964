/**
 * The set of weights that limits allow — none below 0, none above the position's limit, no sector above its own, their sum at most (or
 * exactly) what may be invested — and the point of it nearest to given weights. Pure.
 * With λ for the sum and κ for a full sector the nearest point is clip(v − max(λ, κ), 0, limit): each is one bisection, no solver is needed.
 */

export interface WeightLimits {
  readonly position: number;
  /** Sector of each name by index, null where unknown; null when sectors are not limited. */
  readonly sectors: readonly (string | null)[] | null;
  readonly sector: number;
  /** Most that the weights may sum to. */
  readonly sum: number;
}

/** Halvings of a span below 2 that reach the last bits of a weight. */
const HALVINGS = 55;

const clipped = (value: number, limit: number): number => Math.min(limit, Math.max(0, value));

/** Smallest shift, at least `from`, at which the clipped values sum to at most `bound`. */
function shiftFor(values: readonly number[], limit: number, bound: number, from: number): number {
  const sumAt = (shift: number): number => values.reduce((sum, value) => sum + clipped(value - shift, limit), 0);
  if (sumAt(from) <= bound) return from;
  let [low, high] = [from, Math.max(from, ...values)];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (sumAt(middle) <= bound) high = middle;
    else low = middle;
  }
  return high;
}

/** Indexes by sector; names of no known sector are in none. */
function sectorsOf({ sectors }: WeightLimits): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  sectors?.forEach((sector, at) => {
    if (sector !== null) groups.set(sector, [...(groups.get(sector) ?? []), at]);
  });
  return [...groups.values()];
}

/** Most that `count` names can hold within the limits. */
export function largestSum(count: number, limits: WeightLimits): number {
  const groups = sectorsOf(limits);
  const grouped = groups.reduce((sum, { length }) => sum + length, 0);
  const held = groups.reduce((sum, { length }) => sum + Math.min(limits.sector, length * limits.position), 0);
  return Math.min(limits.sum, held + (count - grouped) * limits.position);
}

/**
 * The allowed weights nearest to `wanted` (least squares). `exact`: they sum to as much as the limits allow, which asks for weights to be
 * raised as well; otherwise they may sum to less.
 */
export function nearestWeights(wanted: readonly number[], limits: WeightLimits, exact = false): readonly number[] {
  const { position, sector } = limits;
  const lowest = exact ? Math.min(0, ...wanted) - position : 0;
  const full = wanted.map(() => lowest);
  for (const group of sectorsOf(limits)) {
    const shift = shiftFor(
      group.map((at) => wanted[at]),
      position,
      sector,
      lowest,
    );
    for (const at of group) full[at] = shift;
  }
  const at = (shift: number): readonly number[] =>
    wanted.map((value, index) => clipped(value - Math.max(shift, full[index]), position));
  const sumAt = (shift: number): number => {
    let sum = 0;
    for (let index = 0; index < wanted.length; index += 1)
      sum += clipped(wanted[index] - Math.max(shift, full[index]), position);
    return sum;
  };
  const bound = exact ? largestSum(wanted.length, limits) : limits.sum;
  if (sumAt(lowest) <= bound) return at(lowest);
  let [low, high] = [lowest, Math.max(lowest, ...wanted)];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (sumAt(middle) <= bound) high = middle;
    else low = middle;
  }
  return at(high);
}
