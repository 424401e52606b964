/** State of a contract's market as tick messages, and the ticks that turn one state into the next. */
import type { Quote } from '../domain/bars';
import type { DayStatistics, LastTrade, MarketReplay } from './market-replay';
import type { ServerMessage } from './messages';

/** Live tick type → its delayed twin (IB's numbers). */
const DELAYED_TWIN: Readonly<Record<number, number>> = {
  0: 69,
  1: 66,
  2: 67,
  3: 70,
  4: 68,
  5: 71,
  6: 72,
  7: 73,
  8: 74,
  9: 75,
  14: 76,
  45: 88,
};

/** No price: IB sends −1 with size 0. */
const ABSENT = -1;

export interface MarketState {
  readonly quote: Quote | null;
  readonly last: LastTrade | null;
  readonly day: DayStatistics;
}

export const marketStateAt = (replay: MarketReplay, now: number): MarketState => ({
  quote: replay.quoteAt(now),
  last: replay.lastTradeAt(now),
  day: replay.dayStatisticsAt(now),
});

export interface TickRequest {
  readonly reqId: number;
  readonly delayed: boolean;
  readonly rtVolume: boolean;
  /** Units that the day's volume is counted in. */
  readonly lot: number;
}

export class TickWriter {
  constructor(private readonly request: TickRequest) {}

  /** Ticks for what changed between two states; everything when there was none. */
  changes(before: MarketState | null, after: MarketState): readonly ServerMessage[] {
    const { quote, last, day } = after;
    return [
      ...this.side(1, 0, before?.quote?.bid, before?.quote?.bidSize, quote?.bid, quote?.bidSize),
      ...this.side(2, 3, before?.quote?.ask, before?.quote?.askSize, quote?.ask, quote?.askSize),
      ...(last !== null && last.time !== before?.last?.time ? this.trade(last, day) : []),
      ...this.dayPrice(6, before?.day.high, day.high),
      ...this.dayPrice(7, before?.day.low, day.low),
      ...this.dayPrice(9, before?.day.previousClose, day.previousClose),
      ...this.dayPrice(14, before?.day.open, day.open),
    ];
  }

  private side(
    priceType: number,
    sizeType: number,
    priceBefore: number | null | undefined,
    sizeBefore: number | undefined,
    price: number | null | undefined,
    size: number | undefined,
  ): readonly ServerMessage[] {
    if (price === undefined || size === undefined) return [];
    if (price !== priceBefore) return [this.price(priceType, price ?? ABSENT, size), this.size(sizeType, size)];
    return size === sizeBefore ? [] : [this.size(sizeType, size)];
  }

  private trade(last: LastTrade, day: DayStatistics): readonly ServerMessage[] {
    const seconds = Math.floor(last.time / 1000);
    const text = (tickType: number, value: string): ServerMessage => ({
      type: 'tickString',
      reqId: this.request.reqId,
      tickType: this.typeOf(tickType),
      value,
    });
    return [
      text(45, String(seconds)),
      this.price(4, last.price, last.size),
      this.size(8, Math.floor(day.volume / this.request.lot)),
      ...(this.request.rtVolume
        ? [text(48, `${last.price};${last.size};${last.time};${day.volume};${last.price};true`)]
        : []),
    ];
  }

  private dayPrice(
    tickType: number,
    before: number | null | undefined,
    after: number | null,
  ): readonly ServerMessage[] {
    return after === null || after === before ? [] : [this.price(tickType, after, 0)];
  }

  private price(tickType: number, price: number, size: number): ServerMessage {
    const attributes = tickType === 1 || tickType === 2 ? 1 : 0;
    return { type: 'tickPrice', reqId: this.request.reqId, tickType: this.typeOf(tickType), price, size, attributes };
  }

  private size(tickType: number, size: number): ServerMessage {
    return { type: 'tickSize', reqId: this.request.reqId, tickType: this.typeOf(tickType), size };
  }

  private typeOf(tickType: number): number {
    return this.request.delayed ? (DELAYED_TWIN[tickType] ?? tickType) : tickType;
  }
}
