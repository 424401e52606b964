/** An activity's work with a heartbeat beside it, so that a worker that dies is noticed. */
import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1_000;

/** Rejects with what `failureOf` makes of the error; with the error itself when it is left out. */
export async function heartbeating<T>(
  work: () => Promise<T>,
  failureOf: (error: unknown) => unknown = (error) => error,
): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearInterval(beat);
  }
}
