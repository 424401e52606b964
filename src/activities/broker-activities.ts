/**
 * The broker as activities on `broker/<account>`: a thin layer over the guard, which owns every rule about sending and reading.
 * Invariants: 1. a write's answer is the guard's own, or `unknown`; 2. nothing is written once the server has given the attempt up, or may
 * have: its outcome counts as unknown then, and is read; 3. reads and cancels fail while the guard is not synced, so that Temporal repeats
 * them; 4. nothing is remembered here.
 */
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { failPoint } from '../broker/fail-point';
import type { BrokerPort, WhyGivenUp } from '../broker/port';
import type { OrderIntent } from '../domain/intents';
import type { Refusal } from '../domain/refusals';
import type { BrokerActivities, PlaceOutcome } from '../workflows/activity-types';

export interface BrokerActivityDeps {
  readonly broker: BrokerPort;
  /** Hears of an order that the guard refused for good; what is tried again is none yet. */
  readonly onRefused?: (intent: OrderIntent, refusal: Refusal) => void;
}

/** Well inside the heartbeat time-out of writes (2 s). */
const HEARTBEAT_MS = 500;

export function createBrokerActivities({ broker, onRefused }: BrokerActivityDeps): BrokerActivities {
  return {
    async placeOrders(intents) {
      failPoint('place-scheduled');
      // All at once: each is checked and written by itself, in this order, and none waits for the broker to work through the one before.
      const whyGivenUp = givenUp(Context.current());
      const place = (intent: OrderIntent): Promise<PlaceOutcome> => answered(broker.place(intent, whyGivenUp));
      const outcomes = await whileBeating(() => Promise.all(intents.map(place)));
      intents.forEach((intent, index) => {
        const outcome = outcomes[index];
        if (outcome.outcome === 'not-sent' && outcome.refusal.code !== 'BROKER_NOT_READY')
          onRefused?.(intent, outcome.refusal);
      });
      failPoint('place-unacknowledged');
      return outcomes;
    },

    async modifyLeg({ key, leg, change }) {
      return whileBeating(() => answered(broker.modify(key, leg, change, givenUp(Context.current()))));
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

    async readMarketTime() {
      return broker.readMarketTime();
    },
  };
}

/**
 * When the server stops waiting for a write. It does so no earlier than the shortest time-out after the attempt was scheduled: counted from
 * there, on the wall clock that server and worker share, a process that stood still knows it when it goes on.
 */
function givenUp({ info, cancellationSignal }: Pick<Context, 'info' | 'cancellationSignal'>): WhyGivenUp {
  const patienceMs = Math.min(info.startToCloseTimeoutMs, info.heartbeatTimeoutMs ?? Infinity);
  const until = info.currentAttemptScheduledTimestampMs + patienceMs;
  return () => {
    if (cancellationSignal.aborted) return 'the attempt to send was given up';
    const lateMs = Date.now() - until;
    return lateMs <= 0
      ? null
      : `not written within ${patienceMs} ms of being scheduled (do the machines' clocks agree?)`;
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
