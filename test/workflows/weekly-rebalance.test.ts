/** The weekly rebalance on a real server, from list to report: what is ordered, in which order, once, and what every end leaves. */
import { giveAnswer } from '../../src/client/rebalance';
import { applySchedules, plannedSchedules } from '../../src/client/schedules';
import type { RebalanceOutcome } from '../../src/domain/rebalance/rebalance-run';
import {
  CASH,
  CASH_LEFT,
  FEE,
  omegaRebalance,
  PRICE,
  providerWithoutCC,
  RebalanceRig,
  SETTINGS,
  SHARES,
  traded,
} from './rebalance-rig';
import { useTradingRig } from './trading-rig';

jest.setTimeout(40_000);
const newRig = useTradingRig();
let rebalance: RebalanceRig;

beforeEach(async () => {
  rebalance = await RebalanceRig.open(await newRig());
});
afterEach(() => rebalance.close());

const executed = (): Promise<RebalanceOutcome> => rebalance.executed();
const omega = (...args: readonly string[]) => omegaRebalance(rebalance.rig, ...args);

test('a dry run orders nothing and leaves its report; of two started at once, one runs', async () => {
  const [one, other] = await Promise.all([
    rebalance.start({ manner: { trade: false } }),
    rebalance.start({ manner: { trade: false } }),
  ]);
  expect([one, other].filter((handle) => handle === null)).toHaveLength(1);
  expect(await (one ?? other)?.result()).toEqual({ kind: 'dry-run' });
  const { rebalanceId, list } = await rebalance.until('done');
  expect(list).toMatchObject({ decidedOn: '2013-10-08', tradeOn: '2013-10-09', equity: CASH });
  expect(await rebalance.report(rebalanceId)).toMatchObject({
    outcome: { kind: 'dry-run' },
    list: { trades: list?.trades },
  });
  expect(rebalance.placed()).toEqual([]);
});

test('bought, then turned over: sells before buys, final shares as listed, and the broker agrees', async () => {
  const first = traded(await executed());
  expect(first).toMatchObject({ complete: true, differences: [] });
  expect(rebalance.placed()).toEqual([`buy ${SHARES} AA`, `buy ${SHARES} BB`, `buy ${SHARES} CC`]);
  rebalance.turnPrices();
  rebalance.cash = CASH_LEFT;
  const second = traded(await executed());
  expect(second).toMatchObject({ complete: true, differences: [] });
  const sold = rebalance.placed().slice(3, 6);
  expect([...sold].sort()).toEqual([`sell ${SHARES} AA`, `sell ${SHARES} BB`, `sell ${SHARES} CC`]);
  // 30 % of the 8,635.50 that are left, at 50.
  expect(rebalance.placed().slice(6)).toEqual(['buy 51 FF', 'buy 51 EE', 'buy 51 DD']);
  const { positions } = await rebalance.rig.snapshot();
  expect(positions.map(({ symbol, quantity }) => `${quantity} ${symbol}`).sort()).toEqual(
    ['DD', 'EE', 'FF'].map((ticker) => `51 STK:${ticker}`),
  );
});

test('offered at ten times the close: the shares of the list are not bought', async () => {
  rebalance.ask = 500;
  const { legs, complete } = traded(await executed());
  expect(complete).toBe(false);
  expect(legs.map(({ state }) => state)).toEqual(['not-asked', 'not-asked', 'not-asked']);
  expect(legs[0].why).toContain('it is offered at 500.00, 900 % from the close of 50.00');
  expect(rebalance.placed()).toEqual([]);
});

test('sells that rest at the time-out bring no cash: buys are cut to what there is', async () => {
  await executed();
  rebalance.turnPrices();
  rebalance.cash = CASH_LEFT;
  rebalance.settings = { ...SETTINGS, sellMinutes: 0.005 };
  rebalance.rig.broker.script = ['rest', 'rest', 'fill'];
  const { complete, legs } = traded(await executed());
  expect(complete).toBe(false);
  const buys = legs.filter(({ side }) => side === 'buy');
  // 535.50 of cash and 54 sold for 47.75 each after the fee: 3,114 buy 51 and 8 shares at 52.25, and no third name.
  expect(buys.map(({ asked, filled }) => [asked, filled])).toEqual([
    [51, 51],
    [8, 8],
    [0, 0],
  ]);
  expect(buys[2]).toMatchObject({ state: 'not-asked', why: 'the cash there is buys none' });
  expect(legs.filter(({ state }) => state === 'working').map(({ side }) => side)).toEqual(['sell', 'sell']);
  // They may still trade: another list would sell the same shares again.
  const { length } = rebalance.placed();
  const beside = await executed();
  expect(beside).toMatchObject({ kind: 'failed', code: 'ORDERS_OPEN' });
  expect(beside).toMatchObject({
    why: expect.stringMatching(/sell 54 \w\w \(\S+\), sell 54 \w\w \(\S+\)\. /) as string,
  });
  expect(rebalance.placed()).toHaveLength(length);
  const listed = await rebalance.start({ manner: { trade: false } });
  expect(await listed!.result()).toEqual({ kind: 'dry-run' });
  const { notices } = await rebalance.until('done');
  expect(notices[0]).toMatch(/^Not counted in the list are orders that may still trade: sell 54/);
});

test('the market closes between two legs: what is left is not asked for, and the report is not complete', async () => {
  const until = Date.parse('2013-10-09T19:55:00Z');
  const { broker } = rebalance.rig;
  broker.now = until - 60_000;
  const place = broker.place.bind(broker);
  broker.place = (intent) => {
    broker.now = until + 24 * 3_600_000;
    return place(intent);
  };
  const { complete, legs } = traded(await executed());
  expect(complete).toBe(false);
  expect(legs.map(({ state }) => state)).toEqual(['filled', 'not-asked', 'not-asked']);
  expect(legs[1].why).toMatch(/2013-10-10T19:55:00.000Z.*orders of 2013-10-09 leave no more/);
  expect(broker.placed.map(({ expiresAt }) => expiresAt)).toEqual([until]);
});

test.each([58, null])('a gap up to 58 with the quote %s: purchases are cut, cash is never overdrawn', async (ask) => {
  rebalance.rig.broker.price = 58;
  rebalance.ask = ask;
  const outcome = traded(await executed());
  expect(outcome.complete).toBe(false);
  const asked = outcome.legs.map((leg) => leg.asked);
  expect(asked.slice(0, 2)).toEqual([SHARES, SHARES]);
  expect(outcome.cash).toBeCloseTo(CASH - asked.reduce((sum, shares) => sum + shares * (58 + FEE), 0), 6);
  expect(outcome.cash).toBeGreaterThanOrEqual(0);
  expect(asked[2]).toBe(ask === null ? 37 : 40);
});

test('cash that a fill beyond its quote overdraws is told, and the report is not complete', async () => {
  rebalance.rig.broker.price = 80;
  rebalance.rig.broker.script = ['fill'];
  rebalance.settings = { ...SETTINGS, rules: { ...SETTINGS.rules, holdings: 1, keepRank: 1, positionLimit: 0.9 } };
  const outcome = traded(await executed());
  expect(outcome).toMatchObject({ complete: false, differences: [] });
  expect(outcome.cash).toBeLessThan(0);
  expect((await omega('show')).said).toContain('cash is negative');
});

test('a rejected leg names itself and the others are traded', async () => {
  rebalance.rig.broker.script = ['fill', 'reject', 'fill'];
  const { complete, legs, differences } = traded(await executed());
  expect([complete, differences]).toEqual([false, []]);
  expect(legs.map(({ ticker, state, filled }) => [ticker, state, filled])).toEqual([
    ['AA', 'filled', SHARES],
    ['BB', 'rejected', 0],
    ['CC', 'filled', SHARES],
  ]);
  expect(legs[1].why).toContain('Order rejected');
});

test('what the session refuses is told by its code, and nothing leaves', async () => {
  await rebalance.rig.session.signal('halt', { by: 'Ada', why: 'test' });
  await rebalance.rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  const { legs } = traded(await executed());
  expect(legs.map(({ state }) => state)).toEqual(['refused', 'refused', 'refused']);
  expect(legs[0].why).toMatch(/^HALTED/);
  expect(rebalance.placed()).toEqual([]);
});

test('a stock that the broker holds without the session is counted, told with how to adopt it, and not traded', async () => {
  const { broker, session } = rebalance.rig;
  const stock = { symbol: 'AA', secType: 'STK', quantity: 10, averageCost: PRICE };
  broker.held.set(7_001, stock);
  await session.signal('brokerConnected', { epoch: 2, nextValidId: 1, positions: [{ conId: 7_001, ...stock }] });
  await rebalance.rig.until('the stock to be told', ({ foreignStocks }) => foreignStocks.length === 1);
  const { legs } = traded(await executed());
  expect(legs[0]).toMatchObject({ ticker: 'AA', side: 'buy', state: 'refused' });
  expect(legs[0].why).toMatch(/^SYMBOL_FROZEN/);
  const { notices } = await rebalance.until('done');
  expect(notices[0]).toMatch(/^Held at the broker without .* omega unfreeze adopts it: 10 AA\.$/);
});

test('killed between two legs, another worker goes on: each leg is ordered once, and no two together', async () => {
  rebalance.settings = { ...SETTINGS, paceMs: 400 };
  const handle = await rebalance.start();
  await rebalance.rig.until('the first fill', ({ day }) => day.executions === 1);
  await rebalance.stopWorker();
  await rebalance.startWorker();
  const { complete } = traded(await handle!.result());
  expect(complete).toBe(true);
  expect(rebalance.placed()).toEqual([`buy ${SHARES} AA`, `buy ${SHARES} BB`, `buy ${SHARES} CC`]);
  const { events } = await handle!.fetchHistory();
  const asked = (events ?? []).flatMap(({ eventTime, activityTaskScheduledEventAttributes: activity }) =>
    activity?.activityType?.name === 'placeLeg'
      ? [Number(eventTime?.seconds) * 1_000 + (eventTime?.nanos ?? 0) / 1e6]
      : [],
  );
  expect(asked).toHaveLength(3);
  asked.slice(1).forEach((time, at) => expect(time - asked[at]).toBeGreaterThan(400));
});

test('no prices for the day is an end by name', async () => {
  const handle = await rebalance.start({ asOf: '2013-12-02' });
  expect(await handle!.result()).toMatchObject({ kind: 'failed', code: 'NO_PRICES' });
});

test('prices that are not of the session before are an end by name when orders would follow, and a notice when not', async () => {
  const handle = await rebalance.start({ asOf: '2013-10-10' });
  const outcome = await handle!.result();
  expect(outcome).toMatchObject({ kind: 'failed', code: 'STALE_PRICES' });
  const dry = await rebalance.start({ asOf: '2013-10-10', manner: { trade: false } });
  expect(await dry!.result()).toEqual({ kind: 'dry-run' });
  const { notices } = await rebalance.until('done');
  expect(notices[0]).toMatch(/^The closes are old: one session without prices lies between 2013-10-08 and 2013-10-10/);
});

test('a configured universe is brought up to date first: what nobody has is said, and what came is decided on', async () => {
  const asked: string[] = [];
  rebalance.settings = { ...SETTINGS, universe: ['AA', 'BB', 'CC'], trade: false };
  rebalance.providers = [providerWithoutCC(asked)];
  const handle = await rebalance.start({ asOf: '2013-10-09' });
  expect(await handle!.result()).toEqual({ kind: 'dry-run' });
  const { list, notices } = await rebalance.until('done');
  expect(new Set(asked)).toEqual(new Set(['AA', 'BB']));
  expect(list!.names.map(({ ticker, code }) => [ticker, code])).toEqual([
    ['AA', 'ENTERS'],
    ['BB', 'BELOW_THRESHOLD'],
    ['CC', 'UNKNOWN_TICKER'],
  ]);
  expect(notices.some((notice) => /^CC has no prices from .*it has no CC/.test(notice))).toBe(true);
});

test('the schedule’s run hands on; a missed one is skipped, made up for or asked about, as the settings say', async () => {
  const { client, account } = rebalance.rig;
  const planned = plannedSchedules({ account, newsMinutes: 5, rebalanceDay: 1, instruments: ['ES'] }).filter(
    ({ workflowType }) => workflowType === 'weeklyRebalance',
  );
  await applySchedules(client, planned);
  const schedule = client.schedule.getHandle(planned[0].scheduleId);
  const { spec } = await schedule.describe();
  expect(spec.calendars?.[0]).toMatchObject({ dayOfWeek: [{ start: 'MONDAY' }], hour: [{ start: 8 }] });
  const endOfDue = async (
    missed: 'skip' | 'catch-up' | 'ask',
    week: number,
  ): Promise<() => Promise<RebalanceOutcome>> => {
    rebalance.settings = { ...SETTINGS, trade: missed !== 'catch-up', missed };
    const [start, end] = [Date.UTC(2026, 0, 5 + 7 * week), Date.UTC(2026, 0, 6 + 7 * week)];
    await schedule.backfill({ start: new Date(start), end: new Date(end), overlap: 'ALLOW_ALL' });
    const due = `rebalance-due/${account}-2026-01-${String(5 + 7 * week).padStart(2, '0')}T13:30:00Z`;
    return () => client.workflow.getHandle(due).result() as Promise<RebalanceOutcome>;
  };
  const until = async (result: () => Promise<RebalanceOutcome>): Promise<RebalanceOutcome> => {
    for (let tries = 0; ; tries += 1)
      try {
        return await result();
      } catch (error) {
        if (tries > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  };
  expect(await until(await endOfDue('skip', 0))).toMatchObject({ kind: 'skipped' });
  expect(await until(await endOfDue('catch-up', 1))).toEqual({ kind: 'dry-run' });
  const asked = await endOfDue('ask', 2);
  for (let tries = 0; tries < 50; tries += 1) {
    const status = await rebalance.until('awaiting-approval').catch(() => null);
    if (status !== null && status.askedBecause !== null) break;
  }
  const status = await rebalance.until('awaiting-approval');
  // Named by its own start: made up for twice, the same time is two rebalances.
  expect(status.rebalanceId).not.toContain('20260119');
  expect(status.askedBecause).toMatch(/it was due at 2026-01-19T13:30:00.000Z/);
  expect(await rebalance.start()).toBeNull();
  const { rebalanceId } = status;
  await giveAnswer(client, account, { rebalanceId, decision: 'reject', by: 'Ada', why: 'too late' });
  expect(await until(asked)).toMatchObject({ kind: 'rejected' });
  await schedule.delete();
});
