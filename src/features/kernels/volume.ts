/** VWAP anchored to the trade date, mean volume and volume spikes. */
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';
import { RollingMean } from './rolling';

/** Σ typical price × volume / Σ volume since the first bar of the trade date that the stream has seen. */
export class VwapKernel implements Kernel {
  private amount = 0;
  private volume = 0;

  run(block: BarBlock, [vwap, relative]: readonly Float64Array[]): void {
    const { high, low, close, volume, opensTradeDate, length } = block;
    for (let i = 0; i < length; i += 1) {
      if (opensTradeDate[i] === 1) this.amount = this.volume = 0;
      this.amount += ((high[i] + low[i] + close[i]) / 3) * volume[i];
      this.volume += volume[i];
      const value = this.amount / this.volume;
      vwap[i] = value;
      relative[i] = close[i] / value - 1;
    }
  }
}

/** Mean volume and volume over it; the spike is null while the mean is 0. */
export class VolumeKernel implements Kernel {
  private readonly mean: RollingMean;

  constructor(period: number) {
    this.mean = new RollingMean(period);
  }

  run({ volume, length }: BarBlock, [average, spike]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const value = this.mean.push(volume[i]);
      average[i] = value;
      spike[i] = value > 0 ? volume[i] / value : Number.NaN;
    }
  }
}
