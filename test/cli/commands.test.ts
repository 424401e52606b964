import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLatch } from '../../src/broker/latch';
import { accountRefusal } from '../../src/cli/managed-accounts';
import { parseDays, parseInstruments, parseSpeed } from '../../src/cli/demo';
import { inCents } from '../../src/cli/day-totals';
import { main } from '../../src/cli/main';
import { orderLines } from '../../src/cli/orders';
import { protectiveOrdersOf } from '../../src/cli/protective-orders';
import { totalsOfDay } from '../../src/cli/report';
import { sessionFailure, sessionPlace } from '../../src/cli/session-access';
import { smokeLines } from '../../src/cli/smoke';
import { statusLines } from '../../src/cli/status';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { OrderIntent } from '../../src/domain/intents';
import { EMPTY_DAY, NINE_THIRTY, longOneEs, order, session } from './demo/samples';
import { ES_CONTRACT } from '../es-contract';

let folder: string;
let out: string[];
let err: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-cli-'));
  out = [];
  err = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = (env: NodeJS.ProcessEnv = {}) => ({
  out: (text: string) => void out.push(text),
  err: (text: string) => void err.push(text),
  env,
  folder,
});
const omega = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> => main(args, io(env));

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('exit code 2: usage and configuration', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['cancel'], "missing required argument 'order'"],
    [['cancel', '42'], '42 is not the key of an order'],
    [['flatten', 'A4PL'], 'A4PL is neither an instrument of the registry (ES,'],
    [['flatten', 'ES', '--all'], 'Give a symbol or --all, not both.'],
    [['lift-halt', '--by', 'me'], "required option '--why <reason>' not specified"],
    [['report', '--day', 'yesterday'], '--day needs a date like 2013-10-09, not yesterday.'],
    [['demo', '--day', '2013-13-40'], '"2013-13-40" is not a date'],
    [['demo', '--speed', '0'], 'give a number above 0, or max'],
    [['demo', '--instruments', 'ES,XX'], '"XX" is not an instrument'],
    [['trade'], 'IBKR_ACCOUNT names no account'],
  ])('%j', async (args, sentence) => {
    expect(await omega(args)).toBe(2);
    expect(err.join('\n')).toContain(sentence);
  });

  it('says everything that is wrong with the configuration', async () => {
    expect(await omega(['config', 'check'], { IBKR_PORT: 'http', DRY_RUN: 'perhaps' })).toBe(2);
    expect(err.join('\n')).toContain('IBKR_PORT');
    expect(err.join('\n')).toContain('DRY_RUN');
  });

  it.each([
    ['nowhere/days.json', 'there is no folder'],
    ['.', 'is a folder'],
    ['locked/days.json', 'EACCES'],
  ])('refuses a report at %s before anything is started', async (file, sentence) => {
    mkdirSync(join(folder, 'locked'), { mode: 0o500 });
    if (file.startsWith('locked') && process.getuid?.() === 0) return;
    expect(await omega(['demo', '--json', file])).toBe(2);
    expect(err.join('\n')).toContain(sentence);
    expect(err.join('\n')).not.toContain('    at ');
  });

  it('says where data is missing', async () => {
    expect(await omega(['demo', '--data', 'nowhere'])).toBe(2);
    expect(err[0]).toContain(`There is no data folder at ${join(folder, 'nowhere')}`);
  });
});

describe('exit code 3: not reachable', () => {
  it('when nothing runs here', async () => {
    expect(await omega(['status'])).toBe(3);
    expect(err[0]).toContain('Nothing runs here: no demonstration (npm start)');
  });

  it('when no Temporal server answers', async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    expect(await omega(['status', '--json'], { TEMPORAL_ADDRESS: address, IBKR_ACCOUNT: 'DU1' })).toBe(3);
    expect(JSON.parse(out[0])).toMatchObject({
      error: {
        code: 'TEMPORAL_UNREACHABLE',
        message: expect.stringContaining(`No Temporal server answers at ${address}`) as string,
      },
    });
    // Said once: the document is for programs, the sentence for people.
    expect([out.length, err.length]).toEqual([1, 0]);
    expect(await omega(['status'], { TEMPORAL_ADDRESS: address, IBKR_ACCOUNT: 'DU1' })).toBe(3);
    expect(err[0]).toContain(`No Temporal server answers at ${address}`);
  });
});

describe('exit code 1: failed', () => {
  it('when there is nothing to show', async () => {
    expect(await omega(['logs'], { IBKR_ACCOUNT: 'DU1' })).toBe(1);
    expect(err[0]).toContain('There are no logs');
  });
});

describe('exit code 0', () => {
  it('for help, which names every command', async () => {
    expect(await omega(['--help'])).toBe(0);
    const commands = ['trade', 'status', 'halt', 'lift-halt', 'audit', 'config', 'logs', 'smoke', 'gateway', 'drill'];
    for (const command of commands) expect(out.join('\n')).toContain(command);
  });

  it('shows where every setting comes from and no secret', async () => {
    const env = { IBKR_ACCOUNT: 'DU1', AWS_SECRET_ACCESS_KEY: 'not-for-your-eyes' };
    expect(await omega(['config', 'show'], env)).toBe(0);
    for (const line of out.join('\n').split('\n')) expect(line.length).toBeLessThan(200);
    expect(out[0]).toMatch(/broker\.account +DU1 +.*IBKR_ACCOUNT/);
    expect(out[0]).not.toContain('not-for-your-eyes');
  });

  it('prints the ends of the logs, of one process or of all', async () => {
    const logs = join(folder, '.omega/state/logs');
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, 'trader.log'), 'one\ntwo\nthree\n');
    writeFileSync(join(logs, 'market.log'), 'four\n');
    const env = { IBKR_ACCOUNT: 'DU1' };
    expect(await omega(['logs', 'trader', '--lines', '2'], env)).toBe(0);
    expect(out).toEqual(['two', 'three']);
    out = [];
    expect(await omega(['logs', '--json'], env)).toBe(0);
    expect(out.map((line) => JSON.parse(line) as object)).toContainEqual({ process: 'market', line: 'four' });
    expect(await omega(['logs', 'gateway'], env)).toBe(1);
    expect(err[0]).toBe('There is no log of gateway; there is market, trader.');
  });
});

describe('orders and freezes of one instrument', () => {
  it('does not cancel a stop or target by itself: exit code 4', async () => {
    expect(await omega(['cancel', 'DU1-1-7/target'])).toBe(4);
    expect(err.join()).toContain('omega flatten SYMBOL closes the position');
  });

  it('unfreezes instruments and tickers only, by name and with a reason: exit code 2', async () => {
    expect(await omega(['unfreeze', 'X1Z', '--by', 'me', '--why', 'looked'])).toBe(2);
    expect(await omega(['unfreeze', 'ES'])).toBe(2);
  });
});

describe('halt --now', () => {
  it('latches without Temporal, and says what could not be told', async () => {
    const env = { TEMPORAL_ADDRESS: `127.0.0.1:${await closedPort()}`, IBKR_ACCOUNT: 'DU1', OMEGA_STATE_DIR: 'state' };
    expect(await omega(['halt', '--now', '--by', 'me', '--why', 'smoke in the room', '--json'], env)).toBe(0);
    const answer = JSON.parse(out[0]) as { readonly latched: boolean; readonly session: string };
    expect(answer.latched).toBe(true);
    expect(answer.session).toContain('could not be told');
    expect(readLatch(join(folder, 'state'))).toMatchObject({ who: 'me', why: 'smoke in the room' });
  });
});

describe('omega trade', () => {
  const config = (account: string, allowLive: string | null = null) => ({
    broker: { ...DEFAULT_CONFIG.broker, account },
    permissions: { ...DEFAULT_CONFIG.permissions, allowLive },
  });

  it('refuses an account that the gateway does not have, and a live one that is not named', () => {
    expect(accountRefusal(config('DU1'), ['DU2'])).toContain('logged in to DU2, not to IBKR_ACCOUNT DU1');
    expect(accountRefusal(config('U1'), ['U1'])).toContain('set ALLOW_LIVE=U1');
    expect(accountRefusal(config('U1', 'U2'), ['U1'])).toContain('set ALLOW_LIVE=U1');
    expect(accountRefusal(config('U1', 'U1'), ['U1'])).toBeNull();
    expect(accountRefusal(config('DU1'), ['DU2', 'DU1'])).toBeNull();
  });
});

describe('a session that does not answer', () => {
  it('is one sentence without the words of the wire', () => {
    const place = sessionPlace(io({ TEMPORAL_ADDRESS: 'x:1' }), () => ({
      address: 'x:1',
      namespace: 'default',
      account: 'DU1',
      stateDir: '/state',
    }));
    const error = new Error('4 DEADLINE_EXCEEDED: Deadline exceeded after 4.001s,LB pick: 0.002s,remote_addr=x:1');
    const failure = sessionFailure(place, error);
    expect(failure).toMatchObject({ code: 'NOT_RUNNING' });
    expect(failure.message).toBe(
      'The session of DU1 does not answer: no trader is alive. omega trade starts one; omega logs trader shows what the last one wrote.',
    );
  });
});

describe('what is printed', () => {
  const place = sessionPlace(io({ TEMPORAL_ADDRESS: 'x:1' }), () => ({
    address: 'x:1',
    namespace: 'default',
    account: 'DU1',
    stateDir: '/state',
  }));

  it('shows halt, latch, freezes, position and equity', () => {
    const halt = {
      phase: 'HALTED',
      cause: 'LIMIT_DAILY_LOSS: loss=2140.00 limit=2000.00',
      since: NINE_THIRTY,
    } as const;
    const now = session({ halt, frozen: { GC: 'unknown order' }, positions: [longOneEs], orders: [order()] });
    const text = statusLines(place, now, 'set by me: smoke', 2).join('\n');
    expect(text).toContain('HALTED since 2013-10-09 14:31:00Z: LIMIT_DAILY_LOSS');
    expect(text).toContain('lift with omega lift-halt');
    expect(text).toContain('set by me: smoke');
    expect(text).toContain('GC: unknown order');
    expect(text).toContain('+1 ESZ3 at 1,650.25');
    expect(text).toContain('0 orders not at their end, 2 stops and targets rest at the broker');
    expect(statusLines(place, now, null, null).join('\n')).toContain('stops and targets could not be read');
  });

  it('shows stocks beside futures, and those at the broker that are not the session’s', () => {
    const aapl = { ...longOneEs, symbol: 'STK:AAPL', secType: 'STK', localSymbol: 'AAPL', quantity: 54 } as const;
    const foreign = { conId: 8894, symbol: 'KO', secType: 'STK', quantity: 40, averageCost: 41 };
    const now = session({ positions: [longOneEs, { ...aapl, averagePrice: 449.5 }], foreignStocks: [foreign] });
    const text = statusLines(place, now, null, 0).join('\n');
    expect(text).toContain('+54 AAPL at 449.50');
    expect(text).toContain('+40 KO at the broker, never traded here (adopt: omega unfreeze STK:KO --by NAME');
    const leg = order({ symbol: 'STK:AAPL', quantity: 54, filledQuantity: 54, averagePrice: 449.5 });
    expect(orderLines(session({ orders: [leg] }), []).join('\n')).toMatch(
      /buy +54 +STK:AAPL +entry +filled +54 +449\.50/,
    );
  });

  it('shows the stops and targets that rest at the broker beside the orders', () => {
    const resting = {
      ref: 'DU1-1-1/stop',
      orderId: 9,
      symbol: 'ES',
      side: 'sell',
      quantity: 1,
      kind: 'stop',
      price: 1640.25,
      state: 'working',
    } as const;
    const text = orderLines(session({ orders: [order()] }), [resting]).join('\n');
    expect(text).toMatch(/DU1-1-1\/stop +sell +1 +ES +stop +1,640\.25 +working/);
    expect(orderLines(session(), [])).toEqual(['No orders on 2013-10-09.']);
    expect(orderLines(session(), null).join('\n')).toContain('could not be read');
  });

  it('takes the live legs of an intent for resting orders, with what is left of them', () => {
    const leg = { orderId: 9, side: 'sell', quantity: 2, executed: 1, seen: true } as const;
    const intent = {
      key: 'DU1-1-1',
      contract: { symbol: 'ES' },
      bracket: { stopPrice: 1640.25, targetPrice: 1660.5 },
    } as unknown as OrderIntent;
    const entry = { ...leg, state: 'filled' } as const;
    const stop = { ...leg, state: 'partially-filled' } as const;
    const target = { ...leg, state: 'cancelled' } as const;
    expect(protectiveOrdersOf({ intent, legs: { entry, stop, target } })).toEqual([
      expect.objectContaining({ ref: 'DU1-1-1/stop', quantity: 1, price: 1640.25, state: 'partially-filled' }),
    ]);
    const reduce = { ...intent, bracket: null };
    expect(protectiveOrdersOf({ intent: reduce, legs: { entry, stop: null, target: null } })).toEqual([]);
  });

  it('rounds money in documents to the cent', () => {
    const day = { ...EMPTY_DAY, fees: 0.1 + 0.2, realizedPnl: -1043.4500000000003 };
    expect(inCents(day)).toMatchObject({ fees: 0.3, realizedPnl: -1043.45 });
  });

  it('finds the totals of the open, a named or the last trade date', () => {
    const past = { ...EMPTY_DAY, tradeDate: '2013-10-08', startNetLiquidation: null, endNetLiquidation: null };
    const now = session({ pastDays: [past] });
    expect(totalsOfDay(now, undefined)?.tradeDate).toBe('2013-10-09');
    expect(totalsOfDay(now, '2013-10-08')?.tradeDate).toBe('2013-10-08');
    expect(totalsOfDay(now, '2013-10-01')).toBeNull();
    expect(totalsOfDay({ ...now, tradeDate: null }, undefined)?.tradeDate).toBe('2013-10-08');
  });

  it('shows a gateway without quotes as such', () => {
    const contract = ES_CONTRACT;
    const result = {
      serverVersion: 193,
      managedAccounts: ['DU1'],
      clientId: 99,
      marketTime: NINE_THIRTY,
      contract,
      quote: null,
    };
    expect(smokeLines(result)).toEqual([
      'server version 193, account DU1, client id 99',
      "broker's clock 2013-10-09 14:31:00Z",
      'ESZ3: no quote in 5 s (market closed, or no market data permission)',
    ]);
  });

  it('reads days, instruments and speeds', () => {
    expect(parseDays('2013-10-09, 2013-10-10,2013-10-09')).toEqual(['2013-10-09', '2013-10-10']);
    expect(parseInstruments('es,XAUUSD')).toEqual(['ES', 'GC']);
    expect(parseSpeed('max')).toBe(Infinity);
    expect(parseSpeed('20')).toBe(20);
  });
});
