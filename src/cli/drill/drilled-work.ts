/** Long work that a drill interrupts: how it is begun, which pieces of it are finished, and what it came to. */
import type { Client } from '@temporalio/client';

export interface DrilledWork {
  readonly name: 'retraining' | 'search';
  /** What one finished piece is called. */
  readonly piece: string;
  /** Begins it; resolves with its outcome as JSON without times, so that two runs of the same data compare equal. */
  run(client: Client, store: string): Promise<string>;
  /** Finished pieces by name, as they are stored in the folder. */
  finished(store: string): ReadonlyMap<string, string>;
  /** True when `after` is what was kept of `before`, whatever was added to it; a piece made again is not. */
  keeps(before: string, after: string): boolean;
}
