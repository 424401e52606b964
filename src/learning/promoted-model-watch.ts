/**
 * Watches the promoted pointer beside a running feed: another champion's models are loaded in the background and wait to be taken at a
 * bar boundary; a promotion or rollback needs no restart.
 * Invariants:
 *  1. Nothing changes before `take`; a run that cannot be loaded for every instrument, or of which nobody would vote on one that it was
 *     fitted for, does not get there: the present one goes on, and the run is tried again at each look.
 *  2. Only what was decided counts: a run that is merely later waits for the next trade date.
 *  3. A store that does not answer costs nothing but a notice.
 */
import type { FutureSymbol } from '../domain/instruments';
import { errorText } from '../storage/durable-files';
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
  /** Loads the models of a run; rejects when it cannot be used. */
  readonly load: (runId: string, symbol: FutureSymbol) => Promise<Ensemble>;
  /** Hears a sentence once for each new trouble. */
  readonly notice: (text: string) => void;
}

const POLL_MS = 30_000;

export class PromotedModelWatch {
  /** The run that votes, or that was loaded last. */
  private loaded: string | null;
  private ready: PromotedModels | null = null;
  private log: ReviewLog = EMPTY_LOG;
  private trouble: string | null = null;
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly parts: PromotedModelWatchParts) {
    this.loaded = parts.current;
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
    } catch (error) {
      this.say(`whether another model run is promoted is not known, the present one goes on: ${errorText(error)}`);
      return;
    }
    const { promoted, lastChange } = this.log.review;
    if (lastChange === null || promoted === this.loaded || this.stopped) {
      this.trouble = null;
      return;
    }
    try {
      const loaded = await this.loadRun(promoted);
      await closeAll(this.take());
      this.ready = loaded;
      this.loaded = promoted;
      this.trouble = null;
    } catch (error) {
      this.say(
        `promoted run ${promoted} cannot be used, the models before it go on and it is tried again: ${errorText(error)}`,
      );
    }
  }

  private say(text: string): void {
    if (text !== this.trouble) this.parts.notice(text);
    this.trouble = text;
  }

  /** Throws when the run cannot vote; what was loaded of it is freed then. */
  private async loadRun(runId: string | null): Promise<PromotedModels> {
    const ensembles = new Map<FutureSymbol, Ensemble>();
    if (runId === null) return { runId, ensembles };
    try {
      for (const symbol of this.parts.instruments) ensembles.set(symbol, await this.parts.load(runId, symbol));
      const trouble = silence([...ensembles.values()]);
      if (trouble !== null) throw new Error(trouble);
      return { runId, ensembles };
    } catch (error) {
      await closeAll({ runId, ensembles });
      throw error;
    }
  }
}

/** Why nobody would vote where somebody should; an instrument that the run was not fitted for is none of those, unless all are. */
function silence(ensembles: readonly Ensemble[]): string | null {
  const silent = ensembles.filter(({ models }) => models.length === 0);
  const damaged = silent.find(({ skipped }) => skipped.every(({ model }) => model !== '*'));
  const [first] = damaged === undefined ? (silent.length === ensembles.length ? silent : []) : [damaged];
  if (first === undefined) return null;
  const reasons = first.skipped.map(({ model, why }) => (model === '*' ? why : `${model}: ${why}`));
  return `none of its models would vote on ${first.symbol} (${reasons.join('; ')})`;
}

async function closeAll(models: PromotedModels | null): Promise<void> {
  for (const ensemble of models?.ensembles.values() ?? []) await ensemble.close();
}
