/**
 * Which processes a drill kills and when, from a seed alone. Pure.
 * Invariants: 1. the same seed and day give the same schedule; 2. exactly `kills` processes are struck; 3. strikes are in market order, and
 * one that has no minute of its own follows its predecessor while that is still being recovered from.
 */
import { createRandom, seedOf, type Random } from '../../learning/random';
import type { ProcessName } from '../demo/supervised-process';

export interface Strike {
  /** Killed at the same instant. */
  readonly victims: readonly ProcessName[];
  /** Struck once this minute (its end, UTC ms) is settled; null: follows the strike before it. */
  readonly afterMinute: number | null;
  /** Wall milliseconds after that. */
  readonly delayMs: number;
}

export interface ScheduleInput {
  readonly kills: number;
  readonly seed: number;
  /** Ends of the day's minutes, ascending, UTC ms. */
  readonly minuteEnds: readonly number[];
  /** Market times at which the undisturbed run traded, UTC ms: a share of the strikes is aimed there. */
  readonly busyTimes: readonly number[];
}

const VICTIMS: readonly ProcessName[] = ['trader', 'market', 'gateway', 'temporal'];
const PAIR_SHARE = 0.15;
const FOLLOWING_SHARE = 0.12;
const AIMED_SHARE = 0.4;
/** About two minutes of the clock at full speed: strikes land anywhere inside a minute's work. */
const LONGEST_DELAY_MS = 60;
/** Start-up of a process takes between a few hundred milliseconds and some seconds. */
const LONGEST_FOLLOWING_MS = 2_500;
/** The last minutes are left alone, so that the recovery from the last strike can be seen. */
const MARGIN_MINUTES = 5;

/** The most strikes a day of so many minutes can take: one a minute at most, half of them left to recover in. */
export const mostKills = (minutes: number): number => Math.max(0, Math.floor((minutes - MARGIN_MINUTES) / 2));

/** Strikes in the order in which they happen. Throws RangeError when the day is too short for them. */
export function planKills({ kills, seed, minuteEnds, busyTimes }: ScheduleInput): readonly Strike[] {
  if (kills > mostKills(minuteEnds.length)) {
    throw new RangeError(
      `${kills} kills do not fit into ${minuteEnds.length} minutes; ${mostKills(minuteEnds.length)} do`,
    );
  }
  const random = createRandom(seedOf('kill-drill', seed));
  const candidates = minuteEnds.slice(0, -MARGIN_MINUTES);
  const busy = candidates.filter((end) => busyTimes.some((time) => Math.abs(end - time) <= 60_000));
  const groups = new Map<number, Strike[]>();
  let left = kills;
  let last: Strike[] | null = null;
  while (left > 0) {
    const victims = chooseVictims(random, left);
    left -= victims.length;
    if (last !== null && random.next() < FOLLOWING_SHARE) {
      last.push({ victims, afterMinute: null, delayMs: random.below(LONGEST_FOLLOWING_MS) });
      continue;
    }
    const afterMinute = chooseMinute(random, candidates, busy, groups);
    last = [{ victims, afterMinute, delayMs: random.below(LONGEST_DELAY_MS) }];
    groups.set(afterMinute, last);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).flatMap(([, strikes]) => strikes);
}

function chooseVictims(random: Random, left: number): readonly ProcessName[] {
  const first = VICTIMS[random.below(VICTIMS.length)];
  if (left < 2 || random.next() >= PAIR_SHARE) return [first];
  const others = VICTIMS.filter((name) => name !== first);
  return [first, others[random.below(others.length)]];
}

/** A minute that no strike has yet. */
function chooseMinute(
  random: Random,
  all: readonly number[],
  busy: readonly number[],
  taken: ReadonlyMap<number, unknown>,
): number {
  const free = (minutes: readonly number[]): readonly number[] => minutes.filter((minute) => !taken.has(minute));
  const aimed = random.next() < AIMED_SHARE ? free(busy) : [];
  const choice = aimed.length > 0 ? aimed : free(all);
  return choice[random.below(choice.length)];
}
