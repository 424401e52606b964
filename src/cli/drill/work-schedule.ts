/**
 * Which processes a drill of long work kills and when, from a seed alone. Pure.
 * Invariants: 1. the same seed gives the same schedule; 2. exactly `kills` strikes, spread over the work's pieces in order.
 */
import { createRandom, seedOf } from '../../learning/random';
import type { ProcessName } from '../demo/supervised-process';

export interface WorkStrike {
  readonly victim: ProcessName;
  /** Struck once so many pieces are finished. */
  readonly afterPieces: number;
  /** Wall milliseconds after that. */
  readonly delayMs: number;
}

const LONGEST_DELAY_MS = 400;

/**
 * Each strike hits one of `victims`, which name a process as often as it shall be hit. Throws RangeError when there are fewer pieces than
 * kills: then some strikes could only be made at once.
 */
export function planWorkKills(
  kills: number,
  pieces: number,
  seed: number,
  victims: readonly ProcessName[],
): readonly WorkStrike[] {
  if (kills > pieces) throw new RangeError(`${kills} kills do not fit into ${pieces} pieces`);
  const random = createRandom(seedOf('work-drill', seed));
  return Array.from({ length: kills }, (_item, strike) => ({
    victim: victims[random.below(victims.length)],
    afterPieces: Math.floor(((strike + random.next()) * pieces) / kills),
    delayMs: random.below(LONGEST_DELAY_MS),
  }));
}
