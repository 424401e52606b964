/** Market time for a decision that depends on it now. */
import { BrokerError } from './broker-error';
import type { BrokerSession } from './broker-session';

/**
 * A virtual clock stands still between its answers and is asked anew; a live one is carried on from its last answer. UTC ms.
 * Rejects with BrokerError NOT_READY, CONNECTION_LOST or REQUEST_TIMEOUT (after `withinMs` without an answer).
 */
export async function freshMarketTime(
  { clock, connection }: Pick<BrokerSession, 'clock' | 'connection'>,
  withinMs: number,
): Promise<number> {
  const known = clock.now();
  if (known !== null && !clock.isVirtual) return known;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const text = `The broker's clock was not answered within ${withinMs} ms.`;
    timer = setTimeout(() => reject(new BrokerError('REQUEST_TIMEOUT', text)), withinMs);
  });
  try {
    await Promise.race([connection.roundTrip(), tooLong]);
  } finally {
    clearTimeout(timer);
  }
  const now = clock.now();
  if (now === null) throw new BrokerError('CONNECTION_LOST', 'The connection was lost while its clock was asked.');
  return now;
}
