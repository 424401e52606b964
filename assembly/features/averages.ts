/** SMA, EMA, MACD and PPO, each with its form relative to price. Averages are seeded as TA-Lib seeds them, by the mean of their first bars. */
import { blankUntil, firstOf, pairAt, pairOf, putPair, putRowPair, relate, rowPair, secondOf } from './pairs';
import { at, close, isAnchor, Kernel, output, put, scratch, sumBefore } from './series';

export class Sma extends Kernel {
  private sum: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const period = this.period;
    const prices = close();
    const means = output(this.first);
    const divisor = f64x2.splat(period);
    let sum = this.sum;
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      if (isAnchor(bar + r)) sum = sumBefore(prices, i, min(period, bar + r));
      const price = at(prices, i);
      sum += bar + r < period ? price : price - at(prices, i - period);
      put(means, r, sum);
    }
    for (let r = 0; r < rows; r += 2) putPair(means, r, f64x2.div(pairAt(means, r), divisor));
    blankUntil(period, bar, means, rows);
    relate(prices, from, means, output(this.first + 1), rows);
    this.sum = sum;
  }
}

/** Mean of the first `period` bars on the last of them, NaN before. */
function seed(prices: usize, i: i32, bar: i32, period: i32): f64 {
  return bar === period - 1 ? sumBefore(prices, i + 1, period) / period : NaN;
}

export class Ema extends Kernel {
  private value: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const period = this.period;
    const weight = 2 / (<f64>period + 1);
    const kept = 1 - weight;
    const prices = close();
    const averages = output(this.first);
    let value = this.value;
    for (let r = 0; r < rows; r++, bar++) {
      const price = at(prices, from + r);
      if (bar >= period) value = value * kept + price * weight;
      else value = seed(prices, from + r, bar, period);
      put(averages, r, value);
    }
    relate(prices, from, averages, output(this.first + 1), rows);
    this.value = value;
  }
}

/** As TA-Lib does, the fast average is seeded late, so that both begin on the same bar. */
export class Macd extends Kernel {
  private fastValue: f64 = NaN;
  private slowValue: f64 = NaN;
  private signalValue: f64 = 0;

  constructor(
    first: i32,
    private readonly fast: i32,
    private readonly slow: i32,
    private readonly signal: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const weights = pairOf(2 / (<f64>this.fast + 1), 2 / (<f64>this.slow + 1));
    const keeps = f64x2.sub(f64x2.splat(1), weights);
    const signalWeight = 2 / (<f64>this.signal + 1);
    const signalKept = 1 - signalWeight;
    const prices = close();
    const lines = output(this.first);
    const signals = output(this.first + 1);
    const firstWhole = this.slow + this.signal - 1;
    let r = 0;
    for (; r < rows && bar + r < firstWhole; r++) this.warmUp(prices, from + r, bar + r, r);
    let averages = pairOf(this.fastValue, this.slowValue);
    let signalValue = this.signalValue;
    for (; r < rows; r++) {
      averages = f64x2.add(f64x2.mul(averages, keeps), f64x2.mul(f64x2.splat(at(prices, from + r)), weights));
      const line = f64x2.extract_lane(averages, 0) - f64x2.extract_lane(averages, 1);
      signalValue = signalValue * signalKept + line * signalWeight;
      put(lines, r, line);
      put(signals, r, signalValue);
    }
    this.fastValue = f64x2.extract_lane(averages, 0);
    this.slowValue = f64x2.extract_lane(averages, 1);
    this.signalValue = signalValue;
    this.relateToSignal(prices, from, rows);
  }

  /** Histogram, and histogram over price. */
  private relateToSignal(prices: usize, from: i32, rows: i32): void {
    const lines = output(this.first);
    const signals = output(this.first + 1);
    const histograms = output(this.first + 2);
    const relative = output(this.first + 3);
    for (let r = 0; r < rows; r += 2) {
      const histogram = f64x2.sub(pairAt(lines, r), pairAt(signals, r));
      putPair(histograms, r, histogram);
      putPair(relative, r, f64x2.div(histogram, pairAt(prices, from + r)));
    }
  }

  /** Bars up to the first value of the signal line. */
  private warmUp(prices: usize, i: i32, bar: i32, r: i32): void {
    const price = at(prices, i);
    if (bar === this.slow - 1) {
      this.fastValue = sumBefore(prices, i + 1, this.fast) / this.fast;
      this.slowValue = sumBefore(prices, i + 1, this.slow) / this.slow;
    } else if (bar >= this.slow) {
      this.fastValue += (price - this.fastValue) * (2 / (<f64>this.fast + 1));
      this.slowValue += (price - this.slowValue) * (2 / (<f64>this.slow + 1));
    }
    const line = this.fastValue - this.slowValue;
    if (bar >= this.slow - 1) this.signalValue += line / this.signal;
    put(output(this.first), r, line);
    put(output(this.first + 1), r, bar === this.slow + this.signal - 2 ? this.signalValue : NaN);
  }
}

/** Here TA-Lib seeds each average with the first closes, unlike in MACD. */
export class Ppo extends Kernel {
  private fastValue: f64 = 0;
  private slowValue: f64 = 0;

  constructor(
    first: i32,
    private readonly fast: i32,
    private readonly slow: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const fast = this.fast;
    const slow = this.slow;
    const weights = pairOf(2 / (<f64>fast + 1), 2 / (<f64>slow + 1));
    const keeps = f64x2.sub(f64x2.splat(1), weights);
    const prices = close();
    const averages = scratch();
    let average = pairOf(this.fastValue, this.slowValue);
    let r = 0;
    for (; r < rows && bar + r < slow; r++) {
      const i = from + r;
      const next = f64x2.add(f64x2.mul(average, keeps), f64x2.mul(f64x2.splat(at(prices, i)), weights));
      const quick = bar + r < fast ? seed(prices, i, bar + r, fast) : f64x2.extract_lane(next, 0);
      average = pairOf(quick, seed(prices, i, bar + r, slow));
      putRowPair(averages, r, average);
    }
    for (; r < rows; r++) {
      average = f64x2.add(f64x2.mul(average, keeps), f64x2.mul(f64x2.splat(at(prices, from + r)), weights));
      putRowPair(averages, r, average);
    }
    this.fastValue = f64x2.extract_lane(average, 0);
    this.slowValue = f64x2.extract_lane(average, 1);
    const values = output(this.first);
    for (r = 0; r < rows; r += 2) {
      const quick = firstOf(rowPair(averages, r), rowPair(averages, r + 1));
      const ratio = f64x2.div(quick, secondOf(rowPair(averages, r), rowPair(averages, r + 1)));
      putPair(values, r, f64x2.mul(f64x2.sub(ratio, f64x2.splat(1)), f64x2.splat(100)));
    }
  }
}
