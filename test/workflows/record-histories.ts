/** Writes test/histories anew: `npx jest --testMatch '<rootDir>/test/workflows/record-*histories.ts'`. Not part of the suite. */
import { Worker } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';
import type { outsideIngestion } from '../../src/workflows/outside-ingestion';
import type { MarketActivities } from '../../src/workflows/activity-types';
import { searchWorkflowId, startSearch } from '../../src/client/search-start';
import { historyExportWorkflowId, startHistoryExport } from '../../src/client/history-export-start';
import { startFeed } from '../../src/client/session-start';
import { innerFoldsOf } from '../../src/domain/hyperparameter-search';
import type { SearchRequest, SearchSteps } from '../../src/domain/hyperparameter-search';
import { driftMonitorWorkflowId } from '../../src/domain/drift-monitor';
import type { DriftActivities } from '../../src/domain/drift-monitor';
import { stockOf } from '../../src/domain/contracts';
import type { ExportSeries, HistoryExportActivities, HistoryExportRequest } from '../../src/domain/history-export';
import {
  DATA_QUEUE,
  LEARNING_QUEUE,
  marketFeedWorkflowId,
  marketQueue,
  orderWorkflowId,
  TRAINING_QUEUE,
} from '../../src/domain/ids';
import { NEWS_INGESTION_WORKFLOW_ID } from '../../src/domain/news-ingestion';
import type { NewsActivities } from '../../src/domain/news-ingestion';
import { OUTSIDE_INGESTION_WORKFLOW_ID } from '../../src/domain/outside-ingestion';
import type { OutsideActivities, OutsideIngestionResult } from '../../src/domain/outside-ingestion';
import * as messages from '../../src/workflows/messages';
import { placeStockOrder } from '../../src/client/place-stock-order';
import { stockLeg } from '../stocks';
import { batch, entry, exit } from './proposals';
import { newObservedRun } from '../../src/learning/observed-run';
import { writeObservedRun } from '../../src/learning/observed-run-store';
import { readReviewLog } from '../../src/storage/review-log';
import { championWatchWorkflowId } from '../../src/domain/retraining';
import type { RetrainingTrigger } from '../../src/domain/retraining';
import { INSUFFICIENT, RetrainingRig } from './retraining-rig';
import { saveHistory } from './save-history';
import { OPEN, TRADE_DATE, BUNDLE, devServer, propose, useTradingRig } from './trading-rig';

const MINUTE = 60_000;
const newRig = useTradingRig();

test('a day with an entry, an exit, an unknown outcome and a halt', async () => {
  const rig = await newRig();
  await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  await rig.until(
    'the exit',
    ({ contexts, positions }) => positions.length === 0 && contexts.ES?.exitPending === false,
  );
  rig.broker.script = ['lost-unanswered', 'fill'];
  await propose(rig, batch(OPEN + 2 * MINUTE, [entry(rig.account, 'GC', OPEN + 2 * MINUTE)]));
  await rig.until('the second entry', ({ day, settled }) => day.executions === 3 && settled);
  await rig.session.signal(messages.equity, { marketTime: OPEN, netLiquidation: 97_000, cause: 'limit-100' });
  const { orders } = await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  await rig.session.executeUpdate(messages.liftHalt, { args: [{ by: 'A. Trader', why: 'positions checked' }] });
  const { runId } = await rig.session.describe();
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: TRADE_DATE, marketTime: OPEN + 60 * MINUTE });
  await rig.until('the close', ({ tradeDate }) => tradeDate === null);
  await Promise.all(orders.map(({ key }) => rig.client.workflow.getHandle(orderWorkflowId(key)).result()));
  await saveHistory(rig, 'tradingSession.halted-day', rig.session.workflowId, runId);
  await saveHistory(rig, 'order.round-trip', orderWorkflowId(orders[0].key));
  await saveHistory(rig, 'order.reduction', orderWorkflowId(orders[1].key));
  await saveHistory(rig, 'order.unknown', orderWorkflowId(orders[2].key));
});

test('two legs of a rebalance, one of them sold again', async () => {
  const rig = await newRig();
  await rig.session.signal(messages.brokerConnected, { epoch: 1, nextValidId: 1, positions: [] });
  const times = { decidedAt: OPEN, expiresAt: OPEN + MINUTE };
  const legs = [stockLeg('KO', 0, times), stockLeg('PFE', 1, times)];
  for (const leg of legs) await placeStockOrder(rig.client, rig.account, leg);
  await rig.until('two fills', ({ day, settled }) => day.executions === 2 && settled);
  await placeStockOrder(rig.client, rig.account, stockLeg('KO', 2, { ...times, side: 'sell' }));
  const { orders } = await rig.until('the sale', ({ day, settled }) => day.executions === 3 && settled);
  const { runId } = await rig.session.describe();
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: TRADE_DATE, marketTime: OPEN + 60 * MINUTE });
  await rig.until('the close', ({ tradeDate }) => tradeDate === null);
  await Promise.all(orders.map(({ key }) => rig.client.workflow.getHandle(orderWorkflowId(key)).result()));
  await saveHistory(rig, 'tradingSession.rebalance', rig.session.workflowId, runId);
  await saveHistory(rig, 'order.stock', orderWorkflowId(orders[0].key));
});

test('a feed of one trade date', async () => {
  const rig = await newRig();
  const activities: MarketActivities = {
    runMarket: async () => ({ tradeDate: TRADE_DATE, marketTime: OPEN }),
  };
  const worker = await Worker.create({
    connection: rig.nativeConnection,
    taskQueue: marketQueue(rig.account),
    activities: { ...activities },
  });
  await worker.runUntil(async () => {
    const feed = await startFeed(rig.client, {
      account: rig.account,
      tradeDate: TRADE_DATE,
      model: { kind: 'none' },
      lockStep: true,
    });
    await feed.result();
  });
  await saveHistory(rig, 'marketFeed.lock-step', marketFeedWorkflowId(rig.account));
});

test('a retraining that ends with a promotion taken back, and one that the gates cannot judge', async () => {
  const env = await devServer();
  const rig = await RetrainingRig.open(env);
  try {
    const { handle, runId } = await rig.retrain('drift');
    await rig.until('shadowing');
    const shadow = { ...newObservedRun(runId, 'any'), decisions: 400, resolved: { count: 400, loss: 400 } };
    const [from, to] = [Date.parse('2013-10-09T22:00:00Z'), Date.parse('2013-10-10T20:59:00Z')];
    const dates = [{ tradeDate: '2013-10-10', from, to, decided: 1_380 }];
    await writeObservedRun(rig.store, 'shadow', { ...shadow, dates });
    await rig.until('awaiting-approval');
    await handle.executeUpdate(messages.reviewRun, {
      args: [{ runId, decision: 'approve', by: 'A. Trader', why: 'reads well' }],
    });
    await handle.result();
    await saveHistory(rig, 'retraining.promoted', handle.workflowId, (await handle.describe()).runId);
    const since = (await readReviewLog(rig.store)).review.lastChange?.at ?? '';
    await writeObservedRun(rig.store, 'champion', { ...newObservedRun(runId, since), notFinite: 1 });
    await rig.watch(runId).result();
    await saveHistory(rig, 'championWatch.breached', championWatchWorkflowId(runId));
    rig.script.gates = INSUFFICIENT;
    const second = await rig.retrain('by-hand');
    await second.handle.result();
    await saveHistory(rig, 'retraining.insufficient', second.handle.workflowId, (await second.handle.describe()).runId);
  } finally {
    await rig.close();
    await env.teardown();
  }
});

test('a drift check that alarms', async () => {
  const rig = await newRig();
  const connection = rig.nativeConnection;
  const trigger: RetrainingTrigger = {
    cause: 'drift',
    by: driftMonitorWorkflowId(rig.account),
    why: 'ES: 40 % drifted',
  };
  const why = [trigger.why];
  const activities: DriftActivities = {
    checkDrift: () =>
      Promise.resolve({
        runId: '20131009_220000',
        state: 'alarm',
        why,
        through: '2013-10-10T20:00:00.000Z',
        fresh: true,
        triggers: [trigger],
      }),
    askForRetraining: () => Promise.resolve(),
  };
  const training = await Worker.create({ connection, taskQueue: TRAINING_QUEUE, activities: { ...activities } });
  const learning = await Worker.create({ connection, taskQueue: LEARNING_QUEUE, workflowBundle: BUNDLE });
  const workflowId = driftMonitorWorkflowId(rig.account);
  await training.runUntil(
    learning.runUntil(
      rig.client.workflow.execute('driftMonitor', {
        workflowId,
        taskQueue: LEARNING_QUEUE,
        args: [{ account: rig.account }],
      }),
    ),
  );
  await saveHistory(rig, 'driftMonitor.alarm', workflowId);
});

test('a search of three trials', async () => {
  const rig = await newRig();
  const connection = rig.nativeConnection;
  const request: SearchRequest = {
    searchId: 'recorded',
    symbol: 'ES',
    days: null,
    family: 'ridge',
    trials: 3,
    seed: 1,
    windows: true,
  };
  const plan = { request, setHash: 'a'.repeat(64), rows: 1000, days: ['2013-10-09'] };
  const activities: SearchSteps = {
    prepareSearch: () => Promise.resolve(plan),
    runTrial: ({ trial, rung, scopes }) => {
      const folds = rung === 1 ? innerFoldsOf(1) : [...innerFoldsOf(1), ...innerFoldsOf(2)];
      const scores = scopes.flatMap((scope) => folds.map((fold) => ({ scope, fold, auc: 0.5 + trial / 100 })));
      return Promise.resolve({ trial, scores, failed: null });
    },
    judgeTrial: ({ trial, scope }) => Promise.resolve({ trial, scope, auc: 0.5, testRows: 300 }),
    finishSearch: () => Promise.resolve(),
  };
  const training = await Worker.create({ connection, taskQueue: TRAINING_QUEUE, activities: { ...activities } });
  const learning = await Worker.create({ connection, taskQueue: LEARNING_QUEUE, workflowBundle: BUNDLE });
  await training.runUntil(learning.runUntil(async () => (await startSearch(rig.client, request)).result()));
  await saveHistory(rig, 'hyperparameterSearch.three-trials', searchWorkflowId('recorded'));
});

const unscorable = () => Promise.reject(ApplicationFailure.nonRetryable('A line is no article.', 'CORRUPT'));
// newsIngestion.one-fails.json is of a version that scored nothing: it stays, and shows that such runs replay.
test.each<readonly [string, NewsActivities['scoreNews']]>([
  ['newsIngestion.scored', () => Promise.resolve({ scored: 2, spread: 1, why: null })],
  ['newsIngestion.unscored', unscorable],
])('a reading of two news sources: %s', async (name, scoreNews) => {
  const rig = await newRig();
  const page = { fetched: 3, stored: 2, duplicates: 1, amended: 1, rejected: 0, why: [], more: true };
  const activities: NewsActivities = {
    newsSources: () => Promise.resolve({ ready: ['marketaux', 'tiingo'], skipped: [], pagesPerRun: 2 }),
    ingestNewsPage: (source) => Promise.resolve({ ...page, source }),
    scoreNews,
  };
  const data = await Worker.create({
    connection: rig.nativeConnection,
    taskQueue: DATA_QUEUE,
    workflowBundle: BUNDLE,
    activities: { ...activities },
  });
  const run = { workflowId: NEWS_INGESTION_WORKFLOW_ID, taskQueue: DATA_QUEUE, args: [{ sources: null }] };
  await data.runUntil(rig.client.workflow.execute('newsIngestion', run));
  await saveHistory(rig, name, NEWS_INGESTION_WORKFLOW_ID);
});

test('a reading of two outside series, one of which is refused', async () => {
  const rig = await newRig();
  const ready = ['FEDFUNDS', 'DGS10'].map((series) => ({ provider: 'fred', series }));
  const activities: OutsideActivities = {
    outsideSeries: () =>
      Promise.resolve({ ready, skipped: [{ provider: 'etf-flows', why: 'ETF flows: skipped; name a file.' }] }),
    fetchOutsideSeries: (asked) =>
      asked.series === 'DGS10'
        ? Promise.reject(ApplicationFailure.nonRetryable('FRED: the key was refused.', 'UNAUTHORIZED'))
        : Promise.resolve({ ...asked, added: 3, rejected: 0, why: [] }),
  };
  const data = await Worker.create({
    connection: rig.nativeConnection,
    taskQueue: DATA_QUEUE,
    workflowBundle: BUNDLE,
    activities: { ...activities },
  });
  const options = { workflowId: OUTSIDE_INGESTION_WORKFLOW_ID, taskQueue: DATA_QUEUE };
  const result: OutsideIngestionResult = await data.runUntil(
    rig.client.workflow.execute<typeof outsideIngestion>('outsideIngestion', options),
  );
  expect(result.results.map(({ failed }) => failed)).toEqual([null, 'FRED: the key was refused.']);
  await saveHistory(rig, 'outsideIngestion.one-refused', OUTSIDE_INGESTION_WORKFLOW_ID);
});

test("an export of the broker's history in two chunks, one series given up", async () => {
  const rig = await newRig();
  const connection = rig.nativeConnection;
  const to = Date.parse('2013-10-11T20:00:00Z');
  const request: HistoryExportRequest = {
    instruments: ['ES', 'NONE'],
    whatToShow: ['TRADES'],
    interval: '1m',
    from: to - 40 * 24 * 60 * MINUTE,
    to,
  };
  const series = ['ES_201312', 'NONE'].map((contract): ExportSeries => {
    return { contract, asked: stockOf(0, contract), whatToShow: 'TRADES', interval: '1m' };
  });
  const activities: HistoryExportActivities = {
    planExport: () => Promise.resolve({ series, from: to - 40 * 24 * 60 * MINUTE, to }),
    exportChunk: ({ series: { contract }, from }) =>
      contract === 'NONE'
        ? Promise.reject(ApplicationFailure.nonRetryable('No security definition has been found.', 'REQUEST_REFUSED'))
        : Promise.resolve({ resumedFrom: from, requests: 10, added: 9_000, rejected: 0 }),
  };
  const data = await Worker.create({
    connection,
    taskQueue: DATA_QUEUE,
    workflowBundle: BUNDLE,
    activities: { ...activities },
  });
  await data.runUntil(async () => (await startHistoryExport(rig.client, request)).result());
  await saveHistory(rig, 'historyExport.two-chunks', historyExportWorkflowId(request));
});
