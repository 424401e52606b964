/** `omega resume`: ends a pause. A halt is lifted with `omega lift-halt` only. */
import { Command } from 'commander';
import { resume } from '../workflows/messages';
import type { CommandIo } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import { withSession } from './session-access';
import { printSignalled, readBack } from './session-signal';

export const resumeCommand = (io: CommandIo): Command =>
  withOperatorOptions(new Command('resume').description('end a pause')).action(async (options: OperatorOptions) => {
    await withSession(currentPlace(io), async (access) => {
      await access.handle.signal(resume, operatorOf(options, 'omega resume'));
      const applied = (await readBack(access, (snapshot) => !snapshot.paused)) !== null;
      printSignalled(io, options.json, { command: 'resume', done: 'Resumed.', applied });
    });
  });
