/**
 * One drift check, begun every hour by its schedule (requirement E9): the check is an activity that keeps its result in the store, an
 * alarm asks for a retraining. Which checks run one after another is the store's to know, so each run of this workflow is short.
 */
import { log, proxyActivities } from '@temporalio/workflow';
import type { DriftActivities, DriftMonitorInput, DriftVerdict } from '../domain/drift-monitor';
import { TRAINING_QUEUE } from '../domain/ids';

const ATTEMPTS = {
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '10m',
  // Without a training worker this check fails before the next is due, and says that nobody took it.
  scheduleToStartTimeout: '50m',
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 10 },
} as const;

export async function driftMonitor(input: DriftMonitorInput): Promise<DriftVerdict> {
  const { checkDrift } = proxyActivities<DriftActivities>({ ...ATTEMPTS, heartbeatTimeout: '10s' });
  const { askForRetraining } = proxyActivities<DriftActivities>(ATTEMPTS);
  const verdict = await checkDrift(input);
  for (const trigger of verdict.triggers) {
    log.warn('drift alarm', { ...trigger });
    await askForRetraining(trigger);
  }
  return verdict;
}
