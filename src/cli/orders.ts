/** `omega orders`: orders of the trade date and every older one that is not at its end. */
import { Command } from 'commander';
import type { OrderView } from '../domain/session-snapshot';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { dateTime, price } from './number-format';
import { withSession } from './session-access';
import { textTable } from './text-table';

/** Orders as a table for people; shared with `omega trades`. */
export const ordersTable = (orders: readonly OrderView[]): readonly string[] =>
  textTable(
    [
      { title: 'decided', cell: ({ decidedAt }) => dateTime(decidedAt) },
      { title: 'order', cell: ({ key }) => key },
      { title: 'side', cell: ({ side }) => side },
      { title: 'contracts', align: 'right', cell: ({ quantity }) => String(quantity) },
      { title: 'symbol', cell: ({ symbol }) => symbol },
      { title: 'purpose', cell: ({ purpose }) => purpose },
      { title: 'state', cell: ({ state }) => state },
      { title: 'filled', align: 'right', cell: ({ filledQuantity }) => String(filledQuantity) },
      { title: 'average', align: 'right', cell: ({ averagePrice, symbol }) => price(averagePrice, symbol) },
    ],
    orders,
  );

export const ordersCommand = (io: CommandIo): Command =>
  new Command('orders')
    .description('orders of the trade date')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { orders, tradeDate } = await withSession(currentPlace(io), (access) => access.snapshot());
      const lines = orders.length === 0 ? [`No orders on ${tradeDate ?? 'any trade date yet'}.`] : ordersTable(orders);
      printResult(io, json, { tradeDate, orders }, lines);
    });
