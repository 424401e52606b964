/**
 * The streams the feed has subscribed to, and the routing of ticks and bars to them.
 * Invariants:
 *  1. A subscription outlives its requests: `openAll` asks for everything anew under new request ids, and ids of before are deaf.
 *  2. Quote ticks that arrive together are told as one quote, but never later than anything that arrived after them (a bar, the clock).
 *  3. A quote whose standing changes (delayed, competing session, farm or link down) is told again with its new standing.
 */
import { EventName, TickByTickDataType, WhatToShow, type IBApi } from '@stoqey/ib';
import { dataContract } from './contracts';
import { applyDepth, EMPTY_DEPTH } from './depth-book';
import { parseIbTime } from './ib-time';
import type { DataContract, Depth, MarketDataType, QuoteStatus, StreamHandlers } from './market-data-port';
import type { PendingRequests } from './pending-requests';
import { applyTick, NO_QUOTE, quoteAt, type QuoteState } from './quote-state';

const BAR_SECONDS = 5;
const DEPTH_ROWS = 10;
const REAL_TIME: MarketDataType = 1;

type StreamKind = 'bars' | 'quotes' | 'depth' | 'trades';

interface Subscription {
  readonly contract: DataContract;
  readonly handlers: StreamHandlers;
  /** Request ids of this connection. */
  ids: ReadonlyMap<StreamKind, number>;
  quote: QuoteState;
  quoteDirty: boolean;
  dataType: MarketDataType | null;
  depth: Depth;
}

export interface StreamParts {
  readonly pending: PendingRequests;
  /** Writes one message when the connection allows it; a failure is reported there. */
  readonly send: (what: string, call: (api: IBApi) => void) => void;
  readonly now: () => number | null;
  /** Why quotes are stale whatever their type (competing session, farm or link down), or null. */
  readonly staleReason: () => string | null;
  readonly tickHeard: () => void;
}

export class MarketStreams {
  private readonly subscriptions = new Set<Subscription>();
  private readonly byId = new Map<number, Subscription>();
  private flushQueued = false;

  constructor(private readonly parts: StreamParts) {}

  attach(api: IBApi): void {
    api.on(EventName.tickPrice, (id, tick, value) => this.tick(id, tick, value));
    api.on(EventName.tickSize, (id, tick, value) => this.tick(id, tick ?? -1, value));
    api.on(EventName.marketDataType, (id, type) => {
      const subscription = this.byId.get(id);
      if (subscription === undefined || subscription.dataType === type) return;
      subscription.dataType = type as MarketDataType;
      this.markDirty(subscription);
    });
    api.on(EventName.realtimeBar, (id, time, open, high, low, close, volume, wap, count) => {
      this.flush();
      const bar = { start: time * 1_000, open, high, low, close, volume: Math.max(0, volume), wap, count };
      this.byId.get(id)?.handlers.onBar5s?.(bar);
    });
    api.on(EventName.updateMktDepth, (id, position, operation, side, price, size) =>
      this.depth(id, { position, operation, side, price, size }),
    );
    api.on(EventName.updateMktDepthL2, (id, position, _maker, operation, side, price, size) =>
      this.depth(id, { position, operation, side, price, size }),
    );
    api.on(EventName.tickByTickAllLast, (id, _type, time, price, size) => {
      this.flush();
      const at = parseIbTime(String(time), 'UTC');
      if (at !== null) this.byId.get(id)?.handlers.onTrade?.({ time: at, price, size });
    });
  }

  subscribe(contract: DataContract, handlers: StreamHandlers, isOpen: boolean): () => void {
    const subscription: Subscription = {
      contract,
      handlers,
      ids: new Map(),
      quote: NO_QUOTE,
      quoteDirty: false,
      dataType: null,
      depth: EMPTY_DEPTH,
    };
    this.subscriptions.add(subscription);
    if (isOpen) this.open(subscription);
    return () => {
      if (this.subscriptions.delete(subscription)) this.closeRequests(subscription);
    };
  }

  /** Asks for every stream on the connection of now; what was known of quotes and books is forgotten. */
  openAll(): void {
    this.byId.clear();
    for (const subscription of this.subscriptions) this.open(subscription);
  }

  /** After 1101 the old requests are dead at the gateway, but their ids are not free: end them before asking anew. */
  reopenAll(): void {
    for (const subscription of this.subscriptions) this.closeRequests(subscription);
    this.openAll();
  }

  /** Tells every quote again: their standing has changed. */
  retellQuotes(): void {
    for (const subscription of this.subscriptions) if (subscription.ids.has('quotes')) this.markDirty(subscription);
  }

  /** Tells the quotes that changed since they were last told. */
  flush(): void {
    for (const subscription of this.subscriptions) {
      if (!subscription.quoteDirty) continue;
      subscription.quoteDirty = false;
      subscription.handlers.onQuote?.(quoteAt(subscription.quote, this.parts.now() ?? 0), this.statusOf(subscription));
    }
  }

  /** The subscription's symbol when the id belongs to a stream. */
  symbolOf(id: number): string | null {
    return this.byId.get(id)?.contract.symbol ?? null;
  }

  resetDepth(id: number): void {
    const subscription = this.byId.get(id);
    if (subscription !== undefined) subscription.depth = EMPTY_DEPTH;
  }

  private statusOf({ dataType, quote }: Subscription): QuoteStatus {
    const ofType = dataType === null || dataType === REAL_TIME ? null : `market data type ${dataType}, not real time`;
    const staleReason = this.parts.staleReason() ?? ofType;
    return { stale: staleReason !== null, staleReason, marketDataType: dataType, dayVolume: quote.dayVolume };
  }

  private tick(id: number, tick: number, value: number | undefined): void {
    const subscription = this.byId.get(id);
    if (subscription === undefined) return;
    const next = applyTick(subscription.quote, tick, value, subscription.contract);
    if (next === null) return;
    this.parts.tickHeard();
    subscription.quote = next;
    this.markDirty(subscription);
  }

  private markDirty(subscription: Subscription): void {
    subscription.quoteDirty = true;
    if (this.flushQueued) return;
    this.flushQueued = true;
    queueMicrotask(() => {
      this.flushQueued = false;
      this.flush();
    });
  }

  private depth(id: number, change: Parameters<typeof applyDepth>[1]): void {
    const subscription = this.byId.get(id);
    if (subscription === undefined) return;
    this.flush();
    subscription.depth = applyDepth(subscription.depth, change);
    subscription.handlers.onDepth?.(subscription.depth);
  }

  private open(subscription: Subscription): void {
    const { handlers } = subscription;
    const ids = new Map<StreamKind, number>();
    const wanted: readonly (readonly [StreamKind, unknown])[] = [
      ['bars', handlers.onBar5s],
      ['quotes', handlers.onQuote],
      ['depth', handlers.onDepth],
      ['trades', handlers.onTrade],
    ];
    for (const [kind, handler] of wanted) if (handler !== undefined) ids.set(kind, this.parts.pending.allocateId());
    subscription.ids = ids;
    subscription.quote = NO_QUOTE;
    subscription.depth = EMPTY_DEPTH;
    subscription.dataType = null;
    for (const [kind, id] of ids) {
      this.byId.set(id, subscription);
      this.parts.send(`${kind} of ${subscription.contract.symbol}`, requestOf(kind, id, subscription.contract));
    }
  }

  private closeRequests(subscription: Subscription): void {
    for (const [kind, id] of subscription.ids) {
      this.byId.delete(id);
      this.parts.send(`end of ${kind} of ${subscription.contract.symbol}`, endOf(kind, id));
    }
    subscription.ids = new Map();
  }
}

function requestOf(kind: StreamKind, id: number, contract: DataContract): (api: IBApi) => void {
  const wire = dataContract(contract);
  switch (kind) {
    case 'bars':
      return (api) => api.reqRealTimeBars(id, wire, BAR_SECONDS, WhatToShow.TRADES, false);
    case 'quotes':
      return (api) => api.reqMktData(id, wire, '', false, false);
    case 'depth':
      return (api) => api.reqMktDepth(id, wire, DEPTH_ROWS, false);
    case 'trades':
      return (api) => api.reqTickByTickData(id, wire, TickByTickDataType.AllLast, 0, false);
  }
}

function endOf(kind: StreamKind, id: number): (api: IBApi) => void {
  switch (kind) {
    case 'bars':
      return (api) => api.cancelRealTimeBars(id);
    case 'quotes':
      return (api) => api.cancelMktData(id);
    case 'depth':
      return (api) => api.cancelMktDepth(id, false);
    case 'trades':
      return (api) => api.cancelTickByTickData(id);
  }
}
