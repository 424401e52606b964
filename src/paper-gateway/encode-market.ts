/** Contracts, history and streams on their way out. */
import type { Field } from './framing';
import type { HistoricalBidAsk, HistoricalLast, ServerMessage, SymbolSample, DepthExchange } from './messages-server';
import type { WireBar } from './messages-values';
import { SINCE } from './server-versions';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** Stands for "no aggregation group": some clients can't read an empty one. */
const NO_AGG_GROUP = 2_147_483_647;

export const epochSeconds = (utcMs: number): number => Math.floor(utcMs / 1000);

export function symbolSamplesFields(message: Message<'symbolSamples'>, version: number): readonly Field[] {
  return [
    79,
    message.reqId,
    message.samples.length,
    ...message.samples.flatMap((sample) => oneSample(sample, version)),
  ];
}

function oneSample(sample: SymbolSample, version: number): readonly Field[] {
  return [
    sample.conId,
    sample.symbol,
    sample.secType,
    sample.primaryExchange,
    sample.currency,
    sample.derivativeSecTypes.length,
    ...sample.derivativeSecTypes,
    ...(version >= SINCE.BOND_ISSUERID ? [sample.description, sample.issuerId] : []),
  ];
}

export function depthExchangesFields(message: Message<'mktDepthExchanges'>, version: number): readonly Field[] {
  return [80, message.exchanges.length, ...message.exchanges.flatMap((exchange) => oneExchange(exchange, version))];
}

function oneExchange(exchange: DepthExchange, version: number): readonly Field[] {
  if (version < SINCE.SERVICE_DATA_TYPE) {
    return [exchange.exchange, exchange.secType, exchange.serviceDataType === 'Deep2'];
  }
  return [
    exchange.exchange,
    exchange.secType,
    exchange.listingExchange,
    exchange.serviceDataType,
    exchange.aggGroup ?? NO_AGG_GROUP,
  ];
}

export function historicalDataFields(message: Message<'historicalData'>, version: number): readonly Field[] {
  const hasGaps = version < SINCE.SYNTHETIC_REALTIME_BARS;
  const fields: Field[] = [17];
  if (hasGaps) fields.push(3);
  fields.push(message.reqId, message.start, message.end, message.bars.length);
  for (const bar of message.bars) {
    fields.push(bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.wap);
    if (hasGaps) fields.push(false);
    fields.push(bar.count);
  }
  return fields;
}

/** The order of prices differs from historicalData: open, close, high, low. */
export function historicalUpdateFields(reqId: number, bar: WireBar): readonly Field[] {
  return [90, reqId, bar.count, bar.date, bar.open, bar.close, bar.high, bar.low, bar.wap, bar.volume];
}

export function scheduleFields(message: Message<'historicalSchedule'>): readonly Field[] {
  return [
    106,
    message.reqId,
    message.start,
    message.end,
    message.timeZone,
    message.sessions.length,
    ...message.sessions.flatMap((session) => [session.start, session.end, session.refDate]),
  ];
}

export function historicalTicksFields(message: Message<'historicalTicks'>): readonly Field[] {
  const ticks = message.ticks.flatMap((tick) => [epochSeconds(tick.time), 0, tick.price, tick.size]);
  return [96, message.reqId, message.ticks.length, ...ticks, message.done];
}

export function historicalBidAskFields(message: Message<'historicalTicksBidAsk'>): readonly Field[] {
  const ticks = message.ticks.flatMap((tick: HistoricalBidAsk) => [
    epochSeconds(tick.time),
    tick.attributes,
    tick.bidPrice,
    tick.askPrice,
    tick.bidSize,
    tick.askSize,
  ]);
  return [97, message.reqId, message.ticks.length, ...ticks, message.done];
}

export function historicalLastFields(message: Message<'historicalTicksLast'>): readonly Field[] {
  const ticks = message.ticks.flatMap((tick: HistoricalLast) => [
    epochSeconds(tick.time),
    tick.attributes,
    tick.price,
    tick.size,
    tick.exchange,
    tick.specialConditions,
  ]);
  return [98, message.reqId, message.ticks.length, ...ticks, message.done];
}

export function realTimeBarFields(bar: Message<'realTimeBar'>): readonly Field[] {
  const { reqId, time, open, high, low, close, volume, wap, count } = bar;
  return [50, 3, reqId, epochSeconds(time), open, high, low, close, volume, wap, count];
}

export function tickByTickFields(
  tick: Message<'tickByTickLast'> | Message<'tickByTickBidAsk'> | Message<'tickByTickMidPoint'>,
): readonly Field[] {
  const time = epochSeconds(tick.time);
  switch (tick.type) {
    case 'tickByTickLast':
      return [
        ...[99, tick.reqId, tick.tickType, time, tick.price, tick.size],
        ...[tick.attributes, tick.exchange, tick.specialConditions],
      ];
    case 'tickByTickBidAsk':
      return [99, tick.reqId, 3, time, tick.bidPrice, tick.askPrice, tick.bidSize, tick.askSize, tick.attributes];
    case 'tickByTickMidPoint':
      return [99, tick.reqId, 4, time, tick.midPoint];
  }
}

export function marketDepthFields(
  message: Message<'marketDepth'> | Message<'marketDepthL2'>,
  version: number,
): readonly Field[] {
  const { reqId, position, operation, side, price, size } = message;
  if (message.type === 'marketDepth') return [12, 1, reqId, position, operation, side, price, size];
  const smart = version >= SINCE.SMART_DEPTH ? [message.smartDepth] : [];
  return [13, 1, reqId, position, message.marketMaker, operation, side, price, size, ...smart];
}
