/** Signals to the session: durable without a trader alive, so a command says whether the effect was already seen. */
import type { SessionSnapshot } from '../domain/session-snapshot';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { sleep } from './demo/wait-for';
import type { SessionAccess } from './session-access';

const EFFECT_TIMEOUT_MS = 3_000;
const POLL_MS = 50;

/** The snapshot in which `seen` holds, or null when it could not be read within three seconds (no trader alive, or still at it). */
export async function readBack(
  access: SessionAccess,
  seen: (snapshot: SessionSnapshot) => boolean,
): Promise<SessionSnapshot | null> {
  const deadline = Date.now() + EFFECT_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const snapshot = await access.client
      .withDeadline(deadline, () => access.snapshot())
      // Nobody is alive to answer: the signal is kept and applied later, which is what gets reported.
      .catch(() => null);
    if (snapshot === null) return null;
    if (seen(snapshot)) return snapshot;
    await sleep(POLL_MS);
  }
  return null;
}

/** Refuses what the session says is not to be done, when it can be asked; a dead trader does not hold a signal back: it judges itself. */
export async function refuseWhen(
  access: SessionAccess,
  why: (snapshot: SessionSnapshot) => string | null,
): Promise<void> {
  const snapshot = await access.snapshot().catch(() => null);
  const sentence = snapshot === null ? null : why(snapshot);
  if (sentence !== null) throw new CliError('NOT_FOUND', sentence);
}

/** Reports a signal that was accepted by the server. */
export function printSignalled(
  io: CommandIo,
  json: boolean | undefined,
  what: { readonly command: string; readonly done: string; readonly applied: boolean },
): void {
  const later = `${what.command} is recorded and takes effect as soon as a trader applies it.`;
  const value = { command: what.command, accepted: true, applied: what.applied };
  printResult(io, json, value, [what.applied ? what.done : later]);
}
