/**
 * The hot set's kernels, compiled from assembly/features (scripts/build-kernels.mjs): several times
 * faster than the same loops over typed arrays. A memory of their own holds the bars they read and the columns they write.
 */
import { setFlagsFromString } from 'node:v8';
import type { BarSeries } from '../bar-series';
import compiled from './compiled.json';
import type { Kernel } from './kernel';

/** Address of a kernel’s state. */
export type Handle = number;

/** What assembly/features/index.ts exports. */
export interface CompiledKernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  layOut(inputs: number, inputRows: number, outputs: number, outputRows: number): void;
  barsAddress(): number;
  flagsAddress(): number;
  output(index: number): number;
  allocate(bytes: number): number;
  run(kernel: Handle, from: number, rows: number, bar: number): void;
  markWithinDate(from: number, to: number, last: number, checkFrom: number, gap: number): number;
  writeRows(columns: number, rows: number, matrix: number, mask: number, valid: number): void;
  rsi(first: number, period: number): Handle;
  macd(first: number, fast: number, slow: number, signal: number): Handle;
  ppo(first: number, fast: number, slow: number): Handle;
  roc(first: number, period: number): Handle;
  sma(first: number, period: number): Handle;
  ema(first: number, period: number): Handle;
  vwap(first: number): Handle;
  stochastic(first: number, period: number, slowK: number, slowD: number, rows: number): Handle;
  atr(first: number, period: number): Handle;
  bollinger(first: number, period: number, deviations: number): Handle;
  logReturn(first: number, period: number): Handle;
  openCloseCorrelation(first: number, period: number): Handle;
  volume(first: number, period: number): Handle;
}

let code: WebAssembly.Module | null = null;

/**
 * Compiled whole and optimised at once (25 ms): by default V8 begins with slow code and optimises in a background thread, which on a
 * busy machine comes too late for a run of seconds.
 */
function compile(): WebAssembly.Module {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return new WebAssembly.Module(Buffer.from(compiled.wasm, 'base64'));
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
  }
}

/** Kernels with a memory of their own, empty. */
export function instantiateKernels(): CompiledKernels {
  code ??= compile();
  const { exports } = new WebAssembly.Instance(code, { returns: { hostLog: Math.log }, env: { abort: outOfMemory } });
  return exports as CompiledKernels;
}

/** The one thing that can fail in there: memory that cannot grow. */
function outOfMemory(): never {
  throw new RangeError('no memory is left for the feature kernels: use shorter windows or fewer indicators.');
}

/** The columns that compiled kernels read, in the order in which layOut puts them. */
export const COMPILED_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'start'] as const;

export class CompiledKernel implements Kernel {
  constructor(
    private readonly kernels: CompiledKernels,
    private readonly handle: Handle,
  ) {}

  /** The series and its outputs are those of the kernels' own memory. */
  run(series: BarSeries, from: number, rows: number): void {
    this.kernels.run(this.handle, from, rows, series.base + from);
  }
}
