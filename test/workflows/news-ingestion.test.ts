/** News ingestion on the real server: a source that fails ends alone, none that answers is a failed run, a store that is away is waited for. */
import { WorkflowFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createNewsActivities } from '../../src/activities/news-activities';
import { applySchedules, plannedSchedules } from '../../src/client/schedules';
import { DATA_QUEUE } from '../../src/domain/ids';
import type { IngestedPage, NewsIngestionInput, NewsIngestionResult } from '../../src/domain/news-ingestion';
import { ProviderError } from '../../src/http/provider-error';
import type { Article } from '../../src/domain/article';
import type { NewsScoring, ScoringSpan } from '../../src/news/scoring/score-stored';
import type { NewsSource } from '../../src/news/sources/news-source';
import { StoreError } from '../../src/storage/object-store';
import { BUNDLE, devServer, quietRuntime } from './trading-rig';

const NOW = Date.parse('2026-11-21T12:00:00Z');
let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
/** What each source does next; an empty list is a page with one article and no more. */
let script: Readonly<Record<string, Error[]>> = {};
const asked: string[] = [];
let scoring: NewsScoring;
const said: string[] = [];
const unasked: NewsScoring = { model: null, why: 'Gemini: no key.', score: () => Promise.reject(new Error('asked')) };

const source = (name: NewsSource['name']): NewsSource => ({
  name,
  description: name,
  fetchPage: () => Promise.reject(new Error('not asked here')),
});
const page = (name: string): IngestedPage => ({
  source: name,
  fetched: 1,
  stored: 1,
  duplicates: 0,
  amended: 0,
  rejected: 0,
  why: [],
  more: false,
});

beforeAll(async () => {
  quietRuntime();
  env = await devServer();
  const activities = createNewsActivities({
    pagesPerRun: 3,
    // Opened once, so what a test puts there later is met, too.
    scoring: () => ({
      get model() {
        return scoring.model;
      },
      get why() {
        return scoring.why;
      },
      score: (span) => scoring.score(span),
    }),
    now: () => NOW,
    say: (why) => void said.push(why),
    ingestion: () =>
      Promise.resolve({
        sources: [source('marketaux'), source('tiingo')],
        skipped: [{ source: 'fnspid', why: 'fnspid is skipped.' }],
        ingest: (name) => {
          asked.push(name);
          const next = script[name]?.shift();
          return next === undefined ? Promise.resolve(page(name)) : Promise.reject(next);
        },
      }),
  });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: DATA_QUEUE,
    workflowBundle: BUNDLE,
    activities: { ...activities },
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
});
beforeEach(() => {
  asked.splice(0);
  scoring = unasked;
});

const ingest = (workflowId: string, input: NewsIngestionInput = { sources: null }): Promise<NewsIngestionResult> =>
  env.client.workflow.execute('newsIngestion', { workflowId, taskQueue: DATA_QUEUE, args: [input] });

const refused = (name: string): ProviderError =>
  new ProviderError('UNAUTHORIZED', name, `${name}: the key was refused.`);
const away = new StoreError('UNREACHABLE', 'The store is away.', null);

test('one source fails alone, a store that is away is asked again, sources come one after another', async () => {
  script = { marketaux: [refused('marketaux')], tiingo: [away] };
  expect(await ingest('one')).toMatchObject({
    results: [
      { source: 'marketaux', stored: 0, failed: 'marketaux: the key was refused.' },
      { source: 'tiingo', stored: 1, failed: null },
    ],
    skipped: [{ source: 'fnspid' }],
  });
  expect(asked).toEqual(['marketaux', 'tiingo', 'tiingo']);
  expect(await ingest('chosen', { sources: ['tiingo'] })).toMatchObject({
    results: [{ source: 'tiingo' }],
    skipped: [],
  });
}, 30_000);

test('what is new is scored afterwards; without a model that is said once, and a scorer that fails fails nothing', async () => {
  script = {};
  expect(await ingest('unscored')).toMatchObject({ scoring: { scored: 0, spread: 0, why: 'Gemini: no key.' } });
  expect(said).toEqual(['Gemini: no key.']);
  const spans: ScoringSpan[] = [];
  const article = {} as Article;
  const kept = { article, scores: [], indirect: [], why: null, by: 'language-model' } as const;
  const fallen = { ...kept, by: 'fallback', why: 'The budget of today is spent.' } as const;
  scoring = {
    model: 'gemini',
    why: null,
    score: (span) => (spans.push(span), Promise.resolve({ waiting: 2, outcomes: [kept, fallen] })),
  };
  expect(await ingest('scored')).toMatchObject({
    scoring: { scored: 1, spread: 0, why: 'The budget of today is spent.' },
  });
  expect(spans).toEqual([{ from: NOW - 3 * 86_400_000, to: NOW, count: 100 }]);
  scoring = { ...scoring, score: () => Promise.reject(new StoreError('CORRUPT', 'A line is no article.', null)) };
  const result = await ingest('unscorable');
  expect(result.results.map(({ stored }) => stored)).toEqual([1, 1]);
  expect(result.scoring).toEqual({ scored: 0, spread: 0, why: 'A line is no article.' });
  script = { marketaux: [refused('marketaux')] };
  expect(await ingest('nothing-new', { sources: ['marketaux'] }).catch(() => 'failed')).toBe('failed');
  expect(spans).toHaveLength(1);
}, 30_000);

test('when none answers the run fails with every sentence', async () => {
  script = { marketaux: [refused('marketaux')], tiingo: [refused('tiingo')] };
  const failure: unknown = await ingest('none').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect(failure).toMatchObject({
    cause: { type: 'NO_SOURCE_ANSWERS', message: 'marketaux: the key was refused. tiingo: the key was refused.' },
  });
}, 30_000);

test('its schedule begins it on the queue of the data', async () => {
  const planned = plannedSchedules({ account: 'DU1', newsMinutes: 5, rebalanceDay: 1, instruments: ['ES'] }).filter(
    ({ workflowType }) => workflowType === 'newsIngestion',
  );
  expect(planned).toMatchObject([{ everyMinutes: 5, taskQueue: DATA_QUEUE }]);
  await applySchedules(env.client, planned);
  script = {};
  await env.client.schedule.getHandle(planned[0].scheduleId).trigger();
  const deadline = Date.now() + 15_000;
  while (asked.length < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toEqual(['marketaux', 'tiingo']);
}, 30_000);
