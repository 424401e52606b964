/**
 * Which processes a drill of long work kills and when, from a seed alone. Pure.
 * Invariants: 1. the same seed gives the same schedule; 2. exactly `kills` strikes, spread over the work's pieces in order.
 */
import { createRandom, seedOf } from '../../learning/random';
import type { ProcessName } from '../demo/supervised-process';

export interface WorkStrike {
  readonly victim: Extract<ProcessName, 'training' | 'temporal'>;
  /** Struck once so many pieces are finished. */
  readonly afterPieces: number;
  /** Wall milliseconds after that. */
  readonly delayMs: number;
}

/** The worker has the work in hand; the server dies every third time. */
const SERVER_SHARE = 1 / 3;
const LONGEST_DELAY_MS = 400;

/** Throws RangeError when there are fewer pieces than kills: then some strikes could only be made at once. */
export function planWorkKills(kills: number, pieces: number, seed: number): readonly WorkStrike[] {
  if (kills > pieces) throw new RangeError(`${kills} kills do not fit into ${pieces} pieces`);
  const random = createRandom(seedOf('work-drill', seed));
  return Array.from({ length: kills }, (_item, strike) => ({
    victim: random.next() < SERVER_SHARE ? 'temporal' : 'training',
    afterPieces: Math.floor(((strike + random.next()) * pieces) / kills),
    delayMs: random.below(LONGEST_DELAY_MS),
  }));
}
