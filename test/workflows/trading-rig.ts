/** A real development server with the real workers, and a scripted broker behind the activities. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import { WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createBrokerActivities } from '../../src/activities/broker-activities';
import { BrokerEventRouter } from '../../src/activities/broker-event-router';
import { startSession } from '../../src/client/session-start';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { TRADING_QUEUE, brokerQueue, orderWorkflowId } from '../../src/domain/ids';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes';
import type { HaltEvent } from '../../src/workflows/audit-sink';
import * as messages from '../../src/workflows/messages';
import type { OrderBook } from '../../src/domain/order-book';
import type { ProposalAnswer, ProposalBatch } from '../../src/domain/proposals';
import type { SessionSnapshot } from '../../src/domain/session-snapshot';
import { ScriptedBroker } from './scripted-broker';

export const temporalCli = (): string =>
  process.env.OMEGA_TEMPORAL_CLI ?? join(homedir(), '.cache', 'omega', 'temporal-1.5.1', 'temporal');

/** Ten times quieter than the default: a failing test should show the failure, not the worker's life story. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** The workflows as the processes load them; making the bundle takes seconds, so the build before the tests does it once. */
export const BUNDLE = { codePath: join(__dirname, '../../dist/workflow-bundle.js') } as const;

/** Tasks are handed on without delay, and a timer fires within 20 ms of its time instead of a second. */
export const PROMPT_SERVER = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="20ms"',
] as const;

export function devServer(dynamicConfig: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: temporalCli() },
      searchAttributes: [...SEARCH_ATTRIBUTES],
      extraArgs: [
        '--sqlite-pragma=journal_mode=WAL',
        '--sqlite-pragma=synchronous=NORMAL',
        ...[...PROMPT_SERVER, 'system.enableActivityEagerExecution=true', ...dynamicConfig].flatMap((value) => [
          '--dynamic-config-value',
          value,
        ]),
      ],
    },
  });
}

/** A worker that can be stopped and started: what a trader that dies and comes back is to the server. */
class Restartable {
  private running: { readonly worker: Worker; readonly run: Promise<void> } | null = null;

  constructor(private readonly create: () => Promise<Worker>) {}

  async start(): Promise<void> {
    const worker = await this.create();
    this.running = { worker, run: worker.run() };
  }

  async stop(): Promise<void> {
    this.running?.worker.shutdown();
    await this.running?.run;
    this.running = null;
  }
}

export interface Rig {
  readonly account: string;
  /** Of the Temporal server. */
  readonly address: string;
  readonly client: Client;
  readonly nativeConnection: NativeConnection;
  readonly broker: ScriptedBroker;
  readonly session: WorkflowHandle;
  /** Workflows of all accounts. */
  readonly trading: Restartable;
  readonly brokerWorker: Restartable;
  snapshot(): Promise<SessionSnapshot>;
  /** Polls the session's snapshot until it satisfies the condition; throws with the last one after 15 seconds. */
  until(what: string, holds: (snapshot: SessionSnapshot) => boolean): Promise<SessionSnapshot>;
  settled(): Promise<SessionSnapshot>;
  book(key: string): Promise<OrderBook>;
  stop(): Promise<void>;
}

/** Session of one account with a scripted broker behind its activities. */
async function openRig(env: TestWorkflowEnvironment, trading: Restartable, account: string): Promise<Rig> {
  const { client } = env;
  const broker = new ScriptedBroker();
  broker.now = OPEN;
  const brokerWorker = new Restartable(() =>
    Worker.create({
      connection: env.nativeConnection,
      taskQueue: brokerQueue(account),
      activities: createBrokerActivities({ broker }),
    }),
  );
  await brokerWorker.start();
  const session = await startSession(client, { account, settings: { limits: DEFAULT_CONFIG.limits, mode: 'trading' } });
  const router = new BrokerEventRouter({
    client,
    account,
    broker,
    log: () => undefined,
    absentRetryMs: [20, 50, 100, 200, 400],
  });
  const rig: Rig = {
    account,
    address: env.address,
    client,
    nativeConnection: env.nativeConnection,
    broker,
    session,
    trading,
    brokerWorker,
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
    book: (key) => client.workflow.getHandle(orderWorkflowId(key)).query(messages.orderBook),
    async stop() {
      // Until nothing of it is under way: a call that is repeated on a closed connection fails the suite.
      await router.stop(10_000);
      const { orders } = await rig.snapshot();
      const ids = orders.map(({ key }) => orderWorkflowId(key));
      // Orders first: one that outlives its session keeps looking for it.
      for (const id of [...ids, session.workflowId]) {
        await client.workflow
          .getHandle(id)
          .terminate('test is over')
          .catch(() => undefined);
      }
      await brokerWorker.stop();
    },
  };
  return rig;
}

/** Halts told by sessions of this suite, in order. */
export const toldHalts: HaltEvent[] = [];
export const INERT_SINKS = {
  failPoints: { reached: { fn: () => undefined, callDuringReplay: false } },
  audit: { halted: { fn: (_info: unknown, event: HaltEvent) => void toldHalts.push(event), callDuringReplay: false } },
};
/** 2013-10-09 14:30 UTC, regular hours in Chicago and New York. */
export const OPEN = Date.UTC(2013, 9, 9, 14, 30);
export const TRADE_DATE = '2013-10-09';

/** One server and one workflow worker for the suite, an account of its own for every test. */
export function useTradingRig(dynamicConfig: readonly string[] = []): () => Promise<Rig> {
  let env: TestWorkflowEnvironment;
  let trading: Restartable;
  const rigs: Rig[] = [];
  let accounts = 0;
  beforeAll(async () => {
    quietRuntime();
    env = await devServer(dynamicConfig);
    trading = new Restartable(() =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue: TRADING_QUEUE,
        workflowBundle: BUNDLE,
        sinks: INERT_SINKS,
        stickyQueueScheduleToStartTimeout: '1s',
      }),
    );
    await trading.start();
  });
  afterEach(async () => {
    await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
  });
  afterAll(async () => {
    await trading.stop();
    await env.teardown();
  });
  return async () => {
    accounts += 1;
    const rig = await openRig(env, trading, `DEMO10000${String(accounts).padStart(2, '0')}`);
    rigs.push(rig);
    await openDay(rig);
    return rig;
  };
}

/** As the feed proposes: a call that the server gives up on (a run that just continues as new) is made again. */
export async function propose(rig: Rig, proposed: ProposalBatch): Promise<readonly ProposalAnswer[]> {
  for (;;) {
    try {
      return await rig.session.executeUpdate(messages.proposeOrders, { args: [proposed] });
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) throw error;
    }
  }
}

/** Answers of a batch that the validator refused whole. */
export async function refusedAnswers(rig: Rig, proposed: ProposalBatch): Promise<readonly ProposalAnswer[]> {
  const error: unknown = await propose(rig, proposed).catch((caught: unknown) => caught);
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) {
    throw new Error(`not refused: ${JSON.stringify(error)}`);
  }
  return error.cause.details?.[0] as readonly ProposalAnswer[];
}

export async function openDay(rig: Rig): Promise<void> {
  await rig.session.signal(messages.tradeDateOpened, {
    tradeDate: TRADE_DATE,
    netLiquidation: 100_000,
    marketTime: OPEN,
  });
}
