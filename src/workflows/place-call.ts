/** One attempt to hand intents to the broker, with every failure of the attempt mapped to what it proves. */
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import type { OrderIntent } from '../domain/intents';
import { refusal, type RefusalCode } from '../domain/refusals';
import type { PlaceOutcome } from './activity-types';
import type { BrokerCalls } from './broker-calls';

/** Outcomes in the order of `intents`. Not started in time: certainly not sent. Anything else without an answer: unknown. */
export async function placeOnce(calls: BrokerCalls, intents: readonly OrderIntent[]): Promise<readonly PlaceOutcome[]> {
  try {
    return await calls.placeOrders(intents);
  } catch (error) {
    const outcome = outcomeOfFailure(error);
    return intents.map(() => outcome);
  }
}

function outcomeOfFailure(error: unknown): PlaceOutcome {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    return { outcome: 'not-sent', refusal: refusal('BROKER_NOT_READY', 'no trader took the order in 2 s') };
  }
  return { outcome: 'unknown', detail: cause?.message ?? error.message };
}

const RETRIED: readonly RefusalCode[] = ['BROKER_NOT_READY'];
/** The broker can't be reached now; within the time to live, which the guard judges by the broker's clock, it is tried again. */
export const isWorthRetrying = (code: RefusalCode): boolean => RETRIED.includes(code);
