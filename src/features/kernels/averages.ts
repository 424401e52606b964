/** SMA, EMA, MACD and PPO, each with its form relative to price. */
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';
import type { RollingMean } from './rolling';
import { Ema } from './smoothing';

/** An average of the close, and close over it minus one. */
export class AverageKernel implements Kernel {
  constructor(private readonly average: RollingMean | Ema) {}

  run({ close, length }: BarBlock, [level, relative]: readonly Float64Array[]): void {
    const { average } = this;
    for (let i = 0; i < length; i += 1) {
      const value = average.push(close[i]);
      level[i] = value;
      relative[i] = close[i] / value - 1;
    }
  }
}

/** Fast and slow EMA of the close; the fast one is seeded so that both begin on the same bar, as TA-Lib does. */
class AveragePair {
  fast = Number.NaN;
  slow = Number.NaN;
  private readonly fastAverage: Ema;
  private readonly slowAverage: Ema;
  private wait: number;

  constructor(fast: number, slow: number) {
    this.fastAverage = new Ema(fast);
    this.slowAverage = new Ema(slow);
    this.wait = slow - fast;
  }

  push(close: number): void {
    this.slow = this.slowAverage.push(close);
    if (this.wait > 0) this.wait -= 1;
    else this.fast = this.fastAverage.push(close);
  }
}

export class MacdKernel implements Kernel {
  private readonly pair: AveragePair;
  private readonly signal: Ema;

  constructor(fast: number, slow: number, signal: number) {
    this.pair = new AveragePair(fast, slow);
    this.signal = new Ema(signal);
  }

  run({ close, length }: BarBlock, [line, signalLine, histogram, relative]: readonly Float64Array[]): void {
    const { pair, signal } = this;
    for (let i = 0; i < length; i += 1) {
      pair.push(close[i]);
      const macd = pair.fast - pair.slow;
      const smoothed = Number.isNaN(macd) ? macd : signal.push(macd);
      line[i] = macd;
      signalLine[i] = smoothed;
      histogram[i] = macd - smoothed;
      relative[i] = (macd - smoothed) / close[i];
    }
  }
}

export class PpoKernel implements Kernel {
  private readonly pair: AveragePair;

  constructor(fast: number, slow: number) {
    this.pair = new AveragePair(fast, slow);
  }

  run({ close, length }: BarBlock, [ppo]: readonly Float64Array[]): void {
    const { pair } = this;
    for (let i = 0; i < length; i += 1) {
      pair.push(close[i]);
      ppo[i] = ((pair.fast - pair.slow) / pair.slow) * 100;
    }
  }
}
