/** The gateway as its own process: command line, both ports, kill -9, refusals. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { transformFileSync } from '@swc/core';
import { EventName, IBApi, OrderAction, OrderType, SecType, TimeInForce, type Order } from '@stoqey/ib';

const CONTRACT = {
  symbol: 'ES',
  secType: SecType.FUT,
  exchange: 'CME',
  currency: 'USD',
  lastTradeDateOrContractMonth: '201312',
};
const T0 = Date.parse('2013-10-09T14:30:00Z');

interface Gateway {
  readonly child: ChildProcess;
  readonly port: number;
  readonly control: string;
}

let folder: string;
const children: ChildProcess[] = [];
const clients: IBApi[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-gateway-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

/** The rooms that the gateway is made of, compiled once for all its processes. */
const ROOMS = ['domain', 'market-data', 'paper-gateway'];
let built: string;
beforeAll(() => {
  const cache = join('node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, 'omega-gateway-test-'));
  for (const file of ROOMS.flatMap((room) => readdirSync(join('src', room)).map((name) => join(room, name)))) {
    if (!file.endsWith('.ts')) continue;
    mkdirSync(dirname(join(built, file)), { recursive: true });
    writeFileSync(join(built, file.replace(/\.ts$/, '.js')), transformFileSync(join('src', file)).code);
  }
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const options = (extra: readonly string[]): readonly string[] => [
  ...[
    '--port',
    '0',
    '--control-port',
    '0',
    '--speed',
    'lockstep',
    '--instruments',
    'ES',
    '--clock',
    '2013-10-09T14:30:00Z',
  ],
  ...['--state', join(folder, 'state'), ...extra],
];

function launch(extra: readonly string[] = []): ChildProcess {
  const child = spawn(process.execPath, [join(built, 'paper-gateway', 'main.js'), ...options(extra)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function start(extra: readonly string[] = []): Promise<Gateway> {
  const child = launch(extra);
  let out = '';
  let err = '';
  child.stderr?.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${err}`)));
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
      const ports = /listening 127\.0\.0\.1:(\d+)\ncontrol 127\.0\.0\.1:(\d+)\n/.exec(out);
      if (ports !== null) resolve({ child, port: Number(ports[1]), control: `http://127.0.0.1:${ports[2]}` });
    });
  });
}

/** Exit code and standard error of a gateway that should refuse. */
async function refusal(extra: readonly string[]): Promise<readonly [number | null, string]> {
  const child = launch(extra);
  let err = '';
  child.stderr?.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.once('exit', (code) => setImmediate(() => resolve([code, err.trim()]))));
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function connect(port: number): Promise<{ readonly api: IBApi; readonly nextId: number }> {
  const api = new IBApi({ port, clientId: 101 });
  clients.push(api);
  api.on(EventName.error, () => undefined);
  const nextId = new Promise<number>((resolve) => api.once(EventName.nextValidId, resolve));
  api.connect();
  return { api, nextId: await nextId };
}

const get = async <T>(gateway: Gateway, path: string): Promise<T> =>
  (await (await fetch(gateway.control + path)).json()) as T;
const post = async (gateway: Gateway, path: string, body: object): Promise<void> => {
  await fetch(gateway.control + path, { method: 'POST', body: JSON.stringify(body) });
};
const marketOrder = (action: OrderAction, orderRef: string): Order => ({
  action,
  totalQuantity: 1,
  orderType: OrderType.MKT,
  tif: TimeInForce.DAY,
  orderRef,
});

interface ReportedOrder {
  readonly orderRef: string;
  readonly status: string;
  readonly filled: number;
}

it('keeps every acknowledged order, execution and the clock over kill -9', async () => {
  let gateway = await start();
  const acknowledged = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const { api, nextId } = await connect(gateway.port);
    expect(nextId).toBe(acknowledged.size === 0 ? 1 : acknowledged.size + 1);
    const filled = new Promise<void>((resolve) => {
      api.on(EventName.execDetails, (_reqId, _contract, execution) => {
        acknowledged.add(execution.orderRef ?? '');
        if (acknowledged.size % 3 === 0) resolve();
      });
    });
    for (let i = 0; i < 3; i += 1) {
      const action = (round + i) % 2 === 0 ? OrderAction.BUY : OrderAction.SELL;
      api.placeOrder(nextId + i, CONTRACT, marketOrder(action, `r${round}-${i}`));
    }
    await filled;
    await post(gateway, '/clock', { advanceTo: T0 + (round + 1) * 60_000 });
    // The instant the last acknowledgement is read.
    await kill(gateway.child);
    api.disconnect();
    gateway = await start();
    const orders = await get<readonly ReportedOrder[]>(gateway, '/orders');
    expect(orders.map(({ orderRef }) => orderRef)).toEqual([...acknowledged]);
    expect(orders.every(({ status, filled: quantity }) => status === 'Filled' && quantity === 1)).toBe(true);
    expect(await get(gateway, '/clock')).toMatchObject({
      time: T0 + (round + 1) * 60_000,
      executions: { total: acknowledged.size },
    });
  }
});

it('kills itself around storing an order: before, it was never there; after, it is', async () => {
  let gateway = await start();
  for (const [fault, count] of [
    ['kill-before-place', 0],
    ['kill-after-place', 1],
  ] as const) {
    const { api, nextId } = await connect(gateway.port);
    await post(gateway, '/faults', { fault });
    const heard: string[] = [];
    api.on(EventName.execDetails, (_reqId, _contract, execution) => heard.push(execution.execId ?? ''));
    const gone = new Promise((resolve) => gateway.child.once('exit', resolve));
    api.placeOrder(nextId, CONTRACT, marketOrder(OrderAction.BUY, fault));
    await gone;
    api.disconnect();
    gateway = await start();
    expect((await get<readonly unknown[]>(gateway, '/orders')).length).toBe(count);
    expect(heard).toEqual([]);
  }
});

it('ends in order on SIGTERM, and when its parent goes', async () => {
  const first = await start();
  const ended = new Promise((resolve) => first.child.once('exit', resolve));
  first.child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const second = await start(['--exit-with-parent']);
  const orphaned = new Promise((resolve) => second.child.once('exit', resolve));
  second.child.stdin?.end();
  expect(await orphaned).toBe(0);
});

describe('refuses with one sentence and an exit code that tells whether another start may help', () => {
  const sentence = /^[^\n]+\.$/;

  it('ports in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const address = blocker.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    for (const name of ['--port', '--control-port']) {
      const [code, text] = await refusal([name, String(port)]);
      expect([code, text]).toEqual([
        1,
        `Port ${port} is in use; stop the program that listens there or choose another port.`,
      ]);
    }
    blocker.close();
  });

  it('missing data', async () => {
    const [code, text] = await refusal(['--data', join(folder, 'nowhere')]);
    expect(code).toBe(2);
    expect(text).toMatch(sentence);
  });

  it('a state folder in use, of other data, of another account, of another version, damaged', async () => {
    const gateway = await start();
    expect(await refusal([])).toEqual([4, expect.stringMatching(/in use by another gateway/)]);
    await kill(gateway.child);
    const journal = join(folder, 'state', 'journal.jsonl');
    const good = readFileSync(journal);
    cpSync('data/futures_1m', join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'ES_201312_1m.csv.gz'), readFileSync('data/futures_1m/ES_201403_1m.csv.gz'));
    expect(await refusal(['--data', join(folder, 'data')])).toEqual([
      2,
      expect.stringMatching(/other market data \(ES_201312/),
    ]);
    expect(await refusal(['--account', 'DEMO7'])).toEqual([
      2,
      expect.stringMatching(/for account DEMO1000001, not DEMO7/),
    ]);
    const [header] = good.toString().split('\n');
    const future = header.slice(9).replace('"version":1', '"version":99');
    writeFileSync(journal, `${crc32(future).toString(16).padStart(8, '0')} ${future}\n`);
    expect(await refusal([])).toEqual([2, expect.stringMatching(/version 99/)]);
    writeFileSync(journal, good.toString().replace('"clock"', '"clack"'));
    expect(await refusal([])).toEqual([2, expect.stringMatching(/damaged at line 2/)]);
    // A write that a crash cut off was never acknowledged: it is dropped, and the rest is kept.
    writeFileSync(journal, good);
    appendFileSync(journal, '00000000 {"clock":1');
    await kill((await start()).child);
    truncateSync(journal, 0);
    expect(await refusal([])).toEqual([2, expect.stringMatching(/no journal of this gateway/)]);
  });
});
