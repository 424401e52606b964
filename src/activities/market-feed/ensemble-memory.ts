/**
 * What an instrument's ensemble remembers from bar to bar: features, the rows that windowed voters reach back to, the regime, the voters'
 * weights by performance, and what came of vetoes. One for the live feed, the back-test and the replay of the audit log.
 * Invariants:
 *  1. Bars are folded once each and in order, from the first bar of the warm-up on; nothing looks ahead.
 *  2. Columns and weights depend on bars and models, not on when this process began or whose columns it began with: `adopt` computes
 *     the columns of its models from the first bar on, and votes again where the models were not asked.
 *  3. A decision on a trade date that the run has learned from says nothing of its voters, and is not judged.
 */
import type { BarWithQuote } from '../../domain/bars';
import { tradeDateOf } from '../../domain/calendar';
import type { Decision } from '../../domain/decision';
import { judgedBars } from '../../domain/decision-horizon';
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
import { createFeatureStream, type FeatureStream } from '../../features/pipeline';
import { defineSchema, type FeatureSchema } from '../../features/schema';
import type { Ensemble } from '../../learning/ensemble';
import { RowMemory } from './row-memory';

/** Models as they are remembered: who votes on which columns, and how they are judged. */
export type JudgedEnsemble = Pick<Ensemble, 'schema' | 'models' | 'window' | 'label' | 'learnedFrom' | 'vote'>;

/** What is kept of a decision that was made on the last bar. */
export interface DecidedVotes {
  /** UTC ms. */
  readonly barClose: number;
  readonly votes: readonly Vote[];
  readonly decision: Decision;
  /** Of the quote decided on, points; null without a two-sided one. */
  readonly spread: number | null;
}

/** The range that stops, targets and sizes are told in is the trading rules' own: no run's windows change it. */
const RANGE_SCHEMA = defineSchema([{ kind: 'atr', name: 'atr', period: 14 }]);

export class EnsembleMemory {
  private remembered: RowMemory;
  private readonly range: FeatureStream;
  private regimeState = NO_REGIME;
  private hedge: HedgeState = NO_HEDGE;
  private vetoes = NO_VETOES;
  private ensemble: JudgedEnsemble | null = null;

  /** `features` has taken no bar yet. */
  constructor(features: FeatureStream) {
    this.remembered = new RowMemory(features);
    this.range = createFeatureStream(RANGE_SCHEMA, features.instrument);
  }

  /** The next closed bar. Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  push(row: BarWithQuote): void {
    const { start, mid, continues } = this.remembered.push(row);
    this.range.push(row);
    this.regimeState = advanceRegime(this.regimeState, { start, close: row.bar.close, continues });
    this.vetoes = advanceVetoes(this.vetoes, { start, mid, continues });
    const { label } = this.ensemble ?? {};
    if (label) this.hedge = advanceHedge(this.hedge, { start, mid, continues }, label);
  }

  /** Of the models that vote; before the first ones, those it was made with. */
  get features(): FeatureStream {
    return this.remembered.features;
  }

  /** ATR(14) of the minutes, price points; null until it has a value. */
  get atr(): number | null {
    return this.range.value('atr');
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
    return this.remembered.earlierRows(window);
  }

  /** Rows of one series that end with the last bar, `window` at most; none while that bar's row has a hole. */
  rows(window: number): readonly Float32Array[] {
    return this.remembered.rows(window);
  }

  /** The same bars under another schema; what comes after is its owner's to push. */
  rowsUnder(schema: FeatureSchema): RowMemory {
    return this.remembered.under(schema);
  }

  /**
   * These models vote from the next bar on, weighed as if they had voted on every bar so far: they are asked again about what is judged
   * or waiting now, at most HEDGE_DECISIONS bars and a horizon.
   */
  async adopt(ensemble: JudgedEnsemble | null): Promise<void> {
    this.ensemble = ensemble;
    this.hedge = NO_HEDGE;
    if (ensemble !== null && ensemble.schema.hash !== this.features.schema.hash)
      this.remembered = this.remembered.under(ensemble.schema);
    const label = ensemble?.label ?? null;
    if (ensemble === null || label === null) return;
    const { bars } = this.remembered;
    const asked = judgedBars(
      bars,
      label.horizonBars,
      HEDGE_DECISIONS,
      (index) => bars[index].row !== null && this.isNew(bars[index].start),
    );
    const votes = new Map<number, readonly Vote[]>();
    for (const index of asked) {
      const { row, start } = bars[index];
      if (row === null) continue;
      votes.set(start, (await ensemble.vote(row, this.remembered.rowsBefore(start, ensemble.window))).votes);
    }
    let hedge = NO_HEDGE;
    for (const bar of bars) {
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
    this.vetoes = this.remembered.bars.reduce((ledger, bar) => {
      const close = bar.start + MINUTE_MS;
      const entry = judged.get(close);
      const advanced = advanceVetoes(ledger, bar);
      return entry === undefined ? advanced : recordJudgement(advanced, close, entry, label.horizonBars);
    }, NO_VETOES);
  }

  private isNew(start: number): boolean {
    return this.ensemble?.learnedFrom.has(tradeDateOf(start)) === false;
  }
}
