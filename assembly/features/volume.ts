/** VWAP anchored to the trade date, mean volume and volume spikes. */
import { blankUntil, pairAt, putPair, relate } from './pairs';
import { at, close, high, isAnchor, Kernel, low, opensTradeDate, output, put, sumBefore, volume } from './series';

/** Σ typical price × volume / Σ volume since the first bar of the trade date that the stream has seen. */
export class Vwap extends Kernel {
  private amount: f64 = 0;
  private traded: f64 = 0;

  run(from: i32, rows: i32, _bar: i32): void {
    const highs = high();
    const lows = low();
    const prices = close();
    const volumes = volume();
    const opens = opensTradeDate();
    const averages = output(this.first);
    let amount = this.amount;
    let traded = this.traded;
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      if (load<u8>(opens + <usize>i) === 1) amount = traded = 0;
      const price = at(prices, i);
      const size = at(volumes, i);
      amount += ((at(highs, i) + at(lows, i) + price) / 3) * size;
      traded += size;
      put(averages, r, amount / traded);
    }
    relate(prices, from, averages, output(this.first + 1), rows);
    this.amount = amount;
    this.traded = traded;
  }
}

/** Mean volume and volume over it; the spike is null while the mean is 0. */
export class Volume extends Kernel {
  private sum: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const period = this.period;
    const volumes = volume();
    const means = output(this.first);
    const spikes = output(this.first + 1);
    let sum = this.sum;
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      if (isAnchor(bar + r)) sum = sumBefore(volumes, i, min(period, bar + r));
      const size = at(volumes, i);
      sum += bar + r < period ? size : size - at(volumes, i - period);
      put(means, r, sum);
    }
    this.sum = sum;
    const divisor = f64x2.splat(period);
    const nothing = f64x2.splat(NaN);
    for (let r = 0; r < rows; r += 2) putPair(means, r, f64x2.div(pairAt(means, r), divisor));
    blankUntil(period, bar, means, rows);
    for (let r = 0; r < rows; r += 2) {
      const mean = pairAt(means, r);
      const spike = f64x2.div(pairAt(volumes, from + r), mean);
      putPair(spikes, r, v128.bitselect(spike, nothing, f64x2.gt(mean, f64x2.splat(0))));
    }
  }
}
