/**
 * `omega lift-halt --by NAME --why REASON`: the only way out of a halt, of the session and of the latch file; refused while the session is
 * still closing positions.
 */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { liftLatch, readLatch, type Latch } from '../broker/latch';
import type { HaltState } from '../domain/session-snapshot';
import { halt, liftHalt, type OperatorCommand } from '../workflows/messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { withSession, type SessionAccess } from './session-access';
import { readBack } from './session-signal';

interface LiftHaltOptions extends OperatorCommand {
  readonly json?: boolean;
}

/** Who lifts a latch that the session has not heard of lifts a halt of the session: so name and reason enter its history. */
async function haltedFor(access: SessionAccess, latch: Latch): Promise<void> {
  const { phase } = (await access.snapshot()).halt;
  if (phase !== 'ACTIVE') return;
  await access.handle.signal(halt, { by: latch.who, why: latch.why });
  await readBack(access, (snapshot) => snapshot.halt.phase === 'HALTED');
}

async function lifted(access: SessionAccess, command: OperatorCommand): Promise<HaltState> {
  try {
    return await access.handle.executeUpdate(liftHalt, { args: [command] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new CliError('REFUSED', `The halt is not lifted: ${messageOf(error.cause ?? error)}.`);
  }
}

export const liftHaltCommand = (io: CommandIo): Command =>
  new Command('lift-halt')
    .description('lift a halt, by name and with a reason')
    .requiredOption('--by <name>', 'who lifts it')
    .requiredOption('--why <reason>', 'why trading may go on')
    .option('--json', 'print JSON')
    .action(async ({ by, why, json }: LiftHaltOptions) => {
      const place = currentPlace(io);
      const latch = readLatch(place.stateDir);
      const state = await withSession(place, async (access) => {
        if (latch !== null) await haltedFor(access, latch);
        return lifted(access, { by, why });
      });
      // The name and the reason are in the session's history by now; only then may the file go.
      if (latch !== null) liftLatch(place.stateDir);
      const lines = [`The halt of ${place.account} is lifted by ${by}: ${why}.`];
      if (latch !== null) lines.push(`The latch of ${latch.who} (${latch.why}) is removed.`);
      if (state.phase !== 'ACTIVE') {
        lines.push(`It is halted anew, for what was reached meanwhile: ${state.cause ?? 'no cause given'}.`);
      }
      printResult(io, json, { command: 'lift-halt', halt: state, latchRemoved: latch !== null }, lines);
    });
