/** `omega orders`: orders of the trade date, every older one that is not at its end, and the stops and targets that rest at the broker. */
import { Command } from 'commander';
import type { OrderView, SessionSnapshot } from '../domain/session-snapshot';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { dateTime, price } from './number-format';
import { readProtectiveOrders, type ProtectiveOrder } from './protective-orders';
import { withSession } from './session-access';
import { textTable } from './text-table';

/** Orders as a table for people; shared with `omega trades`. */
export const ordersTable = (orders: readonly OrderView[]): readonly string[] =>
  textTable(
    [
      { title: 'decided', cell: ({ decidedAt }) => dateTime(decidedAt) },
      { title: 'order', cell: ({ key }) => key },
      { title: 'side', cell: ({ side }) => side },
      { title: 'quantity', align: 'right', cell: ({ quantity }) => String(quantity) },
      { title: 'symbol', cell: ({ symbol }) => symbol },
      { title: 'purpose', cell: ({ purpose }) => purpose },
      { title: 'state', cell: ({ state }) => state },
      { title: 'filled', align: 'right', cell: ({ filledQuantity }) => String(filledQuantity) },
      { title: 'average', align: 'right', cell: ({ averagePrice, symbol }) => price(averagePrice, symbol) },
    ],
    orders,
  );

const protectiveTable = (orders: readonly ProtectiveOrder[]): readonly string[] =>
  textTable(
    [
      { title: 'protective order', cell: ({ ref }) => ref },
      { title: 'side', cell: ({ side }) => side },
      { title: 'contracts', align: 'right', cell: ({ quantity }) => String(quantity) },
      { title: 'symbol', cell: ({ symbol }) => symbol },
      { title: 'kind', cell: ({ kind }) => kind },
      { title: 'price', align: 'right', cell: (order) => price(order.price, order.symbol) },
      { title: 'state', cell: ({ state }) => state },
    ],
    orders,
  );

/** Lines for people: orders, and the stops and targets that rest at the broker; null when those could not be read. Pure. */
export function orderLines(
  { orders, tradeDate }: Pick<SessionSnapshot, 'orders' | 'tradeDate'>,
  resting: readonly ProtectiveOrder[] | null,
): readonly string[] {
  const table = orders.length === 0 ? [`No orders on ${tradeDate ?? 'any trade date yet'}.`] : ordersTable(orders);
  if (resting === null) return [...table, '', 'Stops and targets at the broker could not be read.'];
  return resting.length === 0 ? table : [...table, '', ...protectiveTable(resting)];
}

export const ordersCommand = (io: CommandIo): Command =>
  new Command('orders')
    .description('orders of the trade date, and the stops and targets at the broker')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { session, resting } = await withSession(currentPlace(io), async (access) => ({
        session: await access.snapshot(),
        resting: await readProtectiveOrders(access),
      }));
      const { orders, tradeDate } = session;
      printResult(io, json, { tradeDate, orders, protective: resting }, orderLines(session, resting));
    });
