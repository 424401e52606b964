/** `omega cancel ORDER`: asks the broker to cancel an order by its key; what became of it is shown by `omega orders`. */
import { Command } from 'commander';
import { parseOrderRef } from '../domain/ids';
import { cancelOrder } from '../workflows/messages';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import { withSession } from './session-access';
import { printSignalled, readBack, refuseWhen } from './session-signal';

const ENDED = new Set(['filled', 'cancelled', 'rejected', 'expired']);

export const cancelCommand = (io: CommandIo): Command =>
  withOperatorOptions(
    new Command('cancel').description('cancel an order').argument('<order>', 'its key, as omega orders shows it'),
  ).action(async (ref: string, options: OperatorOptions) => {
    const { key, leg } = parseOrderRef(ref) ?? {};
    if (key === undefined || leg === undefined)
      throw new CliError('USAGE', `${ref} is not the key of an order (omega orders shows the keys).`);
    if (leg !== 'entry')
      throw new CliError(
        'REFUSED',
        `${ref} protects a position and is not cancelled by itself: omega flatten SYMBOL closes the position and cancels both.`,
      );
    await withSession(currentPlace(io), async (access) => {
      await refuseWhen(access, ({ orders }) => {
        const order = orders.find((known) => known.key === key);
        if (order === undefined) return `The session of ${access.place.account} has no order ${key} today.`;
        return ENDED.has(order.state)
          ? `${key} is over; what rests at the broker of it protects a position: omega flatten SYMBOL closes that.`
          : null;
      });
      await access.handle.signal(cancelOrder, { key, by: operatorOf(options, '').by });
      const applied = await readBack(access, ({ orders }) =>
        orders.some((order) => order.key === key && ENDED.has(order.state)),
      );
      const state = applied?.orders.find((order) => order.key === key)?.state ?? 'cancelled';
      printSignalled(io, options.json, {
        command: 'cancel',
        done: `${key} is ${state}.`,
        applied: applied !== null,
      });
    });
  });
