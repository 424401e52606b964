/** `omega status`: the session at a glance. */
import { Command } from 'commander';
import { readLatch } from '../broker/latch';
import type { SessionSnapshot } from '../domain/session-snapshot';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { dateTime, money, price, signedCount, signedMoney } from './number-format';
import { readProtectiveOrders } from './protective-orders';
import type { SessionPlace } from './session-access';
import { withSession } from './session-access';

function haltLine({ halt }: SessionSnapshot): string {
  if (halt.phase === 'ACTIVE') return 'not halted';
  const since = halt.since === null ? '' : ` since ${dateTime(halt.since)}`;
  return `${halt.phase}${since}: ${halt.cause ?? 'no cause given'}; lift with omega lift-halt --by NAME --why REASON`;
}

function positionLines({ positions }: SessionSnapshot): readonly string[] {
  const open = positions.filter(({ quantity }) => quantity !== 0);
  if (open.length === 0) return ['positions  none'];
  return open.map(
    ({ symbol, quantity, localSymbol, averagePrice }) =>
      `position   ${signedCount(quantity)} ${localSymbol} at ${price(averagePrice, symbol)}`,
  );
}

/** Stocks at the broker that are not the session's: it neither counts nor touches them. */
const foreignLines = ({ foreignStocks }: SessionSnapshot): readonly string[] =>
  foreignStocks.map(
    ({ symbol, quantity }) =>
      `foreign    ${signedCount(quantity)} ${symbol} at the broker, never traded here (adopt: omega unfreeze STK:${symbol} --by NAME --why REASON)`,
  );

const protectiveText = (resting: number | null): string =>
  resting === null ? 'stops and targets could not be read' : `${resting} stops and targets rest at the broker`;

/** Lines for people; `resting` counts protective orders, null when they could not be read. Pure. */
export function statusLines(
  place: SessionPlace,
  session: SessionSnapshot,
  latch: string | null,
  resting: number | null,
): readonly string[] {
  const { day } = session;
  const working = session.orders.filter(
    ({ state }) => !['filled', 'cancelled', 'rejected', 'expired'].includes(state),
  ).length;
  const frozen = Object.entries(session.frozen).map(
    ([symbol, why]) => `frozen     ${symbol}: ${why} (look, then omega unfreeze ${symbol} --by NAME --why REASON)`,
  );
  return [
    `account    ${session.account} (${place.source}, ${place.address}), ${session.mode}${session.paused ? ', paused' : ''}`,
    `session    ${session.tradeDate ?? 'no trade date yet'}, ${session.settled ? 'settled' : 'orders in flight'}`,
    `halt       ${haltLine(session)}`,
    ...(latch === null ? [] : [`latch      ${latch}`]),
    ...frozen,
    ...positionLines(session),
    ...foreignLines(session),
    `today      ${day.trades} trades, realized ${signedMoney(day.realizedPnl)}, fees ${money(day.fees)}, ${working} orders not at their end, ${protectiveText(resting)}`,
    `equity     ${money(session.lastNetLiquidation)}, trade date began with ${money(session.startOfDayNetLiquidation)}, high-water mark ${money(session.highWaterMark)}`,
  ];
}

export const statusCommand = (io: CommandIo): Command =>
  new Command('status')
    .description('the session at a glance')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const place = currentPlace(io);
      const { session, protective } = await withSession(place, async (access) => ({
        session: await access.snapshot(),
        protective: await readProtectiveOrders(access),
      }));
      const latch = readLatch(place.stateDir);
      const latchText = latch === null ? null : `set by ${latch.who}: ${latch.why}`;
      const { source, address, namespace } = place;
      const lines = statusLines(place, session, latchText, protective?.length ?? null);
      printResult(io, json, { source, address, namespace, latch, session, protective }, lines);
    });
