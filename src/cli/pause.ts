/** `omega pause`: no new entries until `omega resume`; exits and protective orders go on. */
import { Command } from 'commander';
import { pause } from '../workflows/messages';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import { withSession } from './session-access';
import { printSignalled, readBack } from './session-signal';

export const pauseCommand = (io: CommandIo): Command =>
  withOperatorOptions(new Command('pause').description('take no new positions; exits go on')).action(
    async (options: OperatorOptions) => {
      await withSession(currentPlace(io), async (access) => {
        await access.handle.signal(pause, operatorOf(options, 'omega pause'));
        const applied = (await readBack(access, (snapshot) => snapshot.paused)) !== null;
        printSignalled(io, options.json, { command: 'pause', done: 'Paused: no new positions.', applied });
      });
    },
  );
