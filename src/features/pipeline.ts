/**
 * Features of one instrument's bars, live and in batch by the same kernels (requirement C5).
 * Invariants:
 *  1. A row depends on its own and earlier bars only: cutting the future off changes nothing.
 *  2. Batch and stream are one code fed blocks of different length; values are rounded to float32 on leaving (C4).
 *  3. A value that cannot be known is NaN and named by `missing`; it is never filled in.
 * Gap policy: indicators run over bars, not minutes, and go on over a break; returns and order flow do not cross one (a new trade
 * date, or BREAK_GAP_MINUTES without a bar) and are null until enough bars lie behind it. A roll ends a stream: begin a new one.
 */
import { createHash } from 'node:crypto';
import type { BarWithQuote } from '../domain/bars';
import type { Instrument, TradedUnit } from '../domain/instruments';
import { columnsOf } from './bar-series';
import type { BarColumns } from './bar-series';
import { KernelSet } from './kernel-set';
import { BookValues } from './book/book-values';
import { joinedOutside, NOTHING_OUTSIDE } from './outside/outside-values';
import type { OutsideValues } from './outside/outside-values';
import { columnIndex } from './schema';
import type { FeatureSchema } from './schema';

/** Rows per call of a kernel in batch: small enough that all of a block stays in the processor's cache. */
const BLOCK_ROWS = 2_048;

export interface FeatureMatrix {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Start of each row’s bar, UTC ms; the memory of the series. */
  readonly starts: Float64Array;
  /** Row-major, rows × columns, NaN where there is no value. */
  readonly values: Float32Array;
  /** 1 where every column that models read has a value. */
  readonly valid: Uint8Array;
}

export interface FeatureStream {
  readonly schema: FeatureSchema;
  readonly instrument: Instrument;
  /** What its columns of the world outside read. */
  readonly outside: OutsideValues;
  readonly warmupBars: number;
  /** Bars taken so far. */
  readonly bars: number;
  /** Start of the first bar taken, UTC ms: recursive indicators remember it, so decisions record it. */
  readonly firstBar: number | null;
  readonly lastBar: number | null;
  /** Takes the next closed bar. Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  push(row: BarWithQuote): void;
  /** A copy of the latest bar's row in column order, NaN where there is no value; null before the first bar. */
  row(): Float32Array | null;
  /** featureHash of the latest row; null before the first bar. */
  hash(): string | null;
  /** Model columns without a value in the latest row; every one of them before the first bar. */
  missing(): readonly string[];
  /** The latest value of one column, null where there is none. Throws FeatureError COLUMN_UNKNOWN. */
  value(column: string): number | null;
}

/** Positions of the model columns within a row. */
export const modelColumnIndexes = (schema: FeatureSchema): Int32Array =>
  Int32Array.from(schema.modelColumns, (name) => columnIndex(schema, name));

/** Names of the model columns that have no value in `row`. */
export function missingColumns(row: Float32Array, schema: FeatureSchema): readonly string[] {
  const indexes = modelColumnIndexes(schema);
  return schema.modelColumns.filter((_name, i) => !Number.isFinite(row[indexes[i]]));
}

const NAN_BITS = 0x7fc00000;

/** sha256 of the row's float32 bits (little-endian; all NaN alike), hex: two rows with one hash fed a model the same numbers. */
export function featureHash(row: Float32Array): string {
  const bytes = Buffer.allocUnsafe(row.length * Float32Array.BYTES_PER_ELEMENT);
  row.forEach((value, i) => {
    if (Number.isNaN(value)) bytes.writeUInt32LE(NAN_BITS, i * Float32Array.BYTES_PER_ELEMENT);
    else bytes.writeFloatLE(value, i * Float32Array.BYTES_PER_ELEMENT);
  });
  return createHash('sha256').update(bytes).digest('hex');
}

/** A stream that has seen no bar yet. */
export function createFeatureStream(
  schema: FeatureSchema,
  instrument: Instrument,
  outside: OutsideValues = NOTHING_OUTSIDE,
): FeatureStream {
  return new SingleRowStream(schema, instrument, outside);
}

class SingleRowStream implements FeatureStream {
  bars = 0;
  firstBar: number | null = null;
  lastBar: number | null = null;
  private readonly kernels: KernelSet;
  private readonly latest: Float32Array;
  private readonly books = new BookValues();

  constructor(
    readonly schema: FeatureSchema,
    readonly instrument: Instrument,
    readonly outside: OutsideValues,
  ) {
    this.kernels = new KernelSet(schema, instrument, 1, joinedOutside([this.books, outside]));
    this.latest = this.kernels.matrix;
  }

  get warmupBars(): number {
    return this.schema.warmupBars;
  }

  push(row: BarWithQuote): void {
    this.books.push(row);
    this.kernels.push(row);
    this.bars += 1;
    this.firstBar ??= row.bar.start;
    this.lastBar = row.bar.start;
  }

  row(): Float32Array | null {
    return this.bars === 0 ? null : this.latest.slice();
  }

  hash(): string | null {
    return this.bars === 0 ? null : featureHash(this.latest);
  }

  missing(): readonly string[] {
    return missingColumns(this.latest, this.schema);
  }

  value(column: string): number | null {
    const value = this.latest[columnIndex(this.schema, column)];
    return Number.isNaN(value) ? null : value;
  }
}

/** Features of every row. Throws FeatureError BARS_UNSORTED or BAR_INVALID. */
export function computeFeatures(
  rows: readonly BarWithQuote[],
  schema: FeatureSchema,
  instrument: TradedUnit,
  outside: OutsideValues = NOTHING_OUTSIDE,
): FeatureMatrix {
  const books = new BookValues();
  for (const row of rows) books.push(row);
  return computeFeaturesOfColumns(columnsOf(rows), schema, instrument, { outside: joinedOutside([books, outside]) });
}

/**
 * The same for a series that is in columns already. The memory of `reuse` is overwritten when it has room: over many symbols, fresh
 * memory costs more than the arithmetic.
 */
export function computeFeaturesOfColumns(
  series: BarColumns,
  schema: FeatureSchema,
  instrument: TradedUnit,
  { reuse, outside = NOTHING_OUTSIDE }: { readonly reuse?: FeatureMatrix; readonly outside?: OutsideValues } = {},
): FeatureMatrix {
  const kernels = new KernelSet(schema, instrument, BLOCK_ROWS, outside);
  const width = schema.columns.length;
  const { length } = series;
  const values =
    reuse !== undefined && reuse.values.length >= length * width
      ? reuse.values.subarray(0, length * width)
      : new Float32Array(length * width);
  const valid = new Uint8Array(length);
  for (let from = 0; from < length; from += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, length - from);
    kernels.pushColumns(series, from, from + rows);
    values.set(kernels.matrix.subarray(0, rows * width), from * width);
    valid.set(kernels.valid.subarray(0, rows), from);
  }
  return { columns: schema.columns, rows: length, starts: series.start, values, valid };
}
