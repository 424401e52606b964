/** The control port of a whole gateway, and the clocks that run by themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseClockMode, type ClockMode } from '../../src/paper-gateway/clock-driver';
import { startGateway, type RunningGateway } from '../../src/paper-gateway/gateway';
import { ACCOUNT } from './sample-parts';
import { T0 } from './exchange-rig';

let gateway: RunningGateway | null = null;
let folder = '';

async function start(mode: ClockMode, startClock = T0): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'omega-control-'));
  gateway = await startGateway({
    ...{ host: '127.0.0.1', port: 0, controlPort: 0, dataFolder: 'data', startClock, mode, stateFolder: folder },
    ...{ seed: 1, account: ACCOUNT, startCash: 100_000, clientPacing: false, log: () => undefined },
    onDiskFailure: (error) => {
      throw error;
    },
  });
}
afterEach(async () => {
  await gateway?.close();
  gateway = null;
  rmSync(folder, { recursive: true, force: true });
});

const clock = (): number => gateway?.exchange.ledger.clock ?? 0;
const call = async (path: string, body?: string): Promise<readonly [number, unknown]> => {
  const init = body === undefined ? {} : { method: 'POST', body };
  const response = await fetch(`http://127.0.0.1:${gateway?.controlPort}${path}`, init);
  return [response.status, await response.json()];
};

it('releases the clock by absolute time, never back', async () => {
  await start({ kind: 'lockstep' });
  expect(await call('/clock', JSON.stringify({ advanceTo: T0 + 59_000 }))).toMatchObject([
    200,
    { time: T0 + 59_000, mode: 'lockstep' },
  ]);
  expect(await call('/clock', JSON.stringify({ advanceTo: T0 }))).toMatchObject([200, { time: T0 + 59_000 }]);
  expect(await call('/clock')).toMatchObject([
    200,
    {
      time: T0 + 59_000,
      tradeDate: '2013-10-09',
      executions: { total: 0, tradeDate: 0 },
      revision: 0,
      tradeDates: ['2013-10-07', '2013-10-08', '2013-10-09', '2013-10-10', '2013-10-11'],
    },
  ]);
});

it('lists the minutes with data, the account and nothing more than there is', async () => {
  await start({ kind: 'lockstep' });
  const [, minutes] = await call('/minutes?from=2013-10-09T20:10:00Z&to=2013-10-09T20:35:00Z&instruments=ES,GC');
  const starts = minutes as readonly number[];
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(starts.length).toBeGreaterThan(15);
  expect(await call('/account')).toMatchObject([200, { account: ACCOUNT, netLiquidation: 100_000 }]);
  for (const path of ['/orders', '/executions', '/executions?tradeDate=2013-10-09', '/positions', '/faults']) {
    expect(await call(path)).toEqual([200, []]);
  }
});

it('answers nonsense with a sentence', async () => {
  await start({ kind: 'lockstep' });
  for (const [path, body, status] of [
    ['/clock', '{"advanceTo":"noon"}', 400],
    ['/clock', 'not json', 400],
    ['/faults', '{"fault":"earthquake"}', 400],
    ['/nowhere', '{}', 404],
    ['/minutes?from=noon&to=night', undefined, 400],
    ['/nowhere', undefined, 404],
  ] as const) {
    expect(await call(path, body)).toEqual([status, { error: expect.any(String) as string }]);
  }
});

it('runs at a multiple of real time, and refuses to be released then', async () => {
  await start({ kind: 'speed', factor: 600 });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(clock()).toBeGreaterThan(T0 + 60_000);
  expect((await call('/clock', JSON.stringify({ advanceTo: T0 })))[0]).toBe(409);
});

it('races to the end of the data and stops there', async () => {
  await start({ kind: 'max' }, Date.parse('2013-10-11T20:00:00Z'));
  for (let i = 0; i < 100 && clock() < Date.parse('2013-10-11T21:16:00Z'); i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(new Date(clock()).toISOString()).toBe('2013-10-11T21:16:00.000Z');
});

it('reads speeds', async () => {
  const texts = ['lockstep', 'max', '20', '0.5', '0', 'fast', '', '-1'];
  expect(texts.map(parseClockMode)).toEqual([
    ...[{ kind: 'lockstep' }, { kind: 'max' }, { kind: 'speed', factor: 20 }, { kind: 'speed', factor: 0.5 }],
    ...[null, null, null, null],
  ]);
});
