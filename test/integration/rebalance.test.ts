/**
 * The weekly rebalance against the real gateway and trader over TCP: twenty names fill and end at their targets within a share; its own
 * process is killed with -9 between two legs, and no leg is sent twice; three of the legs are rejected; sells rest unfilled at the time-out.
 */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRebalanceActivities } from '../../src/activities/rebalance-activities';
import { brokerLook } from '../../src/activities/rebalance-broker';
import { readRebalance, startRebalance } from '../../src/client/rebalance';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { DEFAULT_REBALANCE, type RebalanceConfig } from '../../src/config/rebalance-settings';
import { DATA_QUEUE } from '../../src/domain/ids';
import type { RebalanceOutcome } from '../../src/domain/rebalance/rebalance-run';
import { openFolderStore } from '../../src/storage/folder-store';
import { STOCK_DATE, STOCK_OPEN } from '../stocks';
import { BUNDLE, quietRuntime } from '../workflows/trading-rig';
import { eventually, ROOT, TestProcess } from './processes';
import { StandServer, TradingStand } from './trading-stand';

jest.setTimeout(240_000);

/** All twenty stocks of the set, whatever they score. */
const ALL: RebalanceConfig = {
  ...DEFAULT_REBALANCE,
  trade: true,
  approval: { needed: false, hours: 1 },
  paceMs: 20,
  rules: {
    ...DEFAULT_REBALANCE.rules,
    holdings: 20,
    keepRank: 20,
    upper: -9,
    lower: -10,
    turnoverLimit: 1,
    suppressBuysIn: [],
  },
};
/** The first seventeen: three are sold, and what that would add to the others is too little to trade. */
const SEVENTEEN: RebalanceConfig = { ...ALL, rules: { ...ALL.rules, holdings: 17, keepRank: 17 } };
const TEN: RebalanceConfig = { ...ALL, rules: { ...ALL.rules, holdings: 10, keepRank: 10 } };

let server: StandServer;
let stand: TradingStand;
let folder: string;
let settings = ALL;
let connection: NativeConnection;
let worker: { readonly worker: Worker; readonly run: Promise<void> } | null = null;

async function startWorker(): Promise<void> {
  const broker = { ...DEFAULT_CONFIG.broker, port: stand.port, account: stand.account };
  const activities = createRebalanceActivities({
    client: stand.client,
    store: await openFolderStore(join(folder, 'store')),
    get settings() {
      return settings;
    },
    dataFolder: join(ROOT, 'data'),
    withBroker: brokerLook(broker),
    pollMs: 50,
    providers: () => [],
  });
  const options: WorkerOptions = {
    connection,
    namespace: 'rebalance',
    taskQueue: DATA_QUEUE,
    workflowBundle: BUNDLE,
    activities: { ...activities },
  };
  const created = await Worker.create(options);
  worker = { worker: created, run: created.run() };
}

async function stopWorker(): Promise<void> {
  worker?.worker.shutdown();
  await worker?.run;
  worker = null;
}

beforeAll(async () => {
  quietRuntime();
  folder = mkdtempSync(join(tmpdir(), 'omega-rebalance-'));
  server = await StandServer.open(['rebalance']);
  const gateway = ['--stocks', '--as-of', STOCK_DATE];
  stand = await TradingStand.open({ server, namespace: 'rebalance', clock: '2013-06-03T13:30:00Z', gateway });
  await stand.startTrader();
  await stand.openDay(STOCK_DATE, STOCK_OPEN);
  connection = await NativeConnection.connect({ address: server.address });
  await startWorker();
});
afterAll(async () => {
  await stopWorker();
  await connection.close();
  await stand.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

let started = 0;
async function start() {
  started += 1;
  const input = { account: stand.account, asOf: null, manner: {}, paper: null, askBecause: null };
  const handle = await startRebalance(stand.client, input, STOCK_OPEN + started * 1_000);
  if (handle === null) throw new Error('one runs already');
  return handle;
}

const traded = (outcome: RebalanceOutcome): Extract<RebalanceOutcome, { kind: 'traded' }> => {
  if (outcome.kind !== 'traded') throw new Error(JSON.stringify(outcome));
  return outcome;
};

const holdings = async (): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await stand.positions())
      .filter(({ quantity }) => quantity !== 0)
      .map(({ symbol, quantity }) => [symbol, quantity]),
  );

test('twenty names fill at the gateway, and end at their targets within a share', async () => {
  settings = ALL;
  const outcome = traded(await (await start()).result());
  expect(outcome).toMatchObject({ complete: true, differences: [] });
  expect(outcome.legs.map(({ state }) => state)).toEqual(Array.from({ length: 20 }, () => 'filled'));
  const { list } = await readRebalance(stand.client, stand.account);
  const held = await holdings();
  expect(held.size).toBe(20);
  for (const { ticker, price, weightTarget } of list!.names) {
    const weight = (held.get(ticker)! * price!) / list!.equity;
    expect(weightTarget).toBeCloseTo(0.049, 9);
    expect(Math.abs(weight - weightTarget!)).toBeLessThanOrEqual(price! / list!.equity);
  }
});

test('kill -9 of its process between two legs: each leg is one order at the gateway', async () => {
  await stopWorker();
  const config = join(folder, 'omega.config.json');
  writeFileSync(config, JSON.stringify({ rebalance: { ...SEVENTEEN, paceMs: 1_001 } }));
  const child = new TestProcess({
    command: process.execPath,
    args: [join(ROOT, 'dist/worker.js'), 'training'],
    env: {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: 'rebalance',
      IBKR_HOST: '127.0.0.1',
      IBKR_PORT: String(stand.port),
      IBKR_ACCOUNT: stand.account,
      OMEGA_CONFIG: config,
      OMEGA_STORE: join(folder, 'store'),
      OMEGA_STATE_DIR: join(folder, 'state'),
    },
    logFile: join(folder, 'training.log'),
    ipc: true,
  });
  const before = (await stand.entries()).length;
  const more = async (count: number) =>
    eventually(`${count} orders`, async () => ((await stand.entries()).length >= before + count ? true : null), 90_000);
  try {
    child.start();
    const handle = await start();
    await more(1);
    await child.kill();
    child.start();
    const { legs, complete } = traded(await handle.result());
    expect(legs.map(({ side, state }) => `${side} ${state}`)).toEqual(['sell filled', 'sell filled', 'sell filled']);
    expect(complete).toBe(true);
    expect((await stand.entries()).length).toBe(before + 3);
    expect((await holdings()).size).toBe(17);
  } finally {
    await child.kill();
  }
  await startWorker();
});

test('three of the legs are rejected: they name themselves, the others are traded', async () => {
  settings = TEN;
  await stand.fault('reject-order', { count: 3, skip: 1, side: 'buy' });
  const { complete, legs, differences } = traded(await (await start()).result());
  expect([complete, differences]).toEqual([false, []]);
  const rejected = legs.filter(({ state }) => state === 'rejected');
  expect(rejected.map(({ side, filled }) => [side, filled])).toEqual([
    ['buy', 0],
    ['buy', 0],
    ['buy', 0],
  ]);
  expect(rejected.every(({ why }) => (why ?? '').length > 10)).toBe(true);
  expect(legs.filter(({ side, state }) => side === 'sell' && state === 'filled')).toHaveLength(7);
});

test('sells that rest at the time-out: what is bought is bought with the cash there is', async () => {
  settings = { ...ALL, sellMinutes: 0.01 };
  await stand.fault('leave-unfilled', { side: 'sell' });
  const { complete, legs } = traded(await (await start()).result());
  expect(complete).toBe(false);
  const sells = legs.filter(({ side }) => side === 'sell');
  expect(sells.length).toBeGreaterThan(0);
  expect(sells.every(({ state, filled }) => state === 'working' && filled === 0)).toBe(true);
  const { list } = await readRebalance(stand.client, stand.account);
  const spent = legs.reduce(
    (sum, { side, filled, averagePrice }) => sum + (side === 'buy' ? filled * (averagePrice ?? 0) : 0),
    0,
  );
  expect(spent).toBeGreaterThan(0);
  expect(spent).toBeLessThanOrEqual(list!.cash);
  const short = legs.filter(({ side, asked, planned }) => side === 'buy' && asked < planned);
  expect(short.length).toBeGreaterThan(0);
  // With every fault switched off they trade: until then they are open, and nothing else is listed for orders.
  expect(await (await start()).result()).toMatchObject({ kind: 'failed', code: 'ORDERS_OPEN' });
  await stand.fault('clear');
  await stand.until('the sells to trade', ({ orders }) => orders.every(({ state }) => state !== 'working'));
});
