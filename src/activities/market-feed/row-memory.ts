/**
 * Features of an instrument's bars under one schema, and the complete rows that windowed models reach back to.
 * Invariant: rows depend on schema and bars alone, so a memory that is made anew over the same bars is the same memory.
 */
import type { BarWithQuote } from '../../domain/bars';
import { isTwoSided } from '../../domain/bars';
import type { HorizonBar } from '../../domain/decision-horizon';
import { MINUTE_MS } from '../../domain/exchange-time';
import {
  BREAK_GAP_MINUTES,
  BreakMarker,
  emptyColumns,
  longestStepMs,
  setRow,
  unmarkedSeries,
} from '../../features/bar-series';
import { createFeatureStream, modelColumnIndexes, type FeatureStream } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';

export interface RememberedBar extends HorizonBar {
  readonly source: BarWithQuote;
  /** All columns of the schema; null where a model column has no value: nobody votes there. */
  readonly row: Float32Array | null;
  /** Rows of one number follow each other without a break. */
  readonly series: number;
}

export class RowMemory {
  readonly bars: RememberedBar[] = [];
  /** The complete rows among them, in order. */
  private readonly complete: RememberedBar[] = [];
  private readonly breaks = new BreakMarker(longestStepMs(1));
  private readonly latest = unmarkedSeries(emptyColumns(1));
  private readonly columns: Int32Array;
  private series = 0;

  /** `features` has taken no bar yet. */
  constructor(readonly features: FeatureStream) {
    this.columns = modelColumnIndexes(features.schema);
  }

  /** The same bars under another schema, from the first one on. */
  under(schema: FeatureSchema): RowMemory {
    const memory = new RowMemory(createFeatureStream(schema, this.features.instrument, this.features.outside));
    for (const { source } of this.bars) memory.push(source);
    return memory;
  }

  /** The next closed bar. Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  push(source: BarWithQuote): RememberedBar {
    const { bar, quote } = source;
    this.features.push(source);
    setRow(this.latest, 0, source);
    this.breaks.mark(this.latest, 0, 1);
    const continues = this.latest.afterBreak[0] === 0;
    const mid = isTwoSided(quote) ? (quote.bid + quote.ask) / 2 : null;
    const row = this.features.row();
    const isComplete = row !== null && this.columns.every((index) => Number.isFinite(row[index]));
    const sinceComplete = bar.start - (this.complete.at(-1)?.start ?? bar.start);
    this.series += continues && sinceComplete < BREAK_GAP_MINUTES * MINUTE_MS ? 0 : 1;
    const { start } = bar;
    const remembered = { source, start, mid, continues, row: isComplete ? row : null, series: this.series };
    this.bars.push(remembered);
    if (isComplete) this.complete.push(remembered);
    return remembered;
  }

  /** Rows of the last bar's series before it, oldest first, so that with it they are at most `window`. */
  earlierRows(window: number): readonly Float32Array[] {
    return this.earlierThan(this.complete.length - 1, window);
  }

  /** The same for the complete row of the bar that began at `start` (UTC ms). */
  rowsBefore(start: number, window: number): readonly Float32Array[] {
    return this.earlierThan(
      this.complete.findIndex((bar) => bar.start === start),
      window,
    );
  }

  /** Rows of one series that end with the last bar, `window` at most; none while that bar's row has a hole. */
  rows(window: number): readonly Float32Array[] {
    const row = this.bars.at(-1)?.row ?? null;
    return row === null ? [] : [...this.earlierRows(window), row];
  }

  private earlierThan(place: number, window: number): readonly Float32Array[] {
    const series = this.complete.at(place)?.series;
    return this.complete
      .slice(Math.max(0, place - window + 1), Math.max(0, place))
      .flatMap((bar) => (bar.series === series && bar.row !== null ? [bar.row] : []));
  }
}
