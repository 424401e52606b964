/** The weekly rebalance and the person who is asked: yes, no, no answer, and a no while orders leave, on a real server. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { giveAnswer, rebalanceHandle } from '../../src/client/rebalance';
import { CASH_LEFT, FEE, omegaRebalance, PRICE, RebalanceRig, SETTINGS, traded } from './rebalance-rig';
import { OPEN, useTradingRig } from './trading-rig';

jest.setTimeout(40_000);
const newRig = useTradingRig();
let rebalance: RebalanceRig;

beforeEach(async () => {
  rebalance = await RebalanceRig.open(await newRig());
});
afterEach(() => rebalance.close());

const omega = (...args: readonly string[]) => omegaRebalance(rebalance.rig, ...args);

test('nothing is ordered before a named person says yes, and a no is the end', async () => {
  rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 1 } };
  const { client, account } = rebalance.rig;
  const handle = await rebalance.start();
  const { rebalanceId, approveBy } = await rebalance.until('awaiting-approval');
  expect(approveBy).toBeGreaterThan(Date.now());
  const answer = { rebalanceId, decision: 'approve', by: 'Ada', why: 'reads well' } as const;
  for (const wrong of [
    { ...answer, by: ' ' },
    { ...answer, why: '' },
    { ...answer, rebalanceId: 'another' },
  ])
    await expect(giveAnswer(client, account, wrong)).rejects.toThrow(WorkflowUpdateFailedError);
  expect(rebalance.placed()).toEqual([]);
  await giveAnswer(client, account, answer);
  expect(traded(await handle!.result())).toMatchObject({ complete: true });
  expect((await rebalance.report(rebalanceId)).approval).toEqual(answer);
  await expect(giveAnswer(client, account, answer)).rejects.toThrow();

  rebalance.turnPrices();
  rebalance.cash = CASH_LEFT;
  expect((await omega('start', '--trade', '--approval')).code).toBe(0);
  await rebalance.until('awaiting-approval');
  expect(await omega('start')).toMatchObject({ code: 4, said: expect.stringContaining('runs already') as string });
  const shown = await omega('show');
  expect(shown.said).toMatch(/awaiting-approval[^]*SELL +AA[^]*BUY +FF/);
  expect(await omega('approve', '20200101_000000', '--why', 'wrong one')).toMatchObject({ code: 4 });
  expect(await omega('reject', '--by', 'Ada', '--why', 'not now')).toMatchObject({ code: 0 });
  const second = rebalanceHandle(client, account);
  expect(await second.result()).toEqual({ kind: 'rejected', by: 'Ada', why: 'not now' });
  expect((await omega('show')).said).toContain('Rejected by Ada: not now.');
  expect(await omega('approve', '--why', 'late')).toMatchObject({
    code: 4,
    said: expect.stringMatching(/is over, and nobody is asked/) as string,
  });
  expect(rebalance.placed()).toHaveLength(3);
});

test('cash that left the account while a person was asked buys nothing', async () => {
  rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 1 } };
  const handle = await rebalance.start();
  const { rebalanceId } = await rebalance.until('awaiting-approval');
  rebalance.cash = 3_000;
  const { client, account } = rebalance.rig;
  await giveAnswer(client, account, { rebalanceId, decision: 'approve', by: 'Ada', why: 'reads well' });
  const { legs, cash, complete } = traded(await handle!.result());
  expect(complete).toBe(false);
  // 3,000 dollars buy 54 at 52.25 with the fee; what is left buys three more.
  expect(legs.map(({ asked }) => asked)).toEqual([54, 3, 0]);
  expect(cash).toBeCloseTo(3_000 - 57 * (PRICE + FEE), 6);
});

test('a no after the yes: nothing more leaves, before the open and between two legs', async () => {
  const { broker } = rebalance.rig;
  broker.now = OPEN - 3 * 3_600_000;
  const early = await rebalance.start();
  await rebalance.until('waiting-for-open');
  expect(await omega('reject', '--by', 'Ada', '--why', 'storm')).toMatchObject({ code: 0 });
  expect(await early!.result()).toEqual({ kind: 'rejected', by: 'Ada', why: 'storm' });
  expect(rebalance.placed()).toEqual([]);
  broker.now = OPEN;
  rebalance.settings = { ...SETTINGS, paceMs: 1_500 };
  const handle = await rebalance.start();
  await rebalance.rig.until('the first fill', ({ day }) => day.executions === 1);
  expect(await omega('reject', '--by', 'Ada', '--why', 'enough')).toMatchObject({ code: 0 });
  expect(await omega('reject', '--by', 'Ada', '--why', 'again')).toMatchObject({ code: 4 });
  const { complete, legs } = traded(await handle!.result());
  expect(complete).toBe(false);
  expect(legs.map(({ state, why }) => [state, why])).toEqual([
    ['filled', null],
    ['not-asked', 'stopped by Ada: enough'],
    ['not-asked', 'stopped by Ada: enough'],
  ]);
});

test('a no while the broker is away counts: after the yes, and while a leg looks at the clock', async () => {
  const { rig } = rebalance;
  const pending = async (step: string): Promise<void> => {
    for (let tries = 0; tries < 500; tries += 1) {
      const { raw } = await rebalanceHandle(rig.client, rig.account).describe();
      if (raw.pendingActivities?.some(({ activityType }) => activityType?.name === step)) return;
    }
    throw new Error(`waited in vain for ${step}`);
  };
  rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 1 } };
  const handle = await rebalance.start();
  await rebalance.until('awaiting-approval');
  await rig.brokerWorker.stop();
  expect(await omega('approve', '--by', 'Ada', '--why', 'reads well')).toMatchObject({ code: 0 });
  await pending('readMarketTime');
  expect(await omega('approve', '--by', 'Ada', '--why', 'again')).toMatchObject({ code: 4 });
  expect(await omega('reject', '--by', 'Ada', '--why', 'no gateway')).toMatchObject({ code: 0 });
  await rig.brokerWorker.start();
  expect(await handle!.result()).toEqual({ kind: 'rejected', by: 'Ada', why: 'no gateway' });

  rebalance.settings = SETTINGS;
  rebalance.beforeCash = () => rig.brokerWorker.stop();
  const second = await rebalance.start();
  await rebalance.until('buying');
  await pending('readMarketTime');
  expect(await omega('reject', '--by', 'Ada', '--why', 'too late')).toMatchObject({ code: 0 });
  await rig.brokerWorker.start();
  expect(traded(await second!.result()).legs.map(({ why }) => why)).toEqual(Array(3).fill('stopped by Ada: too late'));
  expect(rebalance.placed()).toEqual([]);
});

test('a step that cannot be done yet is told while it is tried again, and a no before there is a list counts', async () => {
  rebalance.failing = 'the gateway was not told within 100 ms';
  const handle = await rebalance.start();
  let said = '';
  for (let tries = 0; tries < 100 && !said.includes('tried again'); tries += 1) said = (await omega('show')).said;
  expect(said).toMatch(
    /planning\nplanRebalance failed (once|\d times) and is tried again: the gateway was not told within/,
  );
  expect(await omega('reject', '--by', 'Ada', '--why', 'not today')).toMatchObject({ code: 0 });
  rebalance.failing = null;
  expect(await handle!.result()).toEqual({ kind: 'rejected', by: 'Ada', why: 'not today' });
});

test('nobody answers: it expires, a yes after that is refused, and nothing is ordered', async () => {
  rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 0.0001 } };
  const away = jest.spyOn(rebalance.store, 'put').mockRejectedValue(new Error('the store is away'));
  const handle = await rebalance.start();
  let said = '';
  for (let tries = 0; tries < 100 && !said.includes('storeReport failed'); tries += 1)
    said = (await omega('show')).said;
  expect(said).toContain('the store is away');
  expect(await omega('approve', '--by', 'Ada', '--why', 'reads well')).toMatchObject({ code: 4 });
  away.mockRestore();
  expect(await handle!.result()).toMatchObject({ kind: 'expired' });
  expect(rebalance.placed()).toEqual([]);
});
