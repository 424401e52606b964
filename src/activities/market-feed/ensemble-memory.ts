/**
 * What an instrument's ensemble remembers from bar to bar: features, the rows that windowed voters reach back to, the regime, the voters'
 * weights by performance, and what came of vetoes. One for the live feed, the back-test and the replay of the audit log.
 * Invariants:
 *  1. Bars are folded once each and in order, from the first bar of the warm-up on; nothing looks ahead.
 *  2. Weights depend on bars and models, not on when this process began: `adopt` votes again where the models were not asked.
 *  3. A decision on a trade date that the run has learned from says nothing of its voters, and is not judged.
 */
import type { BarWithQuote } from '../../domain/bars';
import { isTwoSided } from '../../domain/bars';
import { tradeDateOf } from '../../domain/calendar';
import type { Decision } from '../../domain/decision';
import { judgedBars, type HorizonBar } from '../../domain/decision-horizon';
import {
  advanceVetoes,
  judgedEntry,
  NO_VETOES,
  recordJudgement,
  roundTripCost,
  type JudgedEntry,
  type VetoCounts,
} from '../../domain/decision-vetoes';
import { MINUTE_MS } from '../../domain/exchange-time';
import {
  advanceHedge,
  HEDGE_DECISIONS,
  hedgeWeights,
  NO_HEDGE,
  recordVotes,
  type HedgeState,
} from '../../domain/hedge';
import { advanceRegime, NO_REGIME, type Regime } from '../../domain/regime';
import type { Vote } from '../../domain/vote';
import {
  BREAK_GAP_MINUTES,
  BreakMarker,
  emptyColumns,
  longestStepMs,
  setRow,
  unmarkedSeries,
} from '../../features/bar-series';
import { modelColumnIndexes, type FeatureStream } from '../../features/pipeline';
import type { Ensemble } from '../../learning/ensemble';

/** Models as they are remembered: who votes, and how they are judged. */
export type JudgedEnsemble = Pick<Ensemble, 'models' | 'window' | 'label' | 'learnedFrom' | 'vote'>;

/** What is kept of a decision that was made on the last bar. */
export interface DecidedVotes {
  /** UTC ms. */
  readonly barClose: number;
  readonly votes: readonly Vote[];
  readonly decision: Decision;
  /** Of the quote decided on, points; null without a two-sided one. */
  readonly spread: number | null;
}

interface RememberedBar extends HorizonBar {
  /** All columns of the schema; null where a model column has no value: nobody votes there. */
  readonly row: Float32Array | null;
  /** Rows of one number follow each other without a break. */
  readonly series: number;
}

export class EnsembleMemory {
  private readonly breaks = new BreakMarker(longestStepMs(1));
  private readonly latest = unmarkedSeries(emptyColumns(1));
  private readonly columns: Int32Array;
  private readonly bars: RememberedBar[] = [];
  /** The complete rows among them, in order. */
  private readonly complete: RememberedBar[] = [];
  private series = 0;
  private regimeState = NO_REGIME;
  private hedge: HedgeState = NO_HEDGE;
  private vetoes = NO_VETOES;
  private ensemble: JudgedEnsemble | null = null;

  constructor(readonly features: FeatureStream) {
    this.columns = modelColumnIndexes(features.schema);
  }

  /** The next closed bar. Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  push(row: BarWithQuote): void {
    const { bar, quote } = row;
    this.features.push(row);
    setRow(this.latest, 0, row);
    this.breaks.mark(this.latest, 0, 1);
    const continues = this.latest.afterBreak[0] === 0;
    const mid = isTwoSided(quote) ? (quote.bid + quote.ask) / 2 : null;
    const { start, close } = bar;
    this.remember({ start, mid, continues });
    this.regimeState = advanceRegime(this.regimeState, { start, close, continues });
    this.vetoes = advanceVetoes(this.vetoes, { start, mid, continues });
    const { label } = this.ensemble ?? {};
    if (label) this.hedge = advanceHedge(this.hedge, { start, mid, continues }, label);
  }

  get regime(): Regime | null {
    return this.regimeState.regime;
  }

  get vetoCounts(): VetoCounts {
    return this.vetoes.counts;
  }

  /** By model, as Hedge has them after the last bar; null when nobody votes. */
  get weights(): Readonly<Record<string, number>> | null {
    const { models } = this.ensemble ?? { models: [] };
    return models.length === 0 ? null : hedgeWeights(this.hedge, models);
  }

  /** Rows of the last bar's series before it, oldest first, as far as the window of `ensemble` reaches. */
  earlierRows({ window }: Pick<Ensemble, 'window'>): readonly Float32Array[] {
    return this.earlierThan(this.complete.length - 1, window);
  }

  /**
   * These models vote from the next bar on, weighed as if they had voted on every bar so far: they are asked again about what is judged
   * or waiting now, at most HEDGE_DECISIONS bars and a horizon.
   */
  async adopt(ensemble: JudgedEnsemble | null): Promise<void> {
    this.ensemble = ensemble;
    this.hedge = NO_HEDGE;
    const label = ensemble?.label ?? null;
    if (ensemble === null || label === null) return;
    const asked = judgedBars(
      this.bars,
      label.horizonBars,
      HEDGE_DECISIONS,
      (index) => this.bars[index].row !== null && this.isNew(this.bars[index].start),
    );
    const places = new Map(this.complete.map((bar, place) => [bar.start, place]));
    const votes = new Map<number, readonly Vote[]>();
    for (const index of asked) {
      const { row, start } = this.bars[index];
      if (row === null) continue;
      const earlier = this.earlierThan(places.get(start) ?? 0, ensemble.window);
      votes.set(start, (await ensemble.vote(row, earlier)).votes);
    }
    let hedge = NO_HEDGE;
    for (const bar of this.bars) {
      const said = votes.get(bar.start);
      hedge = advanceHedge(hedge, bar, label);
      if (said !== undefined) hedge = recordVotes(hedge, bar.start + MINUTE_MS, said, label);
    }
    this.hedge = hedge;
  }

  /** The decision on the last bar: its votes are judged when their horizon is over, and so is an entry that the validator passed or stopped. */
  record({ barClose, votes, decision, spread }: DecidedVotes): void {
    const label = this.ensemble?.label ?? null;
    if (label === null) return;
    if (this.isNew(barClose - MINUTE_MS)) this.hedge = recordVotes(this.hedge, barClose, votes, label);
    const entry = spread === null ? null : judgedEntry(decision, roundTripCost(spread, this.features.instrument));
    if (entry !== null) this.vetoes = recordJudgement(this.vetoes, barClose, entry, label.horizonBars);
  }

  /** Counts the entries that the validator judged before this process began, by the close of their bar, among the bars so far. */
  restoreVetoes(judged: ReadonlyMap<number, JudgedEntry>): void {
    const label = this.ensemble?.label ?? null;
    if (label === null) return;
    this.vetoes = this.bars.reduce((ledger, bar) => {
      const close = bar.start + MINUTE_MS;
      const entry = judged.get(close);
      const advanced = advanceVetoes(ledger, bar);
      return entry === undefined ? advanced : recordJudgement(advanced, close, entry, label.horizonBars);
    }, NO_VETOES);
  }

  private remember(bar: HorizonBar): void {
    const row = this.features.row();
    const isComplete = row !== null && this.columns.every((index) => Number.isFinite(row[index]));
    const before = this.complete.at(-1);
    const sinceBefore = bar.start - (before?.start ?? bar.start);
    this.series += bar.continues && sinceBefore < BREAK_GAP_MINUTES * MINUTE_MS ? 0 : 1;
    const remembered = { ...bar, row: isComplete ? row : null, series: this.series };
    this.bars.push(remembered);
    if (isComplete) this.complete.push(remembered);
  }

  /** Rows of one series before the complete row at `place`, so that with it they are at most `window`. */
  private earlierThan(place: number, window: number): readonly Float32Array[] {
    const series = this.complete.at(place)?.series;
    return this.complete
      .slice(Math.max(0, place - window + 1), Math.max(0, place))
      .flatMap((bar) => (bar.series === series && bar.row !== null ? [bar.row] : []));
  }

  private isNew(start: number): boolean {
    return this.ensemble?.learnedFrom.has(tradeDateOf(start)) === false;
  }
}
