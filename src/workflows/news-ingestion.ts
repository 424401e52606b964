/**
 * One reading of all news sources, begun every few minutes by its schedule (requirement D1). How far each source is read is the store's to
 * know (news/source-states.ts says why), so each run is short and a run that dies costs one page.
 * When something new was stored, the language model is asked about it.
 * Invariant: one source after another: a story that two of them bring is known when the second one is read.
 */
import {
  ApplicationFailure,
  isCancellation,
  log,
  patched,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { DATA_QUEUE } from '../domain/ids';
import { readSource } from '../domain/news-ingestion';
import type {
  NewsActivities,
  NewsIngestionInput,
  NewsIngestionResult,
  NewsScored,
  SourceResult,
} from '../domain/news-ingestion';
import { failureSentence } from './failure-sentence';

export async function newsIngestion(input: NewsIngestionInput): Promise<NewsIngestionResult> {
  // A worker that dies is noticed by its heartbeat and the page asked for again; no number of deaths gives it up before the time is over.
  const { newsSources, ingestNewsPage } = proxyActivities<NewsActivities>({
    taskQueue: DATA_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '3s',
    scheduleToCloseTimeout: '30m',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  const { ready, skipped, pagesPerRun } = await newsSources(input);
  for (const { why } of skipped) log.info(why);
  const results: SourceResult[] = [];
  for (const source of ready) {
    const result = await readSource(source, pagesPerRun, ingestNewsPage, failureSentence);
    if (result.failed !== null) log.warn('news source failed', { source, why: result.failed });
    results.push(result);
    setCurrentDetails(
      results.map(({ source: name, stored, failed }) => `${name}: ${failed ?? `${stored} new`}`).join('\n'),
    );
  }
  if (results.length > 0 && results.every(({ failed }) => failed !== null))
    throw ApplicationFailure.nonRetryable(results.map(({ failed }) => failed).join(' '), 'NO_SOURCE_ANSWERS');
  const anyNew = results.some(({ stored }) => stored > 0);
  // Runs that began before articles were scored here replay without.
  if (!anyNew || !patched('scores-new-articles')) return { results, skipped };
  return { results, skipped, scoring: await scored() };
}

/** The articles are stored: whatever becomes of their scores, the run has done its work. */
async function scored(): Promise<NewsScored> {
  const { scoreNews } = proxyActivities<NewsActivities>({
    taskQueue: DATA_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '3s',
    scheduleToCloseTimeout: '15m',
    retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 3 },
  });
  try {
    return await scoreNews();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = error instanceof ActivityFailure ? (error.cause?.message ?? error.message) : String(error);
    log.warn('new articles were not scored', { why });
    return { scored: 0, spread: 0, why };
  }
}
