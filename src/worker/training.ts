/**
 * The training process: on `learning` the workflows of the learning half with their quick activities, on `training` what takes minutes, on
 * `data` what asks providers: news, the broker's history.
 * Any number of them may run; what one leaves unfinished another goes on with.
 * Invariant: two fits at a time, each in a thread of its own: the event loop stays free for heartbeats, and memory below 2 GB.
 */
import { Worker } from '@temporalio/worker';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createDriftActivities } from '../activities/drift-activities';
import { createOutsideActivities } from '../activities/outside-activities';
import { createHistoryExportActivities } from '../activities/history-export-activities';
import { historySpacing } from '../activities/history-request-spacing';
import { createNewsActivities } from '../activities/news-activities';
import { createRebalanceActivities } from '../activities/rebalance-activities';
import { brokerLook } from '../activities/rebalance-broker';
import { providedSchema } from '../activities/open-outside';
import { createReviewActivities } from '../activities/review-activities';
import { createSearchActivities } from '../activities/search-activities';
import { createTrainingActivities } from '../activities/training-activities';
import { createDataConnection } from '../broker/data-connection';
import { startRetraining } from '../client/retraining';
import { ensureSearchAttributes } from '../client/search-attribute-setup';
import type { Config } from '../config/config';
import { DATA_QUEUE, LEARNING_QUEUE, TRAINING_QUEUE, runIdOf } from '../domain/ids';
import type { RetrainingTrigger } from '../domain/retraining';
import { configuredSchema } from '../features/configured-schema';
import { FeatureError } from '../features/feature-error';
import type { FeatureSchema } from '../features/schema';
import { FAMILY_NAMES } from '../learning/families/families';
import { openBarStore, type BarStore } from '../market-data/bar-store/bar-store';
import { openBarProviders } from '../market-data/providers/open-bar-providers';
import { openIngestion } from '../news/open-ingestion';
import { openNewsScoring } from '../news/scoring/score-stored';
import type { ObjectStore } from '../storage/object-store';
import { openStore } from '../storage/open-store';
import type { ProcessLink } from './process-link';
import { WorkerStartError, connectTemporal, workerTuning, workflowBundle, type TemporalLink } from './temporal';

const FITS_AT_A_TIME = 2;
/** Fits end with the process; the next attempt goes on after the last stored one. */
const GRACE = '1 s';
const PACKAGE_ROOT = join(__dirname, '..', '..');

/** Runs until the process is asked to end. Throws WorkerStartError on what the user can mend. */
export async function runTraining(config: Config, link: ProcessLink, log: Logger): Promise<void> {
  const store = await openStore(config.storage);
  const temporal = await connectTemporal(config.temporal, log);
  await ensureSearchAttributes(temporal.connection, config.temporal.namespace);
  const shared = {
    ...workerTuning,
    shutdownGraceTime: GRACE,
    connection: temporal.native,
    namespace: config.temporal.namespace,
  } as const;
  const dataFolder = join(PACKAGE_ROOT, 'data');
  const outside = { data: config.data, news: config.news, dataFolder };
  const { schema, absent } = await providedSchema(schemaToFit(config), config.trading.instruments, store, outside);
  for (const why of absent) log.warn(why);
  const learning = await Worker.create({
    ...shared,
    taskQueue: LEARNING_QUEUE,
    workflowBundle: workflowBundle(),
    activities: {
      ...createReviewActivities({
        store,
        seed: config.seed,
        alert: (text) => {
          log.error(text);
          link.report({ type: 'alert', text, marketTime: null });
        },
      }),
    },
  });
  const training = await Worker.create({
    ...shared,
    taskQueue: TRAINING_QUEUE,
    maxConcurrentActivityTaskExecutions: FITS_AT_A_TIME,
    activities: {
      ...driftActivities(config, temporal),
      ...createSearchActivities({
        storage: config.storage,
        store,
        dataFolder,
        features: config.features,
        outside,
      }),
      ...createTrainingActivities({
        config: { storage: config.storage, trading: config.trading, limits: config.limits },
        schema,
        codeVersion: codeVersion(),
        dataFolder,
        outside,
      }),
    },
  });
  const history = historyExports(config, store);
  const data = await Worker.create({
    ...shared,
    taskQueue: DATA_QUEUE,
    workflowBundle: workflowBundle(),
    activities: {
      ...newsActivities(config, store, dataFolder, log),
      ...createOutsideActivities({ ...config, store, env: process.env, now: () => Date.now() }),
      ...rebalanceActivities(config, store, temporal),
      ...history.activities,
    },
  });
  const workers = [learning, training, data];
  const running = Promise.all(workers.map((worker) => worker.run()));
  link.report({ type: 'ready', role: 'training', pid: process.pid });
  log.info({ taskQueues: [LEARNING_QUEUE, TRAINING_QUEUE, DATA_QUEUE] }, 'training process is ready');
  const reason = await Promise.race([link.ended, running.then(() => 'a worker ended')]);
  log.info({ reason }, 'training process ends');
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await history.close();
  await temporal.close();
}

/** The export of the broker's history, over a data connection that is opened when one is asked for. */
function historyExports({ broker, data: { providers }, stateDir }: Config, store: ObjectStore) {
  let opened: Promise<BarStore> | null = null;
  const { activities, close } = createHistoryExportActivities({
    bars: () => (opened ??= openBarStore(store, providers === null ? {} : { precedence: providers })),
    openPort: () => createDataConnection(broker, { historyAdmission: historySpacing(stateDir) }),
    now: () => Date.now(),
  });
  return {
    activities,
    close: async () => {
      await close();
      await (await opened)?.close();
    },
  };
}

/** The weekly rebalance's, over the daily bars here. */
const rebalanceActivities = (
  { broker, rebalance, data, stateDir }: Config,
  store: ObjectStore,
  { client }: TemporalLink,
) =>
  createRebalanceActivities({
    client,
    store,
    settings: rebalance,
    dataFolder: join(PACKAGE_ROOT, 'data'),
    providers: () =>
      openBarProviders({ data, stateDir, env: process.env, sampleFolder: join(PACKAGE_ROOT, 'data') }).providers,
    withBroker: brokerLook(broker),
  });

/** The drift monitor's; a retraining that it asks for is of the configured instruments, of every family, on the recorded days here. */
const driftActivities = ({ storage, stateDir, seed, trading }: Config, { client }: TemporalLink) =>
  createDriftActivities({
    storage,
    stateDir,
    seed,
    dataFolder: join(PACKAGE_ROOT, 'data'),
    startRetraining: (trigger: RetrainingTrigger) =>
      startRetraining(client, {
        trigger,
        request: {
          runId: runIdOf(Date.now()),
          days: null,
          instruments: trading.instruments,
          families: FAMILY_NAMES,
          seed,
          dataFolder: null,
        },
      }),
  });

/** What retrainings fit. Throws WorkerStartError that names each setting that is wrong. */
function schemaToFit({ features }: Config): FeatureSchema {
  try {
    return configuredSchema(features);
  } catch (error) {
    if (error instanceof FeatureError) throw new WorkerStartError(error.message);
    throw error;
  }
}

function newsActivities(config: Config, store: ObjectStore, dataFolder: string, log: Logger) {
  const place = { config, store, dataFolder, env: process.env, now: () => Date.now() };
  return createNewsActivities({
    ingestion: () => openIngestion(place),
    pagesPerRun: config.news.pagesPerRun,
    scoring: () => openNewsScoring(place),
    now: place.now,
    say: (why) => log.info(`News keeps the lexicon's scores: ${why}`),
  });
}

const codeVersion = (): string =>
  (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { readonly version: string }).version;
