/**
 * The features and regime of a past decision, rebuilt from the journal in the order in which its rows were consumed.
 * Invariants: 1. rows reach the features once and in order of time, as they did live; 2. a row older than its predecessor can only have
 * come from a new warm-up, so from there on the features are those of a fresh stream over all rows until then.
 */
import { MINUTE_MS } from '../domain/exchange-time';
import type { Instrument } from '../domain/instruments';
import { NOTHING_OUTSIDE } from '../features/outside/outside-values';
import type { OutsideValues } from '../features/outside/outside-values';
import { createFeatureStream } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import type { ConsumedRow } from '../storage/journal-rows';
import { EnsembleMemory } from './market-feed/ensemble-memory';

export interface DecisionPoint {
  /** Start of the first bar that the features remembered, UTC ms. */
  readonly warmupFrom: number;
  readonly barClose: number;
  /** Hash of the row decided on. */
  readonly featureHash: string | null;
}

export class ReplayedFeatures {
  private memory: EnsembleMemory;
  private warmupFrom: number | null = null;
  /** Rows with a lower index have been consumed. */
  private consumed = 0;
  private readonly indexByStart: ReadonlyMap<number, number>;

  /** `rows` in the order of consumption. */
  constructor(
    private readonly schema: FeatureSchema,
    private readonly instrument: Instrument,
    private readonly rows: readonly ConsumedRow[],
    private readonly outside: OutsideValues = NOTHING_OUTSIDE,
  ) {
    this.memory = this.fresh();
    this.indexByStart = new Map(rows.map(({ row }, index) => [row.bar.start, index]));
  }

  /** The features a decision saw, or null when the journal lacks its bar. Cheap when asked in order of time. */
  at(point: DecisionPoint): EnsembleMemory | null {
    const index = this.indexByStart.get(point.barClose - MINUTE_MS);
    if (index === undefined) return null;
    if (this.warmupFrom !== point.warmupFrom || index < this.consumed - 1) this.restart(point.warmupFrom);
    this.consumeThrough(index);
    if (this.memory.features.hash() === point.featureHash) return this.memory;
    return this.afterLateRows(point, index) ?? this.memory;
  }

  private restart(warmupFrom: number): void {
    this.memory = this.fresh();
    this.warmupFrom = warmupFrom;
    this.consumed = 0;
  }

  private consumeThrough(index: number): void {
    const fresh = this.rows
      .slice(this.consumed, index + 1)
      .filter(({ row }) => row.bar.start >= (this.warmupFrom ?? 0));
    this.consumed = index + 1;
    let last = this.memory.features.lastBar;
    const inOrder = fresh.every(({ row }) => {
      const later = last === null || row.bar.start > last;
      last = row.bar.start;
      return later;
    });
    if (inOrder) for (const { row } of fresh) this.memory.push(row);
    else this.memory = this.warmedUp(this.rows.slice(0, index + 1));
  }

  /** A feed that came up after the bar was consumed decided it on a warm-up that also had rows missed before; null if there are none. */
  private afterLateRows({ barClose, featureHash }: DecisionPoint, index: number): EnsembleMemory | null {
    const decidedBy = barClose + MINUTE_MS;
    const isKnown = ({ row, consumedAt }: ConsumedRow) =>
      consumedAt < decidedBy && row.bar.start + MINUTE_MS <= barClose;
    if (!this.rows.slice(index + 1).some(isKnown)) return null;
    const memory = this.warmedUp(this.rows.filter(isKnown));
    return memory.features.hash() === featureHash ? memory : null;
  }

  private fresh(): EnsembleMemory {
    return new EnsembleMemory(createFeatureStream(this.schema, this.instrument, this.outside));
  }

  /** A fresh memory of the rows of the warm-up, ascending. */
  private warmedUp(rows: readonly ConsumedRow[]): EnsembleMemory {
    const memory = this.fresh();
    rows
      .map(({ row }) => row)
      .filter(({ bar }) => bar.start >= (this.warmupFrom ?? 0))
      .sort((a, b) => a.bar.start - b.bar.start)
      .forEach((row) => memory.push(row));
    return memory;
  }
}
