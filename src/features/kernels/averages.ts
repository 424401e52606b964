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

/** As TA-Lib does, the fast average is seeded late, so that both begin on the same bar. */
export class MacdKernel implements Kernel {
  private readonly fast: Ema;
  private readonly slow: Ema;
  private readonly signal: Ema;
  private wait: number;

  constructor(fast: number, slow: number, signal: number) {
    this.fast = new Ema(fast);
    this.slow = new Ema(slow);
    this.signal = new Ema(signal);
    this.wait = slow - fast;
  }

  run({ close, length }: BarBlock, [line, signalLine, histogram, relative]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const slow = this.slow.push(close[i]);
      let fast = Number.NaN;
      if (this.wait > 0) this.wait -= 1;
      else fast = this.fast.push(close[i]);
      const macd = fast - slow;
      const smoothed = Number.isNaN(macd) ? macd : this.signal.push(macd);
      line[i] = macd;
      signalLine[i] = smoothed;
      histogram[i] = macd - smoothed;
      relative[i] = (macd - smoothed) / close[i];
    }
  }
}

/** Here TA-Lib seeds each average with the first closes, unlike in MACD. */
export class PpoKernel implements Kernel {
  private readonly fast: Ema;
  private readonly slow: Ema;

  constructor(fast: number, slow: number) {
    this.fast = new Ema(fast);
    this.slow = new Ema(slow);
  }

  run({ close, length }: BarBlock, [ppo]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const fast = this.fast.push(close[i]);
      const slow = this.slow.push(close[i]);
      ppo[i] = ((fast - slow) / slow) * 100;
    }
  }
}
