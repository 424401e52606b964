/**
 * Live subscriptions: quotes, 5-second bars, tick by tick, depth. Invariants:
 *  1. A subscriber hears each market event of its contract once, in time order, and never one that came before it subscribed.
 *  2. While the data lines are silent (faults) nothing is sent; afterwards the next event tells the whole difference.
 *  3. A contract without recorded data gets IB's error, not an empty stream.
 */
import { inRegularHours } from '../domain/calendar';
import { isTwoSided } from '../domain/bars';
import type { Listing } from './contract-universe';
import { DEPTH_NOTICE, SIMULATED_MAKER, synthesiseDepth, type Depth, type DepthLevel } from './depth-synthesis';
import type { ClientRequest, GatewaySession, ServerMessage } from './messages';
import { marketStateAt, TickWriter, type MarketState } from './quote-ticks';
import type { MarketEvent, MarketReplay } from './market-replay';
import { ticksOfSlot, type Slot } from './minute-path';

type Request<T extends ClientRequest['type']> = Extract<ClientRequest, { type: T }>;
type StreamRequest =
  Request<'reqMktData'> | Request<'reqRealTimeBars'> | Request<'reqTickByTickData'> | Request<'reqMktDepth'>;
export type StreamKind = StreamRequest['type'];

interface Stream {
  readonly session: GatewaySession;
  readonly request: StreamRequest;
  readonly listing: Listing;
  readonly replay: MarketReplay;
  /** Last state told, for the difference. */
  state: MarketState | null;
  depth: Depth | null;
}

/** IB counts the day's volume of US stocks in lots of a hundred shares. */
const STOCK_LOT = 100;

export interface StreamSurroundings {
  readonly now: () => number;
  readonly seed: number;
  /** 1 live, 3 delayed. */
  readonly marketDataType: () => 1 | 3;
  readonly send: (session: GatewaySession, message: ServerMessage) => void;
}

const keyOf = (session: GatewaySession, kind: StreamKind, reqId: number): string =>
  `${session.sessionId}/${kind}/${reqId}`;

export class MarketStreams {
  private readonly streams = new Map<string, Stream>();

  constructor(private readonly around: StreamSurroundings) {}

  /** Contracts with a subscriber. */
  contracts(): ReadonlySet<number> {
    return new Set([...this.streams.values()].map(({ listing }) => listing.conId));
  }

  /** Request ids of a session's quote subscriptions, for notices that go to each of them. */
  quoteRequests(): readonly { readonly session: GatewaySession; readonly reqId: number }[] {
    return [...this.streams.values()]
      .filter(({ request }) => request.type === 'reqMktData')
      .map(({ session, request }) => ({ session, reqId: request.reqId }));
  }

  /** The data changed between live (1) and delayed (3): said to each subscriber, and everything told anew under the other tick types. */
  tellMarketDataType(marketDataType: 1 | 3): void {
    for (const stream of this.streams.values()) {
      if (stream.request.type !== 'reqMktData') continue;
      this.send(stream, { type: 'marketDataType', reqId: stream.request.reqId, marketDataType });
      stream.state = null;
    }
  }

  subscribe(session: GatewaySession, request: StreamRequest, listing: Listing, replay: MarketReplay): void {
    const stream: Stream = { session, request, listing, replay, state: null, depth: null };
    const key = keyOf(session, request.type, request.reqId);
    if (this.streams.has(key)) return this.fail(stream, 322, 'Error processing request.-Duplicate ticker id');
    switch (request.type) {
      case 'reqMktData':
        this.openQuotes(stream, request);
        if (request.snapshot) return;
        break;
      case 'reqRealTimeBars':
        if (request.barSize !== 5)
          return this.fail(
            stream,
            321,
            "Error validating request.-'bC' : cause - Invalid real-time bar size, only 5 is valid",
          );
        break;
      case 'reqTickByTickData':
        if (!['Last', 'AllLast', 'BidAsk', 'MidPoint'].includes(request.tickType)) {
          return this.fail(
            stream,
            321,
            `Error validating request.-'bW' : cause - Invalid tick type ${request.tickType}`,
          );
        }
        break;
      case 'reqMktDepth':
        this.fail(stream, DEPTH_NOTICE.code, DEPTH_NOTICE.message);
        this.sendDepth(stream, request);
        break;
    }
    this.streams.set(key, stream);
  }

  /** False when the session has no such subscription. */
  cancel(session: GatewaySession, kind: StreamKind, reqId: number): boolean {
    return this.streams.delete(keyOf(session, kind, reqId));
  }

  dropSession(session: GatewaySession): void {
    for (const [key, stream] of this.streams) if (stream.session === session) this.streams.delete(key);
  }

  /** Connectivity came back with data lost (1101): every subscription is gone. */
  dropAll(): void {
    this.streams.clear();
  }

  onEvent(conId: number, event: MarketEvent): void {
    for (const stream of this.streams.values()) {
      if (stream.listing.conId !== conId) continue;
      const { request } = stream;
      switch (request.type) {
        case 'reqMktData':
          if (event.kind !== 'five-second-bar') this.sendQuotes(stream, request);
          break;
        case 'reqRealTimeBars':
          if (event.kind === 'five-second-bar') this.sendBar(stream, request, event.bar);
          break;
        case 'reqTickByTickData':
          this.sendTicks(stream, request, event);
          break;
        case 'reqMktDepth':
          if (event.kind === 'quote') this.sendDepth(stream, request);
          break;
      }
    }
  }

  private openQuotes(stream: Stream, request: Request<'reqMktData'>): void {
    const { reqId } = request;
    const marketDataType = this.around.marketDataType();
    if (marketDataType === 3) {
      this.fail(stream, 10167, 'Requested market data is not subscribed. Displaying delayed market data.');
    }
    this.send(stream, { type: 'marketDataType', reqId, marketDataType });
    const minTick = stream.replay.instrument.tickSize;
    this.send(stream, { type: 'tickReqParams', reqId, minTick, bboExchange: '', snapshotPermissions: 3 });
    this.sendQuotes(stream, request);
    if (request.snapshot) this.send(stream, { type: 'tickSnapshotEnd', reqId });
  }

  private sendQuotes(stream: Stream, request: Request<'reqMktData'>): void {
    const state = marketStateAt(stream.replay, this.around.now());
    const rtVolume = request.genericTicks.split(',').includes('233');
    const writer = new TickWriter({
      reqId: request.reqId,
      delayed: this.around.marketDataType() === 3,
      rtVolume,
      lot: stream.listing.kind === 'stock' ? STOCK_LOT : 1,
    });
    for (const message of writer.changes(stream.state, state)) this.send(stream, message);
    stream.state = state;
  }

  private sendBar(stream: Stream, { reqId, whatToShow, useRth }: Request<'reqRealTimeBars'>, slot: Slot): void {
    const { replay } = stream;
    if (useRth && !inRegularHours(slot.start, replay.instrument)) return;
    const show = whatToShow.toUpperCase();
    if (show === 'TRADES') {
      const { start: time, open, high, low, close, volume, prices } = slot;
      const wap = prices.length === 0 ? close : prices.reduce((sum, price) => sum + price, 0) / prices.length;
      const count = volume === 0 ? 0 : Math.min(volume, prices.length);
      return this.send(stream, { type: 'realTimeBar', reqId, time, open, high, low, close, volume, wap, count });
    }
    const quote = replay.quoteAt(this.around.now());
    if (!isTwoSided(quote)) return;
    const price = show === 'BID' ? quote.bid : show === 'ASK' ? quote.ask : (quote.bid + quote.ask) / 2;
    const flat = { open: price, high: price, low: price, close: price, volume: -1, wap: -1, count: -1 };
    this.send(stream, { type: 'realTimeBar', reqId, time: slot.start, ...flat });
  }

  private sendTicks(stream: Stream, { reqId, tickType }: Request<'reqTickByTickData'>, event: MarketEvent): void {
    if (event.kind === 'trades' && (tickType === 'Last' || tickType === 'AllLast')) {
      for (const { price, size } of ticksOfSlot(event.slot)) {
        this.send(stream, {
          type: 'tickByTickLast',
          reqId,
          tickType: tickType === 'Last' ? 1 : 2,
          time: event.time,
          price,
          size,
          attributes: 0,
          exchange: stream.replay.instrument.exchange,
          specialConditions: '',
        });
      }
    }
    if (event.kind !== 'quote' || !isTwoSided(event.quote)) return;
    const { time, bid, ask, bidSize, askSize } = event.quote;
    if (tickType === 'BidAsk') {
      const prices = { bidPrice: bid, askPrice: ask, bidSize, askSize };
      this.send(stream, { type: 'tickByTickBidAsk', reqId, time, ...prices, attributes: 0 });
    } else if (tickType === 'MidPoint') {
      this.send(stream, { type: 'tickByTickMidPoint', reqId, time, midPoint: (bid + ask) / 2 });
    }
  }

  private sendDepth(stream: Stream, request: Request<'reqMktDepth'>): void {
    const rows = Math.max(1, Math.min(request.rows, 10));
    const { instrument } = stream.replay;
    const depth = synthesiseDepth(stream.replay.quoteAt(this.around.now()), rows, instrument, this.around.seed);
    const sides = [
      { side: 1, before: stream.depth?.bids ?? [], after: depth.bids },
      { side: 0, before: stream.depth?.asks ?? [], after: depth.asks },
    ] as const;
    for (const { side, before, after } of sides) {
      after.forEach((level, position) =>
        this.sendLevel(stream, request, side, position, before[position] === undefined ? 0 : 1, level),
      );
      for (let position = before.length - 1; position >= after.length; position -= 1) {
        this.sendLevel(stream, request, side, position, 2, before[position]);
      }
    }
    stream.depth = depth;
  }

  private sendLevel(
    stream: Stream,
    { reqId, smartDepth }: Request<'reqMktDepth'>,
    side: 0 | 1,
    position: number,
    operation: 0 | 1 | 2,
    level: DepthLevel,
  ): void {
    const common = { reqId, position, operation, side, price: level.price, size: level.size };
    if (smartDepth) this.send(stream, { type: 'marketDepthL2', ...common, marketMaker: SIMULATED_MAKER, smartDepth });
    else this.send(stream, { type: 'marketDepth', ...common });
  }

  private send(stream: Stream, message: ServerMessage): void {
    this.around.send(stream.session, message);
  }

  private fail(stream: Stream, code: number, message: string): void {
    this.send(stream, { type: 'error', id: stream.request.reqId, code, message });
  }
}
