/** An indicator of the technicalindicators library, fed bar by bar. The library is loaded where the first of them is made. */
import { createRequire } from 'node:module';
import type { BarSeries } from '../bar-series';
import type { Kernel } from '../kernels/kernel';
import { CATALOGUE, PATTERN_BARS } from './indicators';
import type { CatalogueParameters } from './indicators';

type Values = Readonly<Record<string, unknown>>;

/** The library's own shape: a class that takes one value or bar after the other. */
interface Streaming {
  nextValue(input: unknown): unknown;
}
type StreamingClass = new (input: object) => Streaming;
type Pattern = (bars: object) => boolean;

const libraryPart = (name: string): unknown =>
  (createRequire(__filename)('technicalindicators') as Readonly<Record<string, unknown>>)[name];

const NO_BARS = { values: [], open: [], high: [], low: [], close: [], volume: [], timestamp: [] };

/** A fresh kernel; name and parameters have been checked by catalogueProblems. */
export const catalogueKernel = (indicator: string, parameters: CatalogueParameters): Kernel =>
  CATALOGUE[indicator].input === 'pattern'
    ? new PatternKernel(libraryPart(indicator) as Pattern)
    : new StreamingKernel(indicator, parameters);

class StreamingKernel implements Kernel {
  private readonly streaming: Streaming;
  private readonly outputs: readonly string[];
  private readonly closesAlone: boolean;

  constructor(indicator: string, parameters: CatalogueParameters) {
    const Indicator = libraryPart(indicator) as StreamingClass;
    const { outputs, input } = CATALOGUE[indicator];
    this.streaming = new Indicator({ ...structuredClone(NO_BARS), ...EXPONENTIAL, ...parameters });
    this.outputs = outputs;
    this.closesAlone = input === 'close';
  }

  run(series: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      const value = this.streaming.nextValue(this.closesAlone ? series.close[i] : barAt(series, i));
      this.outputs.forEach((output, c) => {
        columns[c][r] = numberOf(output === '' ? value : (value as Values | undefined)?.[output]);
      });
    }
  }
}

/** Where the library has a choice of means, its users' charts have these. */
const EXPONENTIAL = { SimpleMAOscillator: false, SimpleMASignal: false, useSMA: false };

const barAt = ({ open, high, low, close, volume }: BarSeries, i: number): object => ({
  open: open[i],
  high: high[i],
  low: low[i],
  close: close[i],
  volume: volume[i],
});

const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN);

class PatternKernel implements Kernel {
  constructor(private readonly pattern: Pattern) {}

  run(
    { base, open, high, low, close }: BarSeries,
    from: number,
    rows: number,
    [column]: readonly Float64Array[],
  ): void {
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      if (base + i < PATTERN_BARS - 1) {
        column[r] = Number.NaN;
        continue;
      }
      const last = (values: Float64Array): number[] => Array.from(values.subarray(i - PATTERN_BARS + 1, i + 1));
      column[r] = this.pattern({ open: last(open), high: last(high), low: last(low), close: last(close) }) ? 1 : 0;
    }
  }
}
