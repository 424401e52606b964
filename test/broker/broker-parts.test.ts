/** The small pure pieces: latch, clock, contracts, permissions' accounts, quotes, depth, equity, fence. */
import fc from 'fast-check';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractDetails } from '@stoqey/ib';
import { rotatingClientId } from '../../src/broker/client-ids';
import { deliveryAmong, deliveryQuery, expiryOf, frontOf } from '../../src/broker/contracts';
import { DataStanding } from '../../src/broker/data-standing';
import { applyDepth, EMPTY_DEPTH } from '../../src/broker/depth-book';
import { equityOf, NO_EQUITY, withNetLiquidation, withPnl } from '../../src/broker/equity';
import { executionWindowStart, isFenced } from '../../src/broker/evidence';
import { latchPath, liftLatch, readLatch, setLatch } from '../../src/broker/latch';
import { MarketClock } from '../../src/broker/market-clock';
import { isPaperAccount } from '../../src/broker/permissions';
import { applyTick, NO_QUOTE, quoteAt } from '../../src/broker/quote-state';
import { stockOf } from '../../src/domain/contracts';
import { ESZ3 } from './guard-rig';

describe('latch', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'omega-latch-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('set, read, lifted; nothing else is left in the folder', () => {
    const deep = join(folder, 'a', 'b');
    expect(readLatch(deep)).toBeNull();
    setLatch(deep, { who: 'anna', why: 'drill', at: 5 });
    expect(readLatch(deep)).toEqual({ who: 'anna', why: 'drill', at: 5 });
    expect(readdirSync(deep)).toEqual(['halt.latch']);
    liftLatch(deep);
    expect(readLatch(deep)).toBeNull();
    liftLatch(deep);
  });

  test('the first one stands: who halts again is told whose halt it is', () => {
    setLatch(folder, { who: 'anna', why: 'drill', at: 5 });
    expect(setLatch(folder, { who: 'bert', why: 'lunch', at: 6 })).toEqual({ who: 'anna', why: 'drill', at: 5 });
    expect(readLatch(folder)).toEqual({ who: 'anna', why: 'drill', at: 5 });
    expect(readdirSync(folder)).toEqual(['halt.latch']);
  });

  test.each(['', '{', '[]', '"halt"', '{"who":1}'])('its presence counts, not its content: %p latches', (content) => {
    writeFileSync(latchPath(folder), content);
    expect(readLatch(folder)).toMatchObject({ at: null });
  });

  test('what cannot be read latches', () => {
    mkdirSync(latchPath(folder));
    expect(readLatch(folder)?.why).toMatch(/cannot be read/);
  });

  test('what cannot be written is an error that says what to do', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(folder, 0o700);
    expect(() => setLatch(join(file, 'state'), { who: 'a', why: 'b', at: 0 })).toThrow(/make the directory writable/);
    expect(existsSync(latchPath(folder))).toBe(false);
  });
});

describe('market clock', () => {
  const at = { monotonic: 0, system: 1_700_000_000_500 };
  const clock = (): MarketClock => new MarketClock({ monotonic: () => at.monotonic, system: () => at.system });
  const pass = (ms: number): void => {
    at.monotonic += ms;
    at.system += ms;
  };

  test('unknown before the first answer and after a new connection', () => {
    const subject = clock();
    expect(subject.now()).toBeNull();
    subject.answered(1_700_000_000);
    subject.reset();
    expect(subject.now()).toBeNull();
  });

  test('live: carried on by monotonic time, and never ahead of the broker', () => {
    const subject = clock();
    subject.answered(Math.floor(at.system / 1_000));
    expect(subject.isVirtual).toBe(false);
    expect(at.system - subject.now()!).toBeLessThan(1_000);
    pass(10_400);
    expect(at.system - subject.now()!).toBeLessThan(1_000);
    subject.answered(Math.floor(at.system / 1_000));
    for (let i = 0; i < 50; i += 1) {
      pass(137);
      subject.answered(Math.floor(at.system / 1_000));
      expect(subject.now()!).toBeLessThanOrEqual(at.system);
      expect(at.system - subject.now()!).toBeLessThan(1_000);
    }
    // Where in the second an answer was cut off is learned from the others.
    expect(at.system - subject.now()!).toBeLessThan(200);
  });

  test('virtual: exactly the last answer, however long ago', () => {
    const subject = clock();
    subject.answered(1_381_329_000);
    pass(60_000);
    expect(subject.isVirtual).toBe(true);
    expect(subject.now()).toBe(1_381_329_000_000);
    expect(subject.systemAheadMs()).toBeNull();
  });
});

describe('contracts', () => {
  const listed = (month: string, last: string, fields: object = {}): ContractDetails => ({
    contractMonth: month,
    contract: {
      conId: Number(month),
      lastTradeDateOrContractMonth: last,
      tradingClass: 'ES',
      multiplier: 50,
      localSymbol: `ES ${month}`,
      exchange: 'CME',
      currency: 'USD',
      ...fields,
    },
  });
  const chain = [
    listed('201403', '20140321'),
    listed('201312', '20131220 08:30 US/Central'),
    listed('201406', '20140620'),
  ];

  test('an expiry is the first eight characters, as an integer', () => {
    expect(expiryOf({ lastTradeDateOrContractMonth: '20131220 08:30 US/Central' })).toBe(20131220);
    expect(expiryOf({ lastTradeDateOrContractMonth: '201312' })).toBeNull();
    expect(expiryOf({})).toBeNull();
  });

  test('the front one rolls eight days before its last trade', () => {
    expect(frontOf('ES', chain, '2013-10-09')).toMatchObject({
      conId: 201312,
      lastTradeDate: 20131220,
      multiplier: 50,
    });
    expect(frontOf('ES', chain, '2013-12-11').conId).toBe(201312);
    expect(frontOf('ES', chain, '2013-12-12').conId).toBe(201403);
  });

  test('a delivery month is asked for with the expired ones, and found by its month', () => {
    expect(deliveryQuery('ES', '201312')).toMatchObject({
      lastTradeDateOrContractMonth: '201312',
      includeExpired: true,
    });
    expect(deliveryAmong('ES', chain, '201403').conId).toBe(201403);
    expect(() => deliveryAmong('ES', chain, '201309')).toThrow(/lists no ES future of 201309/);
  });

  test('other classes and multipliers listed beside it are none of ours', () => {
    const others = [
      listed('201312', '20131220', { tradingClass: 'MES' }),
      listed('201312', '20131220', { multiplier: 5 }),
    ];
    expect(() => frontOf('ES', others, '2013-10-09')).toThrow(/lists no ES future/);
    expect(() => frontOf('ES', [], '2013-10-09')).toThrow(/2013-10-09/);
  });
});

test('paper accounts begin with D', () => {
  expect(['DU123', 'DF9', 'DEMO1000001'].every(isPaperAccount)).toBe(true);
  expect(['U123', 'F1', ''].some(isPaperAccount)).toBe(false);
});

test('client ids: each free one once, never the trading id, then a pause', () => {
  const ids = rotatingClientId(99, 101, 5_000);
  const seen = [ids.current()];
  let wait = ids.inUse();
  while (wait !== 5_000) {
    seen.push(ids.current());
    wait = ids.inUse();
  }
  expect(seen).toHaveLength(new Set(seen).size);
  expect(seen.slice(0, 5)).toEqual([99, 100, 102, 103, 104]);
  expect(seen).not.toContain(101);
  expect(ids.current()).toBe(99);
});

describe('quotes', () => {
  const spy = stockOf(756733, 'SPY', 'ARCA');

  test('volume is counted in lots for US equities only', () => {
    expect(applyTick(NO_QUOTE, 8, 12, spy)?.dayVolume).toBe(1_200);
    expect(applyTick(NO_QUOTE, 8, 12, ESZ3)?.dayVolume).toBe(12);
  });

  test.each([
    [1, 'bid'],
    [2, 'ask'],
    [66, 'bid'],
    [67, 'ask'],
  ] as const)('tick %d is the %s; -1 and 0 mean that there is none', (tick, field) => {
    expect(applyTick(NO_QUOTE, tick, 1_650, ESZ3)?.[field]).toBe(1_650);
    expect(applyTick(NO_QUOTE, tick, -1, ESZ3)?.[field]).toBeNull();
    expect(applyTick(NO_QUOTE, tick, 0, ESZ3)?.[field]).toBeNull();
  });

  test('a side without a price has no size; other ticks say nothing', () => {
    expect(quoteAt({ ...NO_QUOTE, ask: 2, askSize: 5, bidSize: 7 }, 9)).toEqual({
      time: 9,
      bid: null,
      bidSize: 0,
      ask: 2,
      askSize: 5,
    });
    expect(applyTick(NO_QUOTE, 4, 1_650, ESZ3)).toBeNull();
    expect(applyTick(NO_QUOTE, 1, undefined, ESZ3)).toBeNull();
  });
});

test('depth: inserts, updates and deletes keep the rows in place', () => {
  const change = (operation: number, position: number, price: number) => ({
    operation,
    position,
    price,
    size: 1,
    side: 1,
  });
  const book = [
    change(0, 0, 10),
    change(0, 1, 9),
    change(0, 0, 11),
    change(1, 2, 8),
    change(2, 1, 0),
    change(7, 0, 1),
  ].reduce(applyDepth, EMPTY_DEPTH);
  expect(book).toEqual({
    bids: [
      { price: 11, size: 1 },
      { price: 8, size: 1 },
    ],
    asks: [],
  });
});

describe('equity', () => {
  const pnl = (unrealized: number, realized = 0): Parameters<typeof withPnl>[1] => ({ daily: 0, unrealized, realized });

  test('is unknown before the first report, then carried on by unrealized P&L', () => {
    expect(equityOf(withPnl(NO_EQUITY, pnl(5)))).toBeNull();
    const reported = withNetLiquidation(withPnl(NO_EQUITY, pnl(-50)), 100_000);
    expect(equityOf(reported)?.netLiquidation).toBe(100_000);
    const first = withPnl(reported, pnl(-60));
    expect(equityOf(first)?.netLiquidation).toBe(100_000);
    expect(equityOf(withPnl(first, pnl(-260)))).toMatchObject({ netLiquidation: 99_800, unrealizedPnl: -260 });
  });

  test('a closed trade is not counted until IB reports it', () => {
    const state = withPnl(withPnl(withNetLiquidation(NO_EQUITY, 100_000), pnl(-60)), pnl(0, -60));
    expect(equityOf(state)?.netLiquidation).toBe(100_000);
  });
});

describe('fence', () => {
  const write = { epoch: 5, orderIdBase: 1, writtenAt: 100 };

  test('another process, or an earlier epoch, or a question answered since', () => {
    expect(isFenced({ epoch: 5, readUpTo: -Infinity, write: undefined })).toBe(true);
    expect(isFenced({ epoch: 6, readUpTo: -Infinity, write })).toBe(true);
    expect(isFenced({ epoch: 5, readUpTo: 99, write })).toBe(false);
    expect(isFenced({ epoch: 5, readUpTo: 101, write })).toBe(true);
  });

  test('the execution window begins at the broker’s midnight, over the change of clocks too', () => {
    expect(executionWindowStart(Date.parse('2013-10-09T14:30:00Z'), 'America/Chicago')).toBe(
      Date.parse('2013-10-09T05:00:00Z'),
    );
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('2013-01-01'), max: Date.parse('2016-01-01') }), (time) => {
        const start = executionWindowStart(time, 'America/Chicago');
        expect(start).toBeLessThanOrEqual(time);
        expect(time - start).toBeLessThan(25 * 3_600_000);
      }),
    );
  });
});

test('a standing: competing session ends with a tick that comes later, alerts come once a minute', () => {
  let now = 0;
  const alerts: string[] = [];
  const standing = new DataStanding(
    ({ text }) => alerts.push(text),
    () => now,
  );
  standing.competing('competing');
  standing.tickHeard();
  expect(standing.staleReason()).toBe('competing');
  now += 3_000;
  standing.tickHeard();
  expect(standing.staleReason()).toBeNull();
  standing.farmDown(2105, 'ushmds');
  expect(standing.staleReason()).toBeNull();
  standing.farmDown(2103, 'usfuture');
  expect(standing.staleReason()).toMatch(/usfuture/);
  standing.farmUp('usfuture');
  expect(standing.staleReason()).toBeNull();
  for (let i = 0; i < 10; i += 1) {
    standing.alert(10197, `${now}`);
    now += 20_000;
  }
  expect(alerts).toHaveLength(4);
});
