/**
 * The trader process: workflows on `trading`, the guard with the one trading socket, order activities on `broker/<account>`.
 * Invariants: 1. orders are taken only while the socket is accepted and synced; 2. what the guard hears reaches the workflows in order;
 * 3. ending lets placements in flight finish, and cuts nothing that was written.
 */
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createBrokerActivities } from '../activities/broker-activities';
import { BrokerEventRouter } from '../activities/broker-event-router';
import { watchFeed } from '../activities/dead-feed-watch';
import { failPoint, type FailPoint } from '../broker/fail-point';
import { createTradingGuard, type TradingGuard } from '../broker/guard';
import { ensureSearchAttributes } from '../client/search-attribute-setup';
import { startSession } from '../client/session-start';
import type { Config, Permissions } from '../config/config';
import { TRADING_QUEUE, brokerQueue } from '../domain/ids';
import type { SessionSnapshot } from '../domain/session-snapshot';
import type { FailPointSinks } from '../workflows/fail-points';
import { BrokerLease } from './broker-lease';
import type { ProcessLink } from './process-link';
import { WorkerStartError, connectTemporal, workerTuning, workflowBundle, type TemporalLink } from './temporal';

const ROUTER_PATIENCE_MS = 2_000;
const FEED_CHECK_MS = 5_000;

/** What the session may do under these permissions. */
export function sessionMode(permissions: Permissions): SessionSnapshot['mode'] {
  if (permissions.learningOnly) return 'learning-only';
  const mayOrder = permissions.enableOrderExec && permissions.allowOrders && !permissions.dryRun;
  return mayOrder ? 'trading' : 'dry-run';
}

/** Runs until the process is asked to end, or the workflow worker fails. Throws WorkerStartError on what the user can mend. */
export async function runTrader(config: Config, link: ProcessLink, log: Logger): Promise<void> {
  const { account } = config.broker;
  if (account === null) throw new WorkerStartError('IBKR_ACCOUNT names no account: set it to the account to trade');
  const bundle = workflowBundle();
  const temporal = await connectTemporal(config.temporal, log);
  await registerAttributes(temporal, config);
  const worker = await Worker.create({
    ...workerTuning,
    connection: temporal.native,
    namespace: config.temporal.namespace,
    taskQueue: TRADING_QUEUE,
    workflowBundle: bundle,
    sinks: failPointSinks,
  });
  const running = worker.run();
  await startSession(temporal.client, {
    account,
    settings: { limits: config.limits, mode: sessionMode(config.permissions) },
  });
  const guard = createTradingGuard(config, { stateDir: config.stateDir, logger: log });
  const stopBroker = serveBroker(config, account, guard, temporal, link, log);
  link.report({ type: 'ready', role: 'trader', pid: process.pid });
  log.info({ account, mode: sessionMode(config.permissions) }, 'trader is ready');
  const reason = await Promise.race([link.ended, running.then(() => 'the workflow worker ended')]);
  log.info({ reason }, 'trader ends');
  await stopBroker();
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await temporal.close();
}

async function registerAttributes({ connection }: TemporalLink, { temporal }: Config): Promise<void> {
  try {
    await ensureSearchAttributes(connection, temporal.namespace);
  } catch (error) {
    throw new WorkerStartError(
      `the Temporal server at ${temporal.address} has no search attributes of ours and lets us add none (${String(error)}): add OmegaInstrument, OmegaSide, OmegaState and OmegaMode as keywords to namespace ${temporal.namespace}`,
    );
  }
}

/** Connects guard, router and lease; returns what ends them in order. */
function serveBroker(
  config: Config,
  account: string,
  guard: TradingGuard,
  temporal: TemporalLink,
  link: ProcessLink,
  log: Logger,
): () => Promise<void> {
  const router = new BrokerEventRouter({
    client: temporal.client,
    account,
    broker: guard,
    log: (text, fields) => log.warn(fields, text),
  });
  const lease = new BrokerLease(
    guard,
    {
      ...workerTuning,
      connection: temporal.native,
      namespace: config.temporal.namespace,
      taskQueue: brokerQueue(account),
      activities: createBrokerActivities({ broker: guard }),
    },
    log,
  );
  guard.onConnection(({ phase, reason }) => link.report({ type: 'broker-connection', phase, reason }));
  const stopWatching = watchFeed({
    client: temporal.client,
    account,
    deadAfterMs: config.trading.deadFeedSeconds * 1_000,
    checkEveryMs: FEED_CHECK_MS,
    action: config.trading.deadFeedAction,
    alert: (text) => {
      log.error({ account }, text);
      link.report({ type: 'alert', text, marketTime: guard.marketTime() });
    },
    onCheckFailed: (error) => log.warn({ error }, 'the feed could not be checked'),
  });
  guard.start();
  return async () => {
    stopWatching();
    await lease.end();
    await router.stop(ROUTER_PATIENCE_MS);
    guard.stop();
  };
}

const failPointSinks = {
  failPoints: { reached: { fn: (_info: unknown, name: FailPoint) => failPoint(name), callDuringReplay: false } },
} satisfies Record<keyof FailPointSinks, unknown>;
