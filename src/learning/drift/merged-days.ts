/** Days' values in one ascending pool, with each value's place in it: one sort instead of a search for every value. */

/** Where a day's values lie in the pool: values of the pool below, and up to, each of the day's. */
export interface DayPlacement {
  readonly below: Int32Array;
  readonly upTo: Int32Array;
}

export interface MergedDays {
  /** All values, ascending. */
  readonly pool: Float32Array;
  /** Number of the day of each. */
  readonly owners: Uint32Array;
  /** By day. */
  readonly placements: readonly DayPlacement[];
}

/** Days that a sort key has room for beside a float32's 32 bits in a double's 53. */
const DAY_NUMBERS = 2 ** 20;
const SIGN = 0x80000000;

/** An unsigned number for float32 bits that orders as the float does, and back. */
const orderedBits = (bits: number): number => (bits & SIGN ? ~bits >>> 0 : (bits | SIGN) >>> 0);
const floatBits = (ordered: number): number => (ordered & SIGN ? (ordered ^ SIGN) >>> 0 : ~ordered >>> 0);

/** Merges days of finite values, each ascending. */
export function mergedDays(days: readonly Float32Array[]): MergedDays {
  const size = days.reduce((sum, day) => sum + day.length, 0);
  const pool = new Float32Array(size);
  const bits = new Uint32Array(pool.buffer);
  const keys = new Float64Array(size);
  let filled = 0;
  days.forEach((day, number) => {
    // Adding 0 makes one zero of two.
    for (let i = 0; i < day.length; i += 1) pool[filled + i] = day[i] + 0;
    for (const end = filled + day.length; filled < end; filled += 1)
      keys[filled] = orderedBits(bits[filled]) * DAY_NUMBERS + number;
  });
  keys.sort();
  const owners = new Uint32Array(size);
  for (let i = 0; i < size; i += 1) {
    const ordered = Math.floor(keys[i] / DAY_NUMBERS);
    owners[i] = keys[i] - ordered * DAY_NUMBERS;
    bits[i] = floatBits(ordered);
  }
  return { pool, owners, placements: placementsOf(days, pool, owners) };
}

function placementsOf(days: readonly Float32Array[], pool: Float32Array, owners: Uint32Array): readonly DayPlacement[] {
  const placements = days.map(({ length }) => ({ below: new Int32Array(length), upTo: new Int32Array(length) }));
  const next = new Uint32Array(days.length);
  for (let from = 0; from < pool.length;) {
    let to = from + 1;
    while (to < pool.length && pool[to] === pool[from]) to += 1;
    for (let i = from; i < to; i += 1) {
      const owner = owners[i];
      const at = next[owner];
      placements[owner].below[at] = from;
      placements[owner].upTo[at] = to;
      next[owner] = at + 1;
    }
    from = to;
  }
  return placements;
}

/** The pool without one day, ascending. */
export function poolWithout({ pool, owners, placements }: MergedDays, day: number): Float32Array {
  const rest = new Float32Array(pool.length - placements[day].below.length);
  let filled = 0;
  for (let i = 0; i < pool.length; i += 1) if (owners[i] !== day) rest[filled++] = pool[i];
  return rest;
}
