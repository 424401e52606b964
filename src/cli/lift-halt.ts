/** `omega lift-halt --by NAME --why REASON`: the only way out of a halt; refused while the session is still closing positions. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { liftLatch, readLatch } from '../broker/latch';
import { liftHalt } from '../workflows/messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { withSession } from './session-access';

interface LiftHaltOptions {
  readonly by: string;
  readonly why: string;
  readonly json?: boolean;
}

export const liftHaltCommand = (io: CommandIo): Command =>
  new Command('lift-halt')
    .description('lift a halt, by name and with a reason')
    .requiredOption('--by <name>', 'who lifts it')
    .requiredOption('--why <reason>', 'why trading may go on')
    .option('--json', 'print JSON')
    .action(async ({ by, why, json }: LiftHaltOptions) => {
      const place = currentPlace(io);
      const state = await withSession(place, async (access) => {
        try {
          return await access.handle.executeUpdate(liftHalt, { args: [{ by, why }] });
        } catch (error) {
          if (!(error instanceof WorkflowUpdateFailedError)) throw error;
          throw new CliError('REFUSED', `The halt is not lifted: ${messageOf(error.cause ?? error)}.`);
        }
      });
      // The name and the reason are in the session's history by now; only then may the file go.
      const latched = readLatch(place.stateDir) !== null;
      if (latched) liftLatch(place.stateDir);
      const lines = [`The halt of ${place.account} is lifted by ${by}: ${why}.`];
      if (latched) lines.push('The latch file is removed.');
      printResult(io, json, { command: 'lift-halt', halt: state, latchRemoved: latched }, lines);
    });
