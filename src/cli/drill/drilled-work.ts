/** Long work that a drill interrupts: what it needs, how it is begun, which pieces of it are finished, and what it came to. */
import type { Client } from '@temporalio/client';
import type { DemoPaths } from '../demo/demo-folder';
import type { DemoPorts } from '../demo/ports';
import type { ProcessName, ProcessSpec } from '../demo/supervised-process';

/** Folders and ports of one run: no other run and no user shares them. */
export interface WorkPlace {
  readonly paths: DemoPaths;
  readonly ports: DemoPorts;
}

/** What the work came to. */
export interface WorkOutcome {
  /** JSON without times, so that two runs of the same data compare equal. */
  readonly summary: string;
  /** What is wrong with it whatever the other run came to, a sentence each. */
  readonly faults: readonly string[];
}

export type Pieces = ReadonlyMap<string, string>;

export interface DrilledWork {
  readonly name: 'retraining' | 'search' | 'news' | 'export' | 'rebalance';
  /** What one finished piece is called. */
  readonly piece: string;
  /** Who is struck: each as often, at random, as it is named here. */
  readonly victims: readonly ProcessName[];
  /**
   * Lays out what the work reads; answers the processes that it needs besides server and training worker, in the order of their start.
   * `env` is that of the workers.
   */
  prepare(place: WorkPlace, env: NodeJS.ProcessEnv): readonly ProcessSpec[];
  /** Begins it; resolves when it has come to its end. */
  run(client: Client, place: WorkPlace): Promise<WorkOutcome>;
  /** Finished pieces by name, as they are stored. Asked again and again while the work runs. */
  finished(place: WorkPlace): Pieces | Promise<Pieces>;
  /** True when `after` is what was kept of `before`, whatever was added to it; a piece made again is not. */
  keeps(before: string, after: string): boolean;
  /** Questions put to an outside party so far, where they are counted: a kill may cost the one under way and no more. */
  questions?(place: WorkPlace): number;
}

/** The worker has the work in hand; the server dies every third time. */
export const WORKER_AND_SERVER: readonly ProcessName[] = ['temporal', 'training', 'training'];
