/** `omega trades`: what was filled on the trade date, and the totals of the days before it. */
import { Command } from 'commander';
import type { PastDay } from '../domain/session-snapshot';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { money, signedMoney } from './number-format';
import { inCents } from './day-totals';
import { ordersTable } from './orders';
import { withSession } from './session-access';
import { textTable } from './text-table';

const pastDaysTable = (days: readonly PastDay[]): readonly string[] =>
  textTable(
    [
      { title: 'trade date', cell: ({ tradeDate }) => tradeDate },
      { title: 'trades', align: 'right', cell: ({ trades }) => String(trades) },
      { title: 'contracts', align: 'right', cell: ({ contractsTraded }) => String(contractsTraded) },
      { title: 'shares', align: 'right', cell: ({ sharesTraded }) => String(sharesTraded) },
      { title: 'fees', align: 'right', cell: ({ fees }) => money(fees) },
      { title: 'realized', align: 'right', cell: ({ realizedPnl }) => signedMoney(realizedPnl) },
    ],
    days,
  );

export const tradesCommand = (io: CommandIo): Command =>
  new Command('trades')
    .description('fills of the trade date and totals of the days before')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const session = await withSession(currentPlace(io), (access) => access.snapshot());
      const filled = session.orders.filter((order) => order.filledQuantity > 0);
      const today = `${session.tradeDate ?? 'No trade date'}: ${session.day.trades} trades, realized ${signedMoney(session.day.realizedPnl)}, fees ${money(session.day.fees)}`;
      const lines = [
        today,
        ...(filled.length === 0 ? [] : ordersTable(filled)),
        ...(session.pastDays.length === 0 ? [] : ['', ...pastDaysTable(session.pastDays)]),
      ];
      printResult(
        io,
        json,
        {
          tradeDate: session.tradeDate,
          day: inCents(session.day),
          filled,
          pastDays: session.pastDays.map(inCents),
        },
        lines,
      );
    });
