/** halt, halt --now and lift-halt against a real session: what one of latch file and session has not heard of reaches the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLatch, setLatch } from '../../src/broker/latch';
import { main } from '../../src/cli/main';
import * as messages from '../../src/workflows/messages';
import { useTradingRig, type Rig } from '../workflows/trading-rig';

const newRig = useTradingRig();
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'omega-halt-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function omega(rig: Rig, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { TEMPORAL_ADDRESS: rig.address, IBKR_ACCOUNT: rig.account, OMEGA_STATE_DIR: folder };
  const code = await main(args, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env,
    folder,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const LIFT = ['lift-halt', '--by', 'B. Trader', '--why', 'checked'] as const;

test('a latch that was set without a server halts the session as soon as the guard finds it, and lift-halt ends both', async () => {
  const rig = await newRig();
  const latch = setLatch(folder, { who: 'A. Trader', why: 'the server is down', at: Date.now() });
  rig.broker.latch(latch);
  const { halt } = await rig.until('the halt', (snapshot) => snapshot.halt.phase === 'HALTED');
  expect(halt.cause).toBe('the server is down (by A. Trader)');
  const { code, out } = await omega(rig, ...LIFT);
  expect(code).toBe(0);
  expect(out).toContain('The latch of A. Trader (the server is down) is removed.');
  expect(readLatch(folder)).toBeNull();
  expect((await rig.snapshot()).halt.phase).toBe('ACTIVE');
});

test('a latch that the session never heard of is lifted by name too', async () => {
  const rig = await newRig();
  setLatch(folder, { who: 'A. Trader', why: 'the trader is down', at: Date.now() });
  const { code } = await omega(rig, ...LIFT);
  expect(code).toBe(0);
  expect(readLatch(folder)).toBeNull();
  const { halt, settled } = await rig.until('the lifting', (snapshot) => snapshot.settled);
  expect([halt.phase, settled]).toEqual(['ACTIVE', true]);
});

test('a second halt --now keeps who halted first and why, and says so', async () => {
  const rig = await newRig();
  await omega(rig, 'halt', '--now', '--by', 'A. Trader', '--why', 'smoke in the room');
  const { code, out } = await omega(rig, 'halt', '--now', '--by', 'B. Trader', '--why', 'lunch');
  expect(code).toBe(0);
  expect(out).toContain('Latched already by A. Trader: smoke in the room');
  expect(readLatch(folder)).toMatchObject({ who: 'A. Trader', why: 'smoke in the room' });
  expect((await rig.snapshot()).halt.cause).toBe('smoke in the room (by A. Trader)');
});

test('a lifting that finds another limit reached says that it is halted anew', async () => {
  const rig = await newRig();
  await omega(rig, 'halt', '--by', 'A. Trader', '--why', 'news');
  await rig.until('the halt', ({ halt, settled }) => halt.phase === 'HALTED' && settled);
  await rig.session.signal(messages.equity, { marketTime: 0, netLiquidation: 97_000, cause: 'limit-100' });
  const { out } = await omega(rig, ...LIFT);
  expect(out).toContain(
    'It is halted anew, for what was reached meanwhile: LIMIT_DAILY_LOSS: loss=3000.00 limit=2000.00',
  );
});
