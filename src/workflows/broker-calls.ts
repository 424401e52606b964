/** How workflows call the broker: one class of time-outs and retries per kind of call, each with its reason. */
import { proxyActivities } from '@temporalio/workflow';
import { brokerQueue } from '../domain/ids';
import type { BrokerActivities } from './activity-types';

export type BrokerCalls = BrokerActivities;

/** Activities on the queue that is polled only while the trading socket is accepted and synced. */
export function brokerCalls(account: string): BrokerCalls {
  const taskQueue = brokerQueue(account);
  // A write happens at once or not at all: not started in 2 s is certainly not sent, started and silent is unknown. The heartbeat
  // finds a dead process sooner than the 5 s of a slow one.
  const writes = proxyActivities<BrokerActivities>({
    taskQueue,
    scheduleToStartTimeout: '2s',
    startToCloseTimeout: '5s',
    heartbeatTimeout: '2s',
    retry: { maximumAttempts: 1 },
  });
  // A cancel may be repeated for ever: it can only end what has to end.
  const cancels = proxyActivities<BrokerActivities>({
    taskQueue,
    startToCloseTimeout: '5s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
  });
  // Reading has no effect and waits for the broker as long as it takes; 35 s cover the guard's request time-out of 30 s.
  const reads = proxyActivities<BrokerActivities>({
    taskQueue,
    startToCloseTimeout: '35s',
    retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '5s' },
  });
  // For a time that is wanted now or not at all.
  const glances = proxyActivities<BrokerActivities>({
    taskQueue,
    scheduleToStartTimeout: '1s',
    startToCloseTimeout: '2s',
    retry: { maximumAttempts: 1 },
  });
  return {
    placeOrders: writes.placeOrders,
    modifyLeg: writes.modifyLeg,
    cancelLegs: cancels.cancelLegs,
    lookupOrder: reads.lookupOrder,
    readPositions: reads.readPositions,
    readMarketTime: glances.readMarketTime,
  };
}
