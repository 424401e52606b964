/** What `npm start` was asked for. */
import type { FutureSymbol } from '../../domain/instruments';

export interface DemoOptions {
  readonly once: boolean;
  readonly day: readonly string[] | null;
  readonly instruments: readonly FutureSymbol[] | null;
  readonly data: string | null;
  /** Times real time; Infinity: as fast as everything settles. */
  readonly speed: number;
  readonly reset: boolean;
  readonly json: string | null;
  readonly crash: boolean;
  /** `HH:MM` UTC: cuts each day short, for trials. */
  readonly until: string | null;
}
