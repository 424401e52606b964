/**
 * Macro series, flows and sentiment as their providers release them (requirement C7), read every hour by its schedule. What is stored is
 * the store's to know, so a run is short and one that dies costs one series.
 */
import { ApplicationFailure, log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { DATA_QUEUE } from '../domain/ids';
import { readOutside } from '../domain/outside-ingestion';
import type { OutsideActivities, OutsideIngestionResult } from '../domain/outside-ingestion';
import { failureSentence } from './failure-sentence';

export async function outsideIngestion(): Promise<OutsideIngestionResult> {
  const { outsideSeries, fetchOutsideSeries } = proxyActivities<OutsideActivities>({
    taskQueue: DATA_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '5s',
    scheduleToCloseTimeout: '30m',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  const plan = await outsideSeries();
  for (const { why } of plan.skipped) log.info(why);
  const result = await readOutside(plan, fetchOutsideSeries, failureSentence);
  setCurrentDetails(
    result.results
      .map(({ provider, series, added, failed }) => `${provider}/${series}: ${failed ?? `${added} new`}`)
      .join('\n'),
  );
  if (result.results.length > 0 && result.results.every(({ failed }) => failed !== null))
    throw ApplicationFailure.nonRetryable(result.results.map(({ failed }) => failed).join(' '), 'NO_PROVIDER_ANSWERS');
  return result;
}
