/**
 * What the session and the broker each say of the same trading, and how they differ. Pure.
 * Invariants: 1. the broker's books are the truth, the session's are judged; 2. every difference is a sentence that names its order;
 * 3. orders and executions that are not the account's own names are strangers, and strangers count.
 */
import { ORDER_LEGS, orderRef, parseOrderKey, parseOrderRef } from '../../domain/ids';
import { hasUnknownLeg, type OrderBook } from '../../domain/order-book';
import type { DayTotals, PositionView } from '../../domain/session-snapshot';

/** An order as the gateway keeps it, each only once however often it was changed. */
export interface BrokerOrder {
  readonly orderRef: string;
  readonly conId: number;
  readonly orderId: number;
  readonly filled: number;
}

export interface BrokerFill {
  readonly execId: string;
  readonly orderRef: string;
  readonly conId: number;
  readonly side: 'BOT' | 'SLD';
  readonly shares: number;
  readonly price: number;
  /** Virtual time, UTC ms. */
  readonly time: number;
  readonly commission: number;
  /** Price P&L of what it closed, dollars, before commissions; null when it closed nothing. */
  readonly realizedPnl: number | null;
}

export interface BrokerBooks {
  readonly orders: readonly BrokerOrder[];
  readonly fills: readonly BrokerFill[];
  readonly positions: readonly { readonly conId: number; readonly quantity: number }[];
}

export interface SessionBooks {
  readonly epoch: number;
  /** Intents named so far: their keys are 1 to seq. */
  readonly seq: number;
  /** One for every intent that may have left the process. */
  readonly orders: readonly OrderBook[];
  /** Of the day that was drilled. */
  readonly day: Pick<DayTotals, 'executions' | 'contractsTraded' | 'fees' | 'realizedPnl'>;
  readonly positions: readonly Pick<PositionView, 'conId' | 'quantity'>[];
}

export interface Verdict {
  /** What one side knows of and the other does not. */
  readonly lost: readonly string[];
  /** What happened at the broker more often than it was decided. */
  readonly duplicated: readonly string[];
  /** Orders whose outcome the session still does not know. */
  readonly unknown: readonly string[];
  /** Counters and positions that differ. */
  readonly counters: readonly string[];
}

export function judgeBooks(session: SessionBooks, broker: BrokerBooks): Verdict {
  return {
    lost: [...lostOrders(session, broker), ...strangers(session, broker), ...lostFills(session, broker)],
    duplicated: [...repeatedOrders(broker), ...repeatedDecisions(session), ...excessFills(session, broker)],
    unknown: session.orders.filter(hasUnknownLeg).map(({ intent }) => `${intent.key} is unknown`),
    counters: [...counterDifferences(session, broker), ...positionDifferences(session, broker)],
  };
}

/** Orders that the session saw at the broker and that are not there. */
function lostOrders(session: SessionBooks, broker: BrokerBooks): readonly string[] {
  const there = new Set(broker.orders.map(({ orderRef }) => orderRef));
  return session.orders.flatMap(({ intent, legs }) =>
    legs.entry?.seen === true && !there.has(intent.key) ? [`${intent.key} is not at the broker`] : [],
  );
}

/** Orders at the broker that the session does not know of. */
function strangers(session: SessionBooks, broker: BrokerBooks): readonly string[] {
  const known = new Set(session.orders.map(({ intent }) => intent.key));
  const isNamed = (key: string): boolean => {
    const name = parseOrderKey(key);
    return name !== null && name.epoch === session.epoch && name.seq <= session.seq && known.has(key);
  };
  return broker.orders.flatMap(({ orderRef, orderId }) => {
    const key = parseOrderRef(orderRef)?.key ?? null;
    return key !== null && isNamed(key) ? [] : [`order ${orderId} (${orderRef}) is unknown to the session`];
  });
}

/** Executions that one side has booked and the other has not. */
function lostFills(session: SessionBooks, broker: BrokerBooks): readonly string[] {
  const booked = new Set(session.orders.flatMap(({ executions }) => executions.map(({ execId }) => execId)));
  const happened = new Set(broker.fills.map(({ execId }) => execId));
  return [
    ...[...happened].filter((id) => !booked.has(id)).map((id) => `execution ${id} was never booked`),
    ...[...booked].filter((id) => !happened.has(id)).map((id) => `execution ${id} is unknown to the broker`),
  ];
}

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) < index);

const repeatedOrders = ({ orders }: BrokerBooks): readonly string[] =>
  repeated(orders.map(({ orderRef }) => orderRef)).map((ref) => `${ref} is at the broker more than once`);

const repeatedDecisions = ({ orders }: SessionBooks): readonly string[] =>
  repeated(orders.flatMap(({ intent }) => intent.decisionId ?? [])).map((id) => `${id} was ordered more than once`);

/** Shares traded by one leg beyond what was ordered. */
function excessFills(session: SessionBooks, { fills }: BrokerBooks): readonly string[] {
  const traded = new Map<string, number>();
  for (const { orderRef: ref, shares } of fills) traded.set(ref, (traded.get(ref) ?? 0) + shares);
  return session.orders.flatMap(({ intent }) =>
    ORDER_LEGS.flatMap((leg) => {
      const ref = orderRef(intent.key, leg);
      const shares = traded.get(ref) ?? 0;
      return shares > intent.quantity ? [`${ref} traded ${shares} of ${intent.quantity}`] : [];
    }),
  );
}

const CENT = 0.005;

function counterDifferences({ day }: SessionBooks, { fills }: BrokerBooks): readonly string[] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const counters: readonly (readonly [name: string, session: number, broker: number])[] = [
    ['executions', day.executions, fills.length],
    ['contracts', day.contractsTraded, sum(fills.map(({ shares }) => shares))],
    ['fees', day.fees, sum(fills.map(({ commission }) => commission))],
    ['realized P&L', day.realizedPnl, sum(fills.map(({ realizedPnl }) => realizedPnl ?? 0))],
  ];
  return counters.flatMap(([name, session, broker]) =>
    Math.abs(session - broker) <= CENT ? [] : [`${name}: session ${session}, broker ${broker}`],
  );
}

function positionDifferences(session: SessionBooks, broker: BrokerBooks): readonly string[] {
  const held = new Map(session.positions.map(({ conId, quantity }) => [conId, quantity]));
  const told = new Map(broker.positions.map(({ conId, quantity }) => [conId, quantity]));
  return [...new Set([...held.keys(), ...told.keys()])].flatMap((conId) => {
    const [ours, theirs] = [held.get(conId) ?? 0, told.get(conId) ?? 0];
    return ours === theirs ? [] : [`position in contract ${conId}: session ${ours}, broker ${theirs}`];
  });
}

/** A trade without the names that differ from run to run. */
const tradeOf = ({ conId, side, shares, price, time }: BrokerFill): string =>
  `${new Date(time).toISOString()} contract ${conId} ${side} ${shares} at ${price}`;

/** Trades of one run that the other does not have: contract, side, shares, price and virtual time; names and order do not count. */
export function tradeDifferences(undisturbed: readonly BrokerFill[], killed: readonly BrokerFill[]): readonly string[] {
  const left = killed.map(tradeOf);
  const missing = undisturbed.map(tradeOf).filter((trade) => {
    const index = left.indexOf(trade);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [
    ...missing.map((trade) => `only in the undisturbed run: ${trade}`),
    ...left.map((trade) => `only in the killed run: ${trade}`),
  ];
}
