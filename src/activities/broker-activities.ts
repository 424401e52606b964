/**
 * The broker as activities on `broker/<account>`: a thin layer over the guard, which owns every rule about sending and reading.
 * Invariants: 1. a write's answer is the guard's own, or `unknown`; 2. reads and cancels fail while the guard is not synced, so that
 * Temporal repeats them; 3. nothing is remembered here.
 */
import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import { failPoint } from '../broker/fail-point';
import type { BrokerPort } from '../broker/port';
import type { BrokerActivities, PlaceOutcome } from '../workflows/activity-types';

export interface BrokerActivityDeps {
  readonly broker: BrokerPort;
}

/** Well inside the heartbeat time-out of writes (2 s). */
const HEARTBEAT_MS = 500;

export function createBrokerActivities({ broker }: BrokerActivityDeps): BrokerActivities {
  return {
    async placeOrders(intents) {
      failPoint('place-scheduled');
      // All at once: each is checked and written by itself, in this order, and none waits for the broker to work through the one before.
      const outcomes = await whileBeating(() => Promise.all(intents.map((intent) => answered(broker.place(intent)))));
      failPoint('place-unacknowledged');
      return outcomes;
    },

    async modifyLeg({ key, leg, change }) {
      return whileBeating(() => answered(broker.modify(key, leg, change)));
    },

    async cancelLegs({ key, legs }) {
      const { outcome, detail } = await broker.cancel(key, legs);
      if (outcome === 'not-sent') throw notReady(detail);
      return outcome;
    },

    async lookupOrder(request) {
      const evidence = await broker.lookup(request);
      if (!evidence.synced) throw notReady(evidence.reason);
      return evidence;
    },

    async readPositions() {
      return broker.positions();
    },
  };
}

const notReady = (why: string): ApplicationFailure => ApplicationFailure.retryable(why, 'BROKER_NOT_READY');

/** A write that the guard gives up on without an answer may have happened. */
const answered = (write: Promise<PlaceOutcome>): Promise<PlaceOutcome> =>
  write.catch((error: unknown) => ({
    outcome: 'unknown' as const,
    detail: error instanceof Error ? error.message : String(error),
  }));

/** Lets the server notice a dead process within the heartbeat time-out. */
async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
