/**
 * Watches the promoted pointer beside a running feed: another champion's models are loaded in the background and wait to be taken at a
 * bar boundary; a promotion or rollback needs no restart.
 * Invariants:
 *  1. Nothing changes before `take`; a run that cannot be loaded for every instrument never gets there, and the present one goes on.
 *  2. Only what was decided counts: a run that is merely later waits for the next trade date.
 *  3. A store that does not answer costs nothing but a notice.
 */
import type { FutureSymbol } from '../domain/instruments';
import type { ObjectStore } from '../storage/object-store';
import { EMPTY_LOG, readReviewLog, type ReviewLog } from '../storage/review-log';
import type { Ensemble } from './ensemble';

export interface PromotedModels {
  /** Null: the champion was withdrawn and there is none before it; nobody votes. */
  readonly runId: string | null;
  /** Empty when nobody votes. */
  readonly ensembles: ReadonlyMap<FutureSymbol, Ensemble>;
}

export interface PromotedModelWatchParts {
  readonly store: ObjectStore;
  readonly instruments: readonly FutureSymbol[];
  /** The run that votes as the watch begins. */
  readonly current: string | null;
  /** Loads the models of a run; null when it cannot be used, after having said why. */
  readonly load: (runId: string, symbol: FutureSymbol) => Promise<Ensemble | null>;
  /** Hears a sentence once for each new trouble. */
  readonly notice: (text: string) => void;
}

const POLL_MS = 30_000;

export class PromotedModelWatch {
  private wanted: string | null;
  private ready: PromotedModels | null = null;
  private log: ReviewLog = EMPTY_LOG;
  private trouble: string | null = null;
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly parts: PromotedModelWatchParts) {
    this.wanted = parts.current;
  }

  /** Looks now and every `pollMs` of wall time. */
  start(pollMs = POLL_MS): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), pollMs).unref();
  }

  /** One look at the pointer, with the loading that follows from it. Never rejects; a look under way is joined. */
  look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = null));
    return this.looking;
  }

  /** The models to vote from here on, once, or null while there is nothing new. They are the caller's to close. */
  take(): PromotedModels | null {
    const taken = this.ready;
    this.ready = null;
    return taken;
  }

  /** Ends the watch and frees what nobody took. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.looking;
    await closeAll(this.take());
  }

  private async lookNow(): Promise<void> {
    try {
      this.log = await readReviewLog(this.parts.store, this.log);
      this.trouble = null;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (text !== this.trouble)
        this.parts.notice(`whether another model run is promoted is not known, the present one goes on: ${text}`);
      this.trouble = text;
      return;
    }
    const { promoted, lastChange } = this.log.review;
    if (lastChange === null || promoted === this.wanted || this.stopped) return;
    this.wanted = promoted;
    const loaded = await this.loadRun(promoted);
    if (loaded === null) return;
    await closeAll(this.take());
    this.ready = loaded;
  }

  private async loadRun(runId: string | null): Promise<PromotedModels | null> {
    const ensembles = new Map<FutureSymbol, Ensemble>();
    if (runId === null) return { runId, ensembles };
    for (const symbol of this.parts.instruments) {
      const ensemble = await this.parts.load(runId, symbol);
      if (ensemble === null) {
        await closeAll({ runId, ensembles });
        this.parts.notice(
          `promoted run ${runId} cannot be used, the models before it go on: roll back, or mend it and promote it again`,
        );
        return null;
      }
      ensembles.set(symbol, ensemble);
    }
    return { runId, ensembles };
  }
}

async function closeAll(models: PromotedModels | null): Promise<void> {
  for (const ensemble of models?.ensembles.values() ?? []) await ensemble.close();
}
