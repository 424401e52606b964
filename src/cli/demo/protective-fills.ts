/** Positions that changed without an order of the session's view: a stop or target that rested at the broker was executed. Pure. */
import { isStockKey, type TradedSymbol } from '../../domain/contracts';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { signedCount, signedMoney } from '../number-format';

type Held = Pick<SessionSnapshot, 'positions' | 'orders' | 'contexts' | 'day' | 'tradeDate'>;

const heldIn = ({ positions }: Held, symbol: TradedSymbol): number =>
  positions.reduce((sum, held) => (held.symbol === symbol ? sum + held.quantity : sum), 0);

/** Signed contracts that orders of the view filled between the two snapshots. */
function filledByOrders(before: Held, after: Held, symbol: TradedSymbol): number {
  const known = new Map(before.orders.map(({ key, filledQuantity }) => [key, filledQuantity]));
  return after.orders.reduce((sum, order) => {
    const filled = order.symbol === symbol ? order.filledQuantity - (known.get(order.key) ?? 0) : 0;
    return sum + (order.side === 'buy' ? filled : -filled);
  }, 0);
}

/** One line for each instrument whose stop or target was executed between two snapshots of one trade date. */
export function protectiveFillLines(before: Held | null, after: Held): readonly string[] {
  if (before === null || before.tradeDate !== after.tradeDate) return [];
  const symbols = new Set([...before.positions, ...after.positions].map(({ symbol }) => symbol));
  return [...symbols].flatMap((symbol) => {
    const [was, is] = [heldIn(before, symbol), heldIn(after, symbol)];
    const executed = is - was - filledByOrders(before, after, symbol);
    // Nothing rests at the broker for a stock.
    if (executed === 0 || isStockKey(symbol)) return [];
    const stopped = after.contexts[symbol]?.lastStopAt !== before.contexts[symbol]?.lastStopAt;
    const kind = stopped ? 'stop' : 'target';
    const realized = signedMoney(after.day.realizedPnl - before.day.realizedPnl);
    return `${symbol} ${kind} filled at the broker: position ${signedCount(was)} → ${signedCount(is)}, realized ${realized}`;
  });
}
