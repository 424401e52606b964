/**
 * The kernels of a schema over one series: bars in, rows of float32 out. Batch and stream are this one code fed blocks of different
 * length; inputs and outputs of a block lie in the compiled kernels' memory, small enough for the processor's cache.
 */
import type { BarWithQuote } from '../domain/bars';
import type { TradedUnit } from '../domain/instruments';
import { BreakMarker, emptyColumns, longestStepMs, NUMBER_FIELDS } from './bar-series';
import type { BarColumns } from './bar-series';
import { describeSpec, lookbackOf, timeframeOf, TIMEFRAMES } from './feature-spec';
import type { ContextSpec, FeatureSpec, Timeframe, TradeSpec } from './feature-spec';
import { COMPILED_FIELDS, instantiateKernels } from './kernels/compiled-kernels';
import type { CompiledKernels } from './kernels/compiled-kernels';
import { createKernel } from './kernels/create-kernel';
import type { Kernel } from './kernels/kernel';
import { TimeframeKernel } from './kernels/timeframe';
import { NOTHING_OUTSIDE } from './outside/outside-values';
import type { OutsideValues } from './outside/outside-values';
import { columnIndex, defineSchema } from './schema';
import type { FeatureSchema } from './schema';
import { SlidingSeries } from './sliding-series';

const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT;
const SINGLE_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Columns are taken four at a time: a mask is filled up to that. */
const LANES = 4;

/** What kernels read where no spec asks for quotes. */
const TRADE_FIELDS = COMPILED_FIELDS;

interface BoundKernel {
  readonly kernel: Kernel;
  readonly columns: readonly Float64Array[];
}

export class KernelSet {
  /** The latest block’s columns in double precision, from row 0 on. */
  readonly columns: readonly Float64Array[];
  /** The latest block’s rows, row-major, rounded to float32. */
  readonly matrix: Float32Array;
  /** 1 for each row of the latest block with a value in every model column. */
  readonly valid: Uint8Array;
  private readonly compiled: CompiledKernels = instantiateKernels();
  private readonly kernels: readonly BoundKernel[];
  private readonly series: SlidingSeries;
  private readonly breaks: BreakMarker;
  private readonly width: number;
  private readonly mask: Float32Array;

  /** For blocks of up to `rows` bars of `timeframe` minutes; indicators on longer bars gather them for themselves. */
  constructor(
    schema: FeatureSchema,
    instrument: TradedUnit,
    rows: number,
    outside: OutsideValues = NOTHING_OUTSIDE,
    timeframe: Timeframe = 1,
  ) {
    const { compiled } = this;
    const longestStep = longestStepMs(timeframe);
    this.breaks = new BreakMarker(longestStep, (from, to, last, checkFrom) =>
      compiled.markWithinDate(from, to, last, checkFrom, longestStep),
    );
    const width = schema.columns.length;
    const placed = placeColumns(schema.parameters);
    const own = placed.filter((one): one is Placed<TradeSpec | ContextSpec> => timeframeOf(one.spec) === 1);
    const keep = Math.max(0, ...own.map(({ spec }) => lookbackOf(spec)));
    const capacity = 2 * keep + rows;
    compiled.layOut(COMPILED_FIELDS.length, capacity, width, rows);
    const padded = Math.ceil(width / LANES) * LANES;
    const mask = compiled.allocate(padded * SINGLE_BYTES);
    const matrix = compiled.allocate((rows + 1) * width * SINGLE_BYTES);
    const valid = compiled.allocate(rows + 1);
    const kernels = own.map(({ spec, first, end }) => ({
      kernel: createKernel(spec, { compiled, instrument, first, rows, outside }),
      first,
      end,
    }));
    // Only now: memory that grows leaves the views on it behind.
    const { buffer } = compiled.memory;
    this.columns = schema.columns.map((_name, c) => new Float64Array(buffer, compiled.output(c), rows));
    this.kernels = [
      ...kernels.map(({ kernel, first, end }) => ({ kernel, columns: this.columns.slice(first, end) })),
      ...this.onLongerBars(placed, instrument, rows),
    ];
    this.matrix = new Float32Array(buffer, matrix, rows * width).fill(Number.NaN);
    this.valid = new Uint8Array(buffer, valid, rows);
    this.mask = new Float32Array(buffer, mask, padded);
    const ones = new Int32Array(buffer, mask, padded);
    for (const name of schema.modelColumns) ones[columnIndex(schema, name)] = -1;
    const quoted = schema.parameters.some(({ kind }) => kind === 'top-of-book');
    this.series = new SlidingSeries(columnsIn(compiled, capacity), keep, quoted ? NUMBER_FIELDS : TRADE_FIELDS);
    this.width = width;
  }

  /** A kernel for each longer timeframe that is asked for, with the columns of all its indicators. */
  private onLongerBars(
    placed: readonly Placed<FeatureSpec>[],
    instrument: TradedUnit,
    rows: number,
  ): readonly BoundKernel[] {
    return TIMEFRAMES.filter((minutes) => minutes > 1).flatMap((minutes) => {
      const chosen = placed.filter(({ spec }) => timeframeOf(spec) === minutes);
      if (chosen.length === 0) return [];
      const schema = defineSchema(chosen.map(({ spec }) => ({ ...spec, minutes: 1 }) as FeatureSpec));
      const source = new KernelSet(schema, instrument, rows + 1, NOTHING_OUTSIDE, minutes);
      const columns = chosen.flatMap(({ first, end }) => this.columns.slice(first, end));
      return [{ kernel: new TimeframeKernel(minutes, rows, source), columns }];
    });
  }

  /** Computes the next bar, row 0. Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  push(row: BarWithQuote): void {
    this.compute(this.series.offer(row), 1);
  }

  /** Computes bars [from, to) of a series, the next ones. Throws as `push` does. */
  pushColumns(columns: BarColumns, from: number, to: number): void {
    this.compute(this.series.offerColumns(columns, from, to), to - from);
  }

  private compute(index: number, rows: number): void {
    const { series, compiled, width, matrix, mask, valid } = this;
    this.breaks.mark(series, index, index + rows);
    series.accept(rows);
    for (const { kernel, columns } of this.kernels) kernel.run(series, index, rows, columns);
    compiled.writeRows(width, rows, matrix.byteOffset, mask.byteOffset, valid.byteOffset);
  }
}

interface Placed<Spec> {
  readonly spec: Spec;
  /** Its columns are [first, end) of a row. */
  readonly first: number;
  readonly end: number;
}

function placeColumns(specs: readonly FeatureSpec[]): readonly Placed<FeatureSpec>[] {
  let end = 0;
  return specs.map((spec) => {
    const first = end;
    end += describeSpec(spec).columns.length;
    return { spec, first, end };
  });
}

/** Columns for `capacity` bars: those that compiled kernels read in their memory, the others beside it. */
function columnsIn(compiled: CompiledKernels, capacity: number) {
  const { buffer } = compiled.memory;
  const bars = compiled.barsAddress();
  const flags = compiled.flagsAddress();
  const shared = COMPILED_FIELDS.map(
    (field, k) => [field, new Float64Array(buffer, bars + k * capacity * DOUBLE_BYTES, capacity)] as const,
  );
  return {
    ...emptyColumns(capacity),
    ...(Object.fromEntries(shared) as Pick<BarColumns, (typeof COMPILED_FIELDS)[number]>),
    opensTradeDate: new Uint8Array(buffer, flags, capacity),
    afterBreak: new Uint8Array(buffer, flags + capacity, capacity),
  };
}
