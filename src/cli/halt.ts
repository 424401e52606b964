/**
 * `omega halt [--now]`: latches the session's halt; positions are reduced to nothing and nothing new is taken until `omega lift-halt`.
 * `--now` also writes the latch file, which the guard reads before every write, so it works without Temporal and without the session.
 */
import { Command } from 'commander';
import { setLatch } from '../broker/latch';
import { halt, type OperatorCommand } from '../workflows/messages';
import { messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import type { OperatorOptions } from './operator';
import { operatorOf, withOperatorOptions } from './operator';
import type { SessionPlace } from './session-access';
import { withSession } from './session-access';
import { printSignalled, readBack } from './session-signal';

interface HaltOptions extends OperatorOptions {
  readonly now?: boolean;
}

async function signalHalt(place: SessionPlace, operator: OperatorCommand): Promise<boolean> {
  return withSession(place, async (access) => {
    await access.handle.signal(halt, operator);
    return (await readBack(access, (snapshot) => snapshot.halt.phase !== 'ACTIVE')) !== null;
  });
}

async function haltNow(io: CommandIo, options: HaltOptions): Promise<void> {
  const place = currentPlace(io);
  const operator = operatorOf(options, 'omega halt --now');
  const mine = { who: operator.by, why: operator.why, at: Date.now() };
  const latch = setLatch(place.stateDir, mine);
  const isFirst = latch.who === mine.who && latch.why === mine.why && latch.at === mine.at;
  const holds = `${place.stateDir} holds halt.latch, and no order leaves until omega lift-halt`;
  const latched = isFirst
    ? `Latched: ${holds}.`
    : `Latched already by ${latch.who}: ${latch.why}; that stays the reason: ${holds}.`;
  // The latch already stands; a dead server must not turn this into a failure.
  const session = await signalHalt(place, operator).then(
    (applied) =>
      applied ? 'The session is halted too.' : 'The session is told and halts as soon as a trader is alive.',
    (error: unknown) => `The session could not be told, the trader tells it of the latch: ${messageOf(error)}`,
  );
  printResult(io, options.json, { command: 'halt', latched: true, latch, session }, [latched, session]);
}

export const haltCommand = (io: CommandIo): Command =>
  withOperatorOptions(
    new Command('halt')
      .description('stop trading and close positions, until it is lifted by name')
      .option('--now', 'also write the latch file that the broker guard reads before every send'),
  ).action(async (options: HaltOptions) => {
    if (options.now === true) return haltNow(io, options);
    const applied = await signalHalt(currentPlace(io), operatorOf(options, 'omega halt'));
    const done = 'Halted: positions are being closed; omega lift-halt --by … --why … ends it.';
    printSignalled(io, options.json, { command: 'halt', done, applied });
  });
