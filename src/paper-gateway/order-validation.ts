/** Why an order is refused before it is accepted, in IB's codes and words. */
import { isOnTick } from '../domain/instruments';
import { tickAt, type PricedInstrument } from './priced-instrument';
import { ORDER_TYPES } from './contract-details';
import { parseWireTime } from './fields-time';
import type { OrderRecord } from './ledger-records';
import type { WireOrder } from './messages';

export interface OrderRefusal {
  readonly code: number;
  readonly message: string;
}

export const TIMES_IN_FORCE = ['', 'DAY', 'GTC', 'GTD', 'IOC'];

const rejected = (reason: string): OrderRefusal => ({ code: 201, message: `Order rejected - reason:${reason}` });
const invalid = (cause: string): OrderRefusal => ({
  code: 321,
  message: `Error validating request.-'bN' : cause - ${cause}`,
});

/** Prices that the type needs and those that were given, each on the tick grid. */
function priceRefusal(order: WireOrder, instrument: PricedInstrument): OrderRefusal | null {
  const type = order.orderType.toUpperCase();
  if (type.includes('LMT') && order.lmtPrice === null) return invalid('Please enter a limit price.');
  if (['STP', 'STP LMT'].includes(type) && order.auxPrice === null) return invalid('Please enter a stop price.');
  if (type === 'TRAIL' && order.auxPrice === null && order.trailingPercent === null) {
    return invalid('Please enter a trailing amount or a trailing percentage.');
  }
  const given = [
    ...(type.includes('LMT') ? [order.lmtPrice] : []),
    ...(type === 'MKT' || type === 'LMT' ? [] : [order.auxPrice]),
    ...(type === 'TRAIL' ? [order.trailStopPrice] : []),
  ];
  const offGrid = given.some((price) => price !== null && !isOnTick(price, { tickSize: tickAt(instrument, price) }));
  return offGrid
    ? { code: 110, message: 'The price does not conform to the minimum price variation for this contract.' }
    : null;
}

function timeRefusal(order: WireOrder, now: number): OrderRefusal | null {
  const tif = order.tif.toUpperCase();
  if (!TIMES_IN_FORCE.includes(tif)) return { code: 10052, message: `Invalid time in force:${order.tif}.` };
  if (order.goodAfterTime !== '') return rejected('Good-after time is not offered by the paper gateway.');
  if (tif !== 'GTD') return null;
  const until = parseWireTime(order.goodTillDate);
  if (until === null || until === 'invalid') {
    return {
      code: 391,
      message: 'The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xx/xxxx.',
    };
  }
  return until <= now ? rejected('The good-till date has passed.') : null;
}

/** Everything that can be judged from the order and its contract alone; null when it is fine. */
export function orderRefusal(
  order: WireOrder,
  instrument: PricedInstrument,
  account: string,
  now: number,
): OrderRefusal | null {
  if (!['BUY', 'SELL'].includes(order.action.toUpperCase())) return invalid(`Invalid order action "${order.action}"`);
  if (!(order.totalQuantity > 0)) return { code: 434, message: 'The order size cannot be zero.' };
  if (!Number.isInteger(order.totalQuantity)) return rejected('The order size must be a whole number.');
  if (!(ORDER_TYPES as readonly string[]).includes(order.orderType.toUpperCase())) {
    return { code: 387, message: 'Unsupported order type for this exchange and security type.' };
  }
  if (order.account !== '' && order.account !== account) return invalid(`Invalid account code '${order.account}'`);
  if (order.conditionCount > 0) return rejected('Conditional orders are not offered by the paper gateway.');
  if (order.allOrNone || order.algoStrategy !== '' || order.hedgeType !== '') {
    return rejected('All-or-none, algorithmic and hedge orders are not offered by the paper gateway.');
  }
  return priceRefusal(order, instrument) ?? timeRefusal(order, now);
}

/** A modification may change prices, quantity and time in force; anything else is another order. */
export function modifyRefusal(existing: OrderRecord, order: WireOrder, conId: number): OrderRefusal | null {
  const differs =
    existing.conId !== conId ||
    existing.order.action.toUpperCase() !== order.action.toUpperCase() ||
    existing.order.orderType.toUpperCase() !== order.orderType.toUpperCase();
  if (differs) return { code: 105, message: 'Order being modified does not match original order' };
  if (order.totalQuantity <= existing.filled) {
    return rejected(`The order has filled ${existing.filled}; its size cannot become ${order.totalQuantity}.`);
  }
  return null;
}
