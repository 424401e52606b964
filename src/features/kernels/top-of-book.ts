/**
 * Best bid and ask, sizes, spread, imbalance, and order-flow imbalance between the quotes of consecutive bars (Cont, Kukanov, Stoikov
 * 2014). A crossed or one-sided quote is no quote: the columns are null on its bar.
 */
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';

export class TopOfBookKernel implements Kernel {
  private bid = Number.NaN;
  private ask = Number.NaN;
  private bidSize = Number.NaN;
  private askSize = Number.NaN;

  constructor(private readonly tickSize: number) {}

  run(block: BarBlock, out: readonly Float64Array[]): void {
    const [bestBid, bestAsk, bidSizes, askSizes, spread, spreadTicks, imbalance, ofi, ofiRelative] = out;
    for (let i = 0; i < block.length; i += 1) {
      // A quote of before the break says nothing about the flow since.
      if (block.afterBreak[i] === 1) this.bid = Number.NaN;
      const twoSided = block.bid[i] <= block.ask[i];
      const bid = twoSided ? block.bid[i] : Number.NaN;
      const ask = twoSided ? block.ask[i] : Number.NaN;
      const bidSize = twoSided ? block.bidSize[i] : Number.NaN;
      const askSize = twoSided ? block.askSize[i] : Number.NaN;
      const depth = bidSize + askSize;
      const flow = this.orderFlow(bid, ask, bidSize, askSize);
      const bothDepths = depth + this.bidSize + this.askSize;
      bestBid[i] = bid;
      bestAsk[i] = ask;
      bidSizes[i] = bidSize;
      askSizes[i] = askSize;
      spread[i] = ask - bid;
      spreadTicks[i] = (ask - bid) / this.tickSize;
      imbalance[i] = depth > 0 ? (bidSize - askSize) / depth : Number.NaN;
      ofi[i] = flow;
      ofiRelative[i] = bothDepths > 0 ? flow / bothDepths : Number.NaN;
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
