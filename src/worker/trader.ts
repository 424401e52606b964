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
import { createTradingAudit, type TradingAudit } from '../activities/trading-audit';
import { failPoint, type FailPoint } from '../broker/fail-point';
import { createTradingGuard, type TradingGuard } from '../broker/guard';
import { ensureSearchAttributes } from '../client/search-attribute-setup';
import { startSession } from '../client/session-start';
import type { Config, Permissions } from '../config/config';
import { createRedactor } from '../config/secrets';
import { TRADING_QUEUE, brokerQueue } from '../domain/ids';
import type { SessionSnapshot } from '../domain/session-snapshot';
import { openAuditLog } from '../storage/audit-log';
import { readAuditDay } from '../storage/audit-reader';
import { openStore } from '../storage/open-store';
import type { AuditSinks, HaltEvent } from '../workflows/audit-sink';
import type { FailPointSinks } from '../workflows/fail-points';
import { BrokerLease } from './broker-lease';
import type { ProcessLink } from './process-link';
import { WorkerStartError, connectTemporal, workerTuning, workflowBundle, type TemporalLink } from './temporal';

const ROUTER_PATIENCE_MS = 2_000;
const FEED_CHECK_MS = 5_000;
const SEAL_EVERY_MS = 3_600_000;

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
  const store = await openStore(config.storage);
  const auditLog = await openAuditLog({
    stateDir: config.stateDir,
    writer: `trader-${account}`,
    redact: createRedactor(process.env),
    report: (problem) => log.warn(problem),
  });
  const audit = createTradingAudit({
    audit: auditLog,
    kept: async (tradeDate) => (await readAuditDay(store, config.stateDir, tradeDate)).entries,
  });
  const seal = async (): Promise<void> => {
    await auditLog
      .seal(store)
      .catch((error: unknown) => log.warn({ error }, 'audit spool not sealed, it stays on this disk'));
  };
  await seal();
  const sealing = setInterval(() => void seal(), SEAL_EVERY_MS);
  const temporal = await connectTemporal(config.temporal, log);
  await registerAttributes(temporal, config);
  const worker = await Worker.create({
    ...workerTuning,
    connection: temporal.native,
    namespace: config.temporal.namespace,
    taskQueue: TRADING_QUEUE,
    workflowBundle: bundle,
    sinks: { ...failPointSinks, ...haltSinks(audit, log) },
  });
  const running = worker.run();
  await startSession(temporal.client, {
    account,
    settings: { limits: config.limits, mode: sessionMode(config.permissions) },
  });
  const guard = createTradingGuard(config, {
    stateDir: config.stateDir,
    logger: log,
    recordSend: (intent, at) => audit.orderSent(intent, at),
  });
  const stopBroker = serveBroker({ config, account, guard, audit, temporal, link, log });
  link.report({ type: 'ready', role: 'trader', pid: process.pid });
  log.info({ account, mode: sessionMode(config.permissions) }, 'trader is ready');
  const reason = await Promise.race([link.ended, running.then(() => 'the workflow worker ended')]);
  log.info({ reason }, 'trader ends');
  await stopBroker();
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  clearInterval(sealing);
  await seal();
  await auditLog.close();
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

interface BrokerParts {
  readonly config: Config;
  readonly account: string;
  readonly guard: TradingGuard;
  readonly audit: TradingAudit;
  readonly temporal: TemporalLink;
  readonly link: ProcessLink;
  readonly log: Logger;
}

/** Connects guard, router and lease; returns what ends them in order. */
function serveBroker({ config, account, guard, audit, temporal, link, log }: BrokerParts): () => Promise<void> {
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
      activities: createBrokerActivities({
        broker: guard,
        onRefused: (intent, refusal) =>
          void audit
            .refused(intent, refusal, guard.marketTime() ?? intent.decidedAt)
            .catch((error: unknown) => log.error({ error, key: intent.key }, 'a refusal could not be recorded')),
      }),
    },
    log,
  );
  guard.onConnection(({ phase, reason }) => link.report({ type: 'broker-connection', phase, reason }));
  const stopWatching = watchFeed({
    client: temporal.client,
    account,
    marketTime: () => guard.marketTime(),
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

const haltSinks = (audit: TradingAudit, log: Logger) =>
  ({
    audit: {
      halted: {
        // Awaited before the task completes that dated the halt; failing it would hold up the session.
        fn: async (_info: unknown, event: HaltEvent) => {
          await audit
            .halted(event)
            .catch((error: unknown) => log.error({ error, event }, 'a halt could not be recorded'));
        },
        callDuringReplay: false,
      },
    },
  }) satisfies Record<keyof AuditSinks, unknown>;

const failPointSinks = {
  failPoints: { reached: { fn: (_info: unknown, name: FailPoint) => failPoint(name), callDuringReplay: false } },
} satisfies Record<keyof FailPointSinks, unknown>;
