/**
 * Best bid and ask, sizes, spread, imbalance, and order-flow imbalance between the quotes of consecutive bars (Cont, Kukanov, Stoikov
 * 2014). A crossed or one-sided quote is no quote: the columns are null on its bar.
 */
import type { BarSeries } from '../bar-series';
import type { Kernel } from './kernel';

export class TopOfBookKernel implements Kernel {
  private bid = Number.NaN;
  private ask = Number.NaN;
  private bidSize = Number.NaN;
  private askSize = Number.NaN;

  constructor(private readonly tickSize: number) {}

  run(series: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    const [bids, asks, bidSizes, askSizes, spreads, spreadTicks, imbalances, flows, relativeFlows] = columns;
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
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
      bids[r] = bid;
      asks[r] = ask;
      bidSizes[r] = bidSize;
      askSizes[r] = askSize;
      spreads[r] = ask - bid;
      spreadTicks[r] = (ask - bid) / this.tickSize;
      imbalances[r] = depth > 0 ? (bidSize - askSize) / depth : Number.NaN;
      flows[r] = flow;
      relativeFlows[r] = bothDepths > 0 ? flow / bothDepths : Number.NaN;
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
