/** The hot set's kernels: created once a series, run over its bars block by block. What they compute is in src/features/feature-spec.ts. */
import { Ema, Macd, Ppo, Sma } from './averages';
import { Roc, Rsi, Stochastic } from './oscillators';
import { Return } from './returns';
import { Kernel } from './series';
import { Atr, Bollinger, OpenCloseCorrelation } from './volatility';
import { Volume, Vwap } from './volume';

export { markWithinDate } from './breaks';
export { writeRows } from './rows';
export { allocate, barsAddress, flagsAddress, layOut, output } from './series';

// Each takes the position of its first output column, and its windows in bars.
export function rsi(first: i32, period: i32): Kernel {
  return new Rsi(first, period);
}
export function macd(first: i32, fast: i32, slow: i32, signal: i32): Kernel {
  return new Macd(first, fast, slow, signal);
}
export function ppo(first: i32, fast: i32, slow: i32): Kernel {
  return new Ppo(first, fast, slow);
}
export function roc(first: i32, period: i32): Kernel {
  return new Roc(first, period);
}
export function sma(first: i32, period: i32): Kernel {
  return new Sma(first, period);
}
export function ema(first: i32, period: i32): Kernel {
  return new Ema(first, period);
}
export function vwap(first: i32): Kernel {
  return new Vwap(first);
}
/** `rows`: bars of a call at the most. */
export function stochastic(first: i32, period: i32, slowK: i32, slowD: i32, rows: i32): Kernel {
  return new Stochastic(first, period, slowK, slowD, rows);
}
export function atr(first: i32, period: i32): Kernel {
  return new Atr(first, period);
}
export function bollinger(first: i32, period: i32, deviations: f64): Kernel {
  return new Bollinger(first, period, deviations);
}
export function logReturn(first: i32, period: i32): Kernel {
  return new Return(first, period);
}
export function openCloseCorrelation(first: i32, period: i32): Kernel {
  return new OpenCloseCorrelation(first, period);
}
export function volume(first: i32, period: i32): Kernel {
  return new Volume(first, period);
}

/** Bars at rows [from, from + rows), the first of them `bar` bars behind the beginning of the data. */
export function run(kernel: Kernel, from: i32, rows: i32, bar: i32): void {
  kernel.run(from, rows, bar);
}
