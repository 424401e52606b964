/** A real development server with the real workers, and a scripted broker behind the activities. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  Runtime,
  Worker,
  bundleWorkflowCode,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createBrokerActivities } from '../../src/activities/broker-activities';
import { BrokerEventRouter } from '../../src/activities/broker-event-router';
import { startSession } from '../../src/client/session-start';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { TRADING_QUEUE, brokerQueue } from '../../src/domain/ids';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes';
import * as messages from '../../src/workflows/messages';
import type { SessionSnapshot } from '../../src/domain/session-snapshot';
import { ScriptedBroker } from './scripted-broker';

export const ACCOUNT = 'DEMO1000001';
export const temporalCli = (): string =>
  process.env.OMEGA_TEMPORAL_CLI ?? join(homedir(), '.cache', 'omega', 'temporal-1.5.1', 'temporal');

/** Ten times quieter than the default: a failing test should show the failure, not the worker's life story. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

export const bundle = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index.ts'),
    logger: new DefaultLogger('ERROR'),
  });

export function devServer(dynamicConfig: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: temporalCli() },
      searchAttributes: [...SEARCH_ATTRIBUTES],
      extraArgs: [
        '--sqlite-pragma=journal_mode=WAL',
        '--sqlite-pragma=synchronous=NORMAL',
        ...[
          'history.transferProcessorMaxPollRPS=2000',
          'system.enableActivityEagerExecution=true',
          ...dynamicConfig,
        ].flatMap((value) => ['--dynamic-config-value', value]),
      ],
    },
  });
}

export interface Rig {
  readonly account: string;
  readonly client: Client;
  readonly broker: ScriptedBroker;
  readonly session: WorkflowHandle;
  readonly router: BrokerEventRouter;
  startWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  snapshot(): Promise<SessionSnapshot>;
  /** Polls the session's snapshot until it satisfies the condition; throws with the last one after ten seconds. */
  until(what: string, holds: (snapshot: SessionSnapshot) => boolean): Promise<SessionSnapshot>;
  settled(): Promise<SessionSnapshot>;
  stop(): Promise<void>;
}

/** Session of one account with its workers; each test takes an account of its own. */
export async function openRig(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundleWithSourceMap,
  account: string,
): Promise<Rig> {
  const broker = new ScriptedBroker();
  broker.now = OPEN;
  const tradingQueue = TRADING_QUEUE;
  let workers: { worker: Worker; run: Promise<void> }[] = [];
  const client = env.client;
  const session = await startSession(client, {
    account,
    settings: { limits: DEFAULT_CONFIG.limits, mode: 'trading' },
  });
  const router = new BrokerEventRouter({ client, account, broker, log: () => undefined });
  const rig: Rig = {
    account,
    client,
    broker,
    session,
    router,
    async startWorkers() {
      const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
      const created = await Promise.all([
        Worker.create({ ...common, taskQueue: tradingQueue, workflowBundle, sinks: INERT_SINKS }),
        Worker.create({ ...common, taskQueue: brokerQueue(account), activities: createBrokerActivities({ broker }) }),
      ]);
      workers = created.map((worker) => ({ worker, run: worker.run() }));
    },
    async stopWorkers() {
      for (const { worker } of workers) worker.shutdown();
      await Promise.all(workers.map(({ run }) => run));
      workers = [];
    },
    snapshot: () => session.query(messages.snapshot),
    async until(what, holds) {
      const deadline = Date.now() + 15_000;
      for (;;) {
        const snapshot = await rig.snapshot();
        if (holds(snapshot)) return snapshot;
        if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${JSON.stringify(snapshot, null, 1)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    settled: () => rig.until('a settled session', (snapshot) => snapshot.settled),
    async stop() {
      await router.stop(1_000);
      await session.terminate('test is over').catch(() => undefined);
      await rig.stopWorkers();
    },
  };
  await rig.startWorkers();
  return rig;
}

export const INERT_SINKS = { failPoints: { reached: { fn: () => undefined, callDuringReplay: false } } };
/** 2013-10-09 14:30 UTC, regular hours in Chicago and New York. */
export const OPEN = Date.UTC(2013, 9, 9, 14, 30);
export const TRADE_DATE = '2013-10-09';

export async function openDay(rig: Rig): Promise<void> {
  await rig.session.signal(messages.tradeDateOpened, {
    tradeDate: TRADE_DATE,
    netLiquidation: 100_000,
    marketTime: OPEN,
  });
}
