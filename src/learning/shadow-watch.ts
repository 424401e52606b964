/**
 * The shadow run beside a running feed (requirement E10): the run in state `shadowing` answers every bar that the champion decided, and
 * never proposes an order; both are observed, and what is known of them is kept in the store.
 * Invariants:
 *  1. The feed never waits for it: bars are answered one after the other in the background, after they were decided.
 *  2. A store that does not answer, or a run that cannot be loaded, costs nothing but a notice; the run is loaded again at each look until
 *     it is there for every instrument.
 *  3. Records are replaced whole; after a kill at most the answers of the last half minute are missing.
 */
import { isTwoSided } from '../domain/bars';
import { MAJORITY_RULES } from '../domain/decision-ensemble';
import type { FutureSymbol } from '../domain/instruments';
import type { DecisionRecord } from '../domain/proposals';
import { stateOf } from '../domain/model-review';
import type { ObjectStore } from '../storage/object-store';
import { EMPTY_LOG, readReviewLog, type ReviewLog } from '../storage/review-log';
import { NOT_NUMBERS } from './class-probabilities';
import { decidedProbabilities, recordedProbabilities } from './decider';
import type { Ensemble, RowReader } from './ensemble';
import type { LabelBand } from './manifest';
import type { MetaOpinions } from './meta-models';
import { readManifest } from './model-run';
import { newObservedRun, observe, type ObservedRun } from './observed-run';
import { readObservedRun, writeObservedRun, type ObservedAs } from './observed-run-store';

export interface ShadowWatchParts {
  readonly store: ObjectStore;
  readonly instruments: readonly FutureSymbol[];
  /** Loads the models of a run; null when they cannot be used, after having said why. Rejects when the store does not answer. */
  readonly load: (runId: string, symbol: FutureSymbol) => Promise<Ensemble | null>;
  /** Hears a sentence once for each new trouble. */
  readonly notice: (text: string) => void;
}

/** One bar of one instrument, after it was decided. */
export interface DecidedAnswer {
  readonly record: DecisionRecord;
  /** Rows of one series that end with this bar, while it is the last one, as the reader reads them; none when this one has a hole. */
  readonly rows: (reader: RowReader) => readonly Float32Array[];
}

interface KeptAnswer {
  readonly record: DecisionRecord;
  readonly rows: readonly Float32Array[];
}

interface Observed {
  run: ObservedRun;
  changed: boolean;
  readonly labels: ReadonlyMap<string, LabelBand>;
  /** Of the challenger; the champion's answers come with the decisions. */
  readonly ensembles: ReadonlyMap<string, Ensemble>;
}

const POLL_MS = 30_000;

export class ShadowWatch {
  private readonly observed: Record<ObservedAs, Observed | null> = { shadow: null, champion: null };
  private log: ReviewLog = EMPTY_LOG;
  private trouble: string | null = null;
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: ShadowWatchParts) {}

  /** Looks for a challenger, and stores what was observed, now and every `pollMs` of wall time. */
  start(pollMs = POLL_MS): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), pollMs).unref();
  }

  /** Never rejects. */
  look(): Promise<void> {
    return this.enqueue(async () => {
      await this.keep();
      this.log = await readReviewLog(this.parts.store, this.log);
      const { review, entries } = this.log;
      const shadowing = [...review.states.keys()].filter((runId) => stateOf(review, runId) === 'shadowing');
      const challenger = shadowing.sort().at(-1) ?? null;
      const begun = entries.find(({ kind, runId }) => kind === 'shadow-started' && runId === challenger);
      await this.follow('shadow', challenger, begun?.at ?? '');
      await this.follow('champion', review.promoted, review.lastChange?.at ?? '');
    });
  }

  /** Told of the bars that closed at one instant, after they were decided; returns at once. `inferenceMs`: wall time of one instrument. */
  observe(
    bars: readonly DecidedAnswer[],
    { inferenceMs, haltCause }: { readonly inferenceMs: number; readonly haltCause: string | null },
  ): void {
    if (this.observed.shadow === null && this.observed.champion === null) return;
    const ensembles = this.observed.shadow?.ensembles;
    // Taken now: when it is this bar's turn, the feed may be further.
    const kept = bars.map(({ record, rows }) => {
      const challenger = ensembles?.get(record.symbol);
      return { record, rows: challenger === undefined ? [] : rows(challenger) };
    });
    void this.enqueue(async () => {
      for (const bar of kept) await this.take(bar, inferenceMs, haltCause);
    });
  }

  /** Ends the watch: what was observed is stored, the challenger's memory is freed. Never rejects. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.enqueue(() => this.keep());
    await closeAll(this.observed.shadow);
    this.observed.shadow = null;
    this.observed.champion = null;
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).then(
      () => {
        this.trouble = null;
      },
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        if (text !== this.trouble) this.parts.notice(`the shadow run is not observed: ${text}`);
        this.trouble = text;
      },
    );
    return this.turn;
  }

  private async keep(): Promise<void> {
    for (const as of ['shadow', 'champion'] as const) {
      const observed = this.observed[as];
      if (observed?.changed !== true) continue;
      await writeObservedRun(this.parts.store, as, observed.run);
      observed.changed = false;
    }
  }

  /** Observes this run as `as` from here on, unless it does already. `since`: when it came into that state, UTC, ISO 8601. */
  private async follow(as: ObservedAs, runId: string | null, since: string): Promise<void> {
    const present = this.observed[as];
    if (present === null ? runId === null : present.run.runId === runId && present.run.since === since) return;
    this.observed[as] = null;
    await closeAll(present);
    if (runId !== null) this.observed[as] = await this.open(as, runId, since);
  }

  private async open(as: ObservedAs, runId: string, since: string): Promise<Observed> {
    const { store, instruments, load } = this.parts;
    const manifest = await readManifest(store, runId);
    const stored = await readObservedRun(store, as, runId);
    const ensembles = as === 'shadow' ? await loadAll(instruments, (symbol) => load(runId, symbol)) : new Map();
    const labels = new Map(manifest.instruments.map(({ symbol, label }) => [symbol, label] as const));
    const run = stored?.since === since ? stored : newObservedRun(runId, since);
    return { run, changed: false, labels, ensembles };
  }

  private async take({ record, rows }: KeptAnswer, inferenceMs: number, haltCause: string | null): Promise<void> {
    const { quote, symbol, barClose, modelRun } = record;
    const { champion, shadow } = this.observed;
    const bar = {
      symbol,
      barClose,
      mid: quote !== null && isTwoSided(quote) ? (quote.bid + quote.ask) / 2 : null,
      haltCause,
    };
    const { rules, regime } = record.ensemble?.given ?? { rules: MAJORITY_RULES, regime: null };
    const besides = recordedProbabilities(record);
    const decidedByChampion = champion !== null && modelRun === champion.run.runId;
    if (decidedByChampion)
      take(champion, {
        ...bar,
        probabilities: besides,
        beside: null,
        champion: null,
        notFinite: notFinite(record, record.ensemble?.given),
        inferenceMs,
      });
    if (shadow === null) return;
    const ensemble = shadow.ensembles.get(symbol);
    const row = rows.at(-1);
    if (row === undefined || ensemble === undefined) return;
    const begun = performance.now();
    const ballot = await ensemble.vote(row, rows.slice(0, -1));
    const own = await ensemble.secondOpinions(row, ballot.raw, regime);
    take(shadow, {
      ...bar,
      probabilities: decidedProbabilities({ rules, stack: own.stack, votes: ballot.votes }),
      beside: decidedByChampion ? besides : null,
      champion: this.log.review.promoted,
      notFinite: notFinite(ballot, own),
      inferenceMs: performance.now() - begun,
    });
  }
}

function take(observed: Observed, answer: Parameters<typeof observe>[1]): void {
  const label = observed.labels.get(answer.symbol);
  if (label === undefined) return;
  observed.run = observe(observed.run, answer, label);
  observed.changed = true;
}

/** Voters, stacker and validator whose answer had NaN or an infinity in it. */
function notFinite({ skipped }: Pick<DecisionRecord, 'skipped'>, second: MetaOpinions | undefined): number {
  const meta = second === undefined ? [] : [second.stack, second.validator];
  const silent = [...skipped, ...meta.flatMap((opinion) => (opinion.kind === 'absent' ? [opinion] : []))];
  return silent.filter(({ why }) => why.includes(NOT_NUMBERS)).length;
}

/** One after the other; when one rejects, those before it are freed. */
async function loadAll(
  symbols: readonly FutureSymbol[],
  load: (symbol: FutureSymbol) => Promise<Ensemble | null>,
): Promise<ReadonlyMap<string, Ensemble>> {
  const ensembles = new Map<string, Ensemble>();
  try {
    for (const symbol of symbols) {
      const ensemble = await load(symbol);
      if (ensemble !== null) ensembles.set(symbol, ensemble);
    }
    return ensembles;
  } catch (error) {
    await closeAll({ ensembles });
    throw error;
  }
}

async function closeAll(observed: Pick<Observed, 'ensembles'> | null): Promise<void> {
  for (const ensemble of observed?.ensembles.values() ?? []) await ensemble.close();
}
