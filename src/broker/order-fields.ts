/**
 * An intent as the orders IB is sent: the entry and, for a bracket, stop and target as its children in one OCA group, good till
 * cancelled, all with `transmit` off but the last, so that the broker takes them together. Prices are rounded to the tick (code 110).
 */
import { OrderAction, OrderType, SecType, TimeInForce, type Contract, type Order } from '@stoqey/ib';
import type { TradableContract } from '../domain/contracts';
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
  symbol: contract.ibSymbol,
  secType: SecType.FUT,
  exchange: contract.exchange,
  currency: contract.currency,
});

const actionOf = (side: 'buy' | 'sell'): OrderAction => (side === 'buy' ? OrderAction.BUY : OrderAction.SELL);
const opposite = (side: 'buy' | 'sell'): 'buy' | 'sell' => (side === 'buy' ? 'sell' : 'buy');

function entryOrder(intent: OrderIntent): Order {
  const instrument = INSTRUMENTS[intent.contract.symbol];
  return {
    action: actionOf(intent.side),
    totalQuantity: intent.quantity,
    ...(intent.limitPrice === null
      ? { orderType: OrderType.MKT }
      : { orderType: OrderType.LMT, lmtPrice: roundToTick(intent.limitPrice, instrument) }),
    tif: TimeInForce.DAY,
    account: intent.account,
    orderRef: orderRef(intent.key, 'entry'),
    outsideRth: true,
    transmit: intent.bracket === null,
  };
}

function protectiveOrder(intent: OrderIntent, leg: 'stop' | 'target', price: number): Order {
  const onTick = roundToTick(price, INSTRUMENTS[intent.contract.symbol]);
  return {
    action: actionOf(opposite(intent.side)),
    totalQuantity: intent.quantity,
    ...(leg === 'stop'
      ? { orderType: OrderType.STP, auxPrice: onTick }
      : { orderType: OrderType.LMT, lmtPrice: onTick }),
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

/** The same order with another price or quantity: every other field as the broker holds it, or it would be changed too. */
export function changedOrder(
  entry: MirrorEntry,
  account: string,
  change: OrderChange,
): { readonly contract: Contract; readonly order: Order } {
  const instrument = Object.values(INSTRUMENTS).find(({ ibSymbol }) => ibSymbol === entry.ibSymbol);
  const onTick = (price: number): number => (instrument === undefined ? price : roundToTick(price, instrument));
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
