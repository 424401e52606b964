/**
 * A stand for crash tests: Temporal server, paper gateway and trader as real processes over TCP, and a scripted proposer in their midst.
 * Each stand has a namespace, a gateway and an account of its own, so several run side by side on one server.
 */
import { Client, Connection, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orderWorkflowId, parseOrderRef, sessionWorkflowId } from '../../src/domain/ids';
import type { OrderLeg } from '../../src/domain/ids';
import type { OrderBook } from '../../src/domain/order-book';
import type { ProposalAnswer, ProposalBatch } from '../../src/domain/proposals';
import type { SessionSnapshot } from '../../src/domain/session-snapshot';
import * as messages from '../../src/workflows/messages';
import { searchAttributeFlags } from '../../src/workflows/search-attributes';
import { PROMPT_SERVER, temporalCli } from '../workflows/trading-rig';
import { ROOT, TestProcess, eventually, freePorts } from './processes';

export interface GatewayOrder {
  readonly orderRef: string;
  readonly orderId: number;
  readonly permId: number;
  readonly action: string;
  readonly quantity: number;
  readonly status: string;
  readonly filled: number;
  readonly stopPrice: number | null;
}

export interface GatewayPosition {
  readonly symbol: string;
  readonly quantity: number;
}

/** One development server for all stands of a suite, with a namespace for each. */
export class StandServer {
  private constructor(
    readonly address: string,
    private readonly server: TestProcess,
    private readonly folder: string,
  ) {}

  static async open(namespaces: readonly string[]): Promise<StandServer> {
    const folder = mkdtempSync(join(tmpdir(), 'omega-stand-'));
    const [port] = await freePorts(1);
    const server = new TestProcess({
      command: temporalCli(),
      args: [
        'server',
        'start-dev',
        '--headless',
        '--ip=127.0.0.1',
        `--port=${port}`,
        `--db-filename=${join(folder, 'temporal.db')}`,
        '--log-level=error',
        '--sqlite-pragma=journal_mode=WAL',
        '--sqlite-pragma=synchronous=FULL',
        ...PROMPT_SERVER.map((value) => `--dynamic-config-value=${value}`),
        ...namespaces.map((name) => `--namespace=${name}`),
        ...searchAttributeFlags(),
      ],
      logFile: join(folder, 'temporal.log'),
      ipc: false,
    });
    server.start();
    const address = `127.0.0.1:${port}`;
    await eventually('the Temporal server', async () => {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      await connection.close();
      return true;
    });
    return new StandServer(address, server, folder);
  }

  async close(): Promise<void> {
    await this.server.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface StandOptions {
  readonly server: StandServer;
  readonly namespace: string;
  readonly clock: string;
  /** Options of the gateway besides. */
  readonly gateway?: readonly string[];
}

export class TradingStand {
  private constructor(
    readonly account: string,
    readonly gateway: TestProcess,
    readonly trader: TestProcess,
    private readonly control: string,
    private readonly connection: Connection,
    readonly client: Client,
    readonly session: WorkflowHandle,
    private readonly folder: string,
    /** Of the gateway. */
    readonly port: number,
  ) {}

  static async open({ server, namespace, clock, gateway: options = [] }: StandOptions): Promise<TradingStand> {
    const folder = mkdtempSync(join(tmpdir(), 'omega-stand-'));
    const [port, controlPort] = await freePorts(2);
    const account = 'DEMO1000001';
    const gateway = new TestProcess({
      command: process.execPath,
      args: [
        join(ROOT, 'dist/paper-gateway/main.js'),
        ...['--port', String(port), '--control-port', String(controlPort), '--data', join(ROOT, 'data')],
        ...['--instruments', 'ES', '--clock', clock, '--speed', 'lockstep', '--state', join(folder, 'gateway')],
        ...['--account', account, '--exit-with-parent', ...options],
      ],
      logFile: join(folder, 'gateway.log'),
      ipc: false,
    });
    const trader = new TestProcess({
      command: process.execPath,
      args: [join(ROOT, 'dist/worker.js'), 'trader'],
      env: {
        TEMPORAL_ADDRESS: server.address,
        TEMPORAL_NAMESPACE: namespace,
        IBKR_HOST: '127.0.0.1',
        IBKR_PORT: String(port),
        IBKR_ACCOUNT: account,
        ENABLE_ORDER_EXEC: 'true',
        ALLOW_ORDERS: 'true',
        OMEGA_STATE_DIR: join(folder, 'state'),
      },
      logFile: join(folder, 'trader.log'),
      ipc: true,
    });
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection, namespace });
    const session = client.workflow.getHandle(sessionWorkflowId(account));
    const control = `http://127.0.0.1:${controlPort}`;
    const stand = new TradingStand(account, gateway, trader, control, connection, client, session, folder, port);
    await stand.startGateway();
    return stand;
  }

  /** Resolves when the gateway's control port answers. */
  async startGateway(): Promise<void> {
    this.gateway.start();
    await eventually('the gateway', () => this.get<object>('/clock'));
  }

  /** Starts the trader, to die at a fail-point if one is named; resolves when the session knows the broker. */
  async startTrader(failPoint?: string): Promise<void> {
    this.trader.start(failPoint === undefined ? {} : { OMEGA_FAILPOINT: failPoint });
    await eventually('the session', () => this.snapshot(), 60_000).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\ntrader: ${readFileSync(join(this.folder, 'trader.log'), 'utf8').slice(-2_000)}`,
      );
    });
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(this.control + path)).json()) as T;
  }

  async post(path: string, body: object): Promise<void> {
    const response = await fetch(this.control + path, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  }

  fault = (fault: string, fields: object = {}): Promise<void> => this.post('/faults', { fault, ...fields });
  advanceTo = (marketTime: number): Promise<void> => this.post('/clock', { advanceTo: marketTime });
  orders = (): Promise<readonly GatewayOrder[]> => this.get('/orders');
  positions = (): Promise<readonly GatewayPosition[]> => this.get('/positions');
  executions = (): Promise<readonly { readonly execId: string; readonly orderRef?: string }[]> =>
    this.get('/executions');

  /** Entries (not resting legs) at the gateway. */
  async entries(): Promise<readonly GatewayOrder[]> {
    return (await this.orders()).filter(({ orderRef }) => parseOrderRef(orderRef)?.leg === 'entry');
  }

  snapshot(): Promise<SessionSnapshot> {
    return this.client.withDeadline(Date.now() + 3_000, () => this.session.query(messages.snapshot));
  }

  book(key: string): Promise<OrderBook> {
    return this.client.workflow.getHandle(orderWorkflowId(key)).query(messages.orderBook);
  }

  until(what: string, holds: (snapshot: SessionSnapshot) => boolean): Promise<SessionSnapshot> {
    return eventually(what, async () => {
      const snapshot = await this.snapshot();
      if (!holds(snapshot)) throw new Error(JSON.stringify(snapshot));
      return snapshot;
    });
  }

  async openDay(tradeDate: string, marketTime: number): Promise<void> {
    await this.session.signal(messages.tradeDateOpened, { tradeDate, netLiquidation: 100_000, marketTime });
  }

  /** As the feed proposes: repeated until answered, under one update id. */
  propose(batch: ProposalBatch): Promise<readonly ProposalAnswer[]> {
    const updateId = `proposals/${batch.barClose}`;
    return eventually('an answer', async () => {
      try {
        return await this.client.withDeadline(Date.now() + 5_000, () =>
          this.session.executeUpdate(messages.proposeOrders, { args: [batch], updateId }),
        );
      } catch (error) {
        // A refusal is final; everything else is a server, a worker or a run that was away.
        if (error instanceof WorkflowUpdateFailedError) return [];
        throw error;
      }
    });
  }

  /** Session and gateway tell the same story: settled, equal executions and positions. */
  async reconciled(): Promise<SessionSnapshot> {
    return eventually('session and gateway to agree', async () => {
      const [snapshot, executions, positions] = [
        await this.snapshot(),
        await this.executions(),
        await this.positions(),
      ];
      const held = positions.reduce((sum, { quantity }) => sum + quantity, 0);
      const booked = snapshot.positions.reduce((sum, { quantity }) => sum + quantity, 0);
      const agree = snapshot.settled && snapshot.day.executions === executions.length && held === booked;
      if (!agree) throw new Error(JSON.stringify({ snapshot, executions, positions }));
      return snapshot;
    });
  }

  async legBecomes(key: string, leg: OrderLeg, state: string): Promise<void> {
    await eventually(`${leg} of ${key} to be ${state}`, async () => {
      const found = (await this.book(key)).legs[leg]?.state;
      if (found !== state) throw new Error(`it is ${found}`);
    });
  }

  async close(): Promise<void> {
    await this.trader.kill();
    await this.gateway.kill();
    await this.connection.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
