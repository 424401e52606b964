/**
 * An intent as the orders IB is sent: the entry and, for a bracket, stop and target as its children in one OCA group, good till
 * cancelled, all with `transmit` off but the last, so that the broker takes them together. Prices are rounded to the tick (code 110).
 */
import { OrderAction, OrderType, SecType, TimeInForce, type Contract, type Order } from '@stoqey/ib';
import { ibSymbolOf, stockTickAt, type TradableContract } from '../domain/contracts';
import { orderRef, type OrderLeg } from '../domain/ids';
import { INSTRUMENTS, roundToTick } from '../domain/instruments';
import type { OrderIntent } from '../domain/intents';
import type { MirrorEntry } from './mirror-state';

export interface OrderToSend {
  readonly leg: OrderLeg;
  readonly orderId: number;
  readonly contract: Contract;
  readonly order: Order;
}

/** IB: reduce the others of the group in proportion, so a partly filled target leaves a stop for the rest. */
const OCA_REDUCE_WITH_BLOCK = 2;

const LEG_OFFSET: Readonly<Record<OrderLeg, number>> = { entry: 0, stop: 1, target: 2 };
export const legOrderId = (orderIdBase: number, leg: OrderLeg): number => orderIdBase + LEG_OFFSET[leg];

export const ibContract = (contract: TradableContract): Contract => ({
  conId: contract.conId,
  symbol: ibSymbolOf(contract),
  secType: contract.secType === 'FUT' ? SecType.FUT : SecType.STK,
  exchange: contract.exchange,
  currency: contract.currency,
});

const actionOf = (side: 'buy' | 'sell'): OrderAction => (side === 'buy' ? OrderAction.BUY : OrderAction.SELL);
const opposite = (side: 'buy' | 'sell'): 'buy' | 'sell' => (side === 'buy' ? 'sell' : 'buy');

const onTick = (contract: TradableContract, price: number): number =>
  roundToTick(price, contract.secType === 'FUT' ? INSTRUMENTS[contract.symbol] : { tickSize: stockTickAt(price) });

function entryOrder(intent: OrderIntent): Order {
  return {
    action: actionOf(intent.side),
    totalQuantity: intent.quantity,
    ...(intent.limitPrice === null
      ? { orderType: OrderType.MKT }
      : { orderType: OrderType.LMT, lmtPrice: onTick(intent.contract, intent.limitPrice) }),
    tif: TimeInForce.DAY,
    account: intent.account,
    orderRef: orderRef(intent.key, 'entry'),
    // Stocks are traded in regular hours alone: outside them spreads are wide, and IB ignores the flag of a market order anyway.
    outsideRth: intent.contract.secType === 'FUT',
    transmit: intent.bracket === null,
  };
}

function protectiveOrder(intent: OrderIntent, leg: 'stop' | 'target', price: number): Order {
  const rounded = onTick(intent.contract, price);
  return {
    action: actionOf(opposite(intent.side)),
    totalQuantity: intent.quantity,
    ...(leg === 'stop'
      ? { orderType: OrderType.STP, auxPrice: rounded }
      : { orderType: OrderType.LMT, lmtPrice: rounded }),
    tif: TimeInForce.GTC,
    account: intent.account,
    orderRef: orderRef(intent.key, leg),
    parentId: legOrderId(intent.orderIdBase, 'entry'),
    ocaGroup: `${intent.key}/oca`,
    ocaType: OCA_REDUCE_WITH_BLOCK,
    outsideRth: true,
    transmit: leg === 'target',
  };
}

/** The orders of an intent in the order they must be written. */
export function ordersOf(intent: OrderIntent): readonly OrderToSend[] {
  const contract = ibContract(intent.contract);
  const of = (leg: OrderLeg, order: Order): OrderToSend => ({
    leg,
    orderId: legOrderId(intent.orderIdBase, leg),
    contract,
    order,
  });
  const entry = of('entry', entryOrder(intent));
  if (intent.bracket === null) return [entry];
  const { stopPrice, targetPrice } = intent.bracket;
  return [
    entry,
    of('stop', protectiveOrder(intent, 'stop', stopPrice)),
    of('target', protectiveOrder(intent, 'target', targetPrice)),
  ];
}

export interface OrderChange {
  readonly price?: number;
  readonly quantity?: number;
}

/** Increment by the broker's own words: a ticker may be a future's name as well. */
function tickOf({ secType, ibSymbol }: MirrorEntry): (price: number) => number {
  const instrument = Object.values(INSTRUMENTS).find((future) => future.ibSymbol === ibSymbol);
  return secType === 'STK' || instrument === undefined ? stockTickAt : () => instrument.tickSize;
}

/** The same order with another price or quantity: every other field as the broker holds it, or it would be changed too. */
export function changedOrder(
  entry: MirrorEntry,
  account: string,
  change: OrderChange,
): { readonly contract: Contract; readonly order: Order } {
  const tickAt = tickOf(entry);
  const onTick = (price: number): number => roundToTick(price, { tickSize: tickAt(price) });
  const movesStop = entry.orderType === 'STP';
  const lmtPrice = change.price !== undefined && !movesStop ? onTick(change.price) : entry.lmtPrice;
  const auxPrice = change.price !== undefined && movesStop ? onTick(change.price) : entry.auxPrice;
  const { conId, ibSymbol, exchange, currency } = entry;
  return {
    contract: { conId, symbol: ibSymbol, secType: entry.secType as SecType, exchange, currency },
    order: {
      action: actionOf(entry.side),
      totalQuantity: change.quantity ?? entry.quantity,
      orderType: entry.orderType as OrderType,
      ...(lmtPrice === null ? {} : { lmtPrice }),
      ...(auxPrice === null ? {} : { auxPrice }),
      tif: entry.tif as TimeInForce,
      account,
      orderRef: entry.orderRef,
      ...(entry.parentId === 0 ? {} : { parentId: entry.parentId }),
      ...(entry.ocaGroup === '' ? {} : { ocaGroup: entry.ocaGroup, ocaType: entry.ocaType }),
      outsideRth: entry.outsideRth,
      transmit: true,
    },
  };
}
