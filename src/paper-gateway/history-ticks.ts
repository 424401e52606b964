/** Single ticks of the past: trades are those of the synthesised 5-second path, quotes are the recorded ones, one a minute. */
import { isTwoSided } from '../domain/bars';
import { inRegularHours } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import type { ContractReplay } from './contract-replay';
import { parseWireTime } from './fields-time';
import type { ClientRequest, ServerMessage } from './messages';
import type { TwoSidedQuote } from './market-replay';
import { ticksOfSlot, TRADE_OFFSET_MS } from './minute-path';

type TicksRequest = Extract<ClientRequest, { type: 'reqHistoricalTicks' }>;

/** IB answers at most this many. */
const MAX_TICKS = 1000;

/** The answer to a request: ticks before its end time or after its start time, never after `now`. */
export function historicalTicks(request: TicksRequest, replay: ContractReplay, now: number): ServerMessage {
  const { reqId } = request;
  const start = parseWireTime(request.startDateTime);
  const end = parseWireTime(request.endDateTime);
  if (start === 'invalid' || end === 'invalid' || (start === null) === (end === null)) {
    const message = "Error validating request.-'bY' : cause - Give either a start or an end time";
    return { type: 'error', id: reqId, code: 321, message };
  }
  const count = Math.max(1, Math.min(request.numberOfTicks, MAX_TICKS));
  const upTo = Math.min(end ?? Infinity, now);
  const inside = (time: number): boolean =>
    time <= upTo && time >= (start ?? -Infinity) && (!request.useRth || inRegularHours(time, replay.instrument));
  const choose = <T>(ticks: readonly T[]): readonly T[] =>
    start === null ? ticks.slice(-count) : ticks.slice(0, count);
  const show = request.whatToShow.toUpperCase();
  if (show === 'TRADES') {
    const common = { attributes: 0, exchange: replay.instrument.exchange, specialConditions: '' };
    const ticks = choose(tradesWithin(replay, inside, start === null, count)).map((tick) => ({ ...tick, ...common }));
    return { type: 'historicalTicksLast', reqId, ticks, done: true };
  }
  const quotes = choose(quotesWithin(replay, inside));
  if (show === 'BID_ASK') {
    const ticks = quotes.map(({ time, bid, ask, bidSize, askSize }) => ({
      time,
      attributes: 0,
      bidPrice: bid,
      askPrice: ask,
      bidSize,
      askSize,
    }));
    return { type: 'historicalTicksBidAsk', reqId, ticks, done: true };
  }
  const ticks = quotes.map(({ time, bid, ask }) => ({ time, price: (bid + ask) / 2, size: 0 }));
  return { type: 'historicalTicks', reqId, ticks, done: true };
}

const quotesWithin = (replay: ContractReplay, inside: (time: number) => boolean): readonly TwoSidedQuote[] =>
  replay.minutes.flatMap(({ quote }) => (isTwoSided(quote) && inside(quote.time) ? [quote] : []));

interface Trade {
  readonly time: number;
  readonly price: number;
  readonly size: number;
}

/** At least `count` trades inside the span when it has them, from its end or from its start, in time order. */
function tradesWithin(
  replay: ContractReplay,
  inside: (time: number) => boolean,
  fromEnd: boolean,
  count: number,
): readonly Trade[] {
  const ordered = fromEnd ? [...replay.minutes].reverse() : replay.minutes;
  const found: Trade[][] = [];
  let total = 0;
  for (const { bar } of ordered) {
    if (total >= count) break;
    if (bar === null || !(inside(bar.start) || inside(bar.start + MINUTE_MS - 1000))) continue;
    const trades = replay.slotsOf(bar).flatMap((slot) => {
      const time = slot.start + TRADE_OFFSET_MS;
      return slot.volume > 0 && inside(time) ? ticksOfSlot(slot).map((tick) => ({ time, ...tick })) : [];
    });
    found.push(trades);
    total += trades.length;
  }
  return (fromEnd ? found.reverse() : found).flat();
}
