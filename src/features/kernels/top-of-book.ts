/**
 * Best bid and ask, sizes, spread, imbalance, and order-flow imbalance between the quotes of consecutive bars (Cont, Kukanov, Stoikov
 * 2014). A crossed or one-sided quote is no quote: the columns are null on its bar.
 */
import type { BarSeries } from '../bar-series';
import type { FeatureCells, Kernel } from './kernel';

export class TopOfBookKernel implements Kernel {
  readonly lookback = 0;
  private bid = Number.NaN;
  private ask = Number.NaN;
  private bidSize = Number.NaN;
  private askSize = Number.NaN;

  constructor(private readonly tickSize: number) {}

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    for (let i = from; i < to; i += 1, at += stride) {
      // A quote of before the break says nothing about the flow since.
      if (series.afterBreak[i] === 1) this.bid = Number.NaN;
      const twoSided = series.bid[i] <= series.ask[i];
      const bid = twoSided ? series.bid[i] : Number.NaN;
      const ask = twoSided ? series.ask[i] : Number.NaN;
      const bidSize = twoSided ? series.bidSize[i] : Number.NaN;
      const askSize = twoSided ? series.askSize[i] : Number.NaN;
      const depth = bidSize + askSize;
      const flow = this.orderFlow(bid, ask, bidSize, askSize);
      const bothDepths = depth + this.bidSize + this.askSize;
      cells[at] = bid;
      cells[at + 1] = ask;
      cells[at + 2] = bidSize;
      cells[at + 3] = askSize;
      cells[at + 4] = ask - bid;
      cells[at + 5] = (ask - bid) / this.tickSize;
      cells[at + 6] = depth > 0 ? (bidSize - askSize) / depth : Number.NaN;
      cells[at + 7] = flow;
      cells[at + 8] = bothDepths > 0 ? flow / bothDepths : Number.NaN;
      this.bid = bid;
      this.ask = ask;
      this.bidSize = bidSize;
      this.askSize = askSize;
    }
  }

  /** Size that arrived at or above the bid minus size that arrived at or below the ask, in contracts; NaN without a quote before. */
  private orderFlow(bid: number, ask: number, bidSize: number, askSize: number): number {
    if (Number.isNaN(this.bid) || Number.isNaN(bid)) return Number.NaN;
    const demand = (bid >= this.bid ? bidSize : 0) - (bid <= this.bid ? this.bidSize : 0);
    const supply = (ask <= this.ask ? askSize : 0) - (ask >= this.ask ? this.askSize : 0);
    return demand - supply;
  }
}
