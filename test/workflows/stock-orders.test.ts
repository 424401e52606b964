/** Legs of a rebalance through session and order workflows on a real server; the broker is scripted. */
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { tmpdir } from 'node:os';
import { createRebalanceActivities } from '../../src/activities/rebalance-activities';
import { DEFAULT_REBALANCE } from '../../src/config/rebalance-settings';
import { openFolderStore } from '../../src/storage/folder-store';
import { placeStockOrder } from '../../src/client/place-stock-order';
import type { StockOrderAnswer, StockOrderRequest } from '../../src/domain/stock-orders';
import * as messages from '../../src/workflows/messages';
import { stockContract, stockLeg } from '../stocks';
import { batch, entry } from './proposals';
import { OPEN, TRADE_DATE, propose, useTradingRig, type Rig } from './trading-rig';

jest.setTimeout(30_000);
const newRig = useTradingRig();

const leg = (ticker: string, number: number, more: Partial<StockOrderRequest> = {}): StockOrderRequest =>
  stockLeg(ticker, number, { decidedAt: OPEN, expiresAt: OPEN + 60_000, ...more });
const ask = (rig: Rig, request: StockOrderRequest): Promise<StockOrderAnswer> =>
  placeStockOrder(rig.client, rig.account, request);

/** The session has heard of the broker, as after each connection of a trader. */
async function connected(): Promise<Rig> {
  const rig = await newRig();
  const positions = [...rig.broker.held].map(([conId, held]) => ({ conId, ...held }));
  await rig.session.signal(messages.brokerConnected, { epoch: 1, nextValidId: 1, positions });
  return rig;
}

async function nextRun(rig: Rig): Promise<void> {
  const { runId } = await rig.session.describe();
  await rig.session.signal(messages.rollover);
  await rig.until('the next run', () => true);
  for (;;) if ((await rig.session.describe()).runId !== runId) return;
}

test('a leg is placed once: asked twice at the same time, again after its fill, and again in the next run', async () => {
  const rig = await connected();
  const [first, twin] = await Promise.all([
    ask(rig, leg('KO', 0)),
    rig.session.executeUpdate(messages.placeStockOrder, { args: [leg('KO', 0)] }),
  ]);
  expect(first).toMatchObject({ outcome: 'placed', rebalanceId: '2013-06-03', leg: 0 });
  expect(twin).toEqual(first);
  await rig.until('the fill', ({ day, settled }) => day.executions === 1 && settled);
  await nextRun(rig);
  expect(await rig.session.executeUpdate(messages.placeStockOrder, { args: [leg('KO', 0)] })).toEqual(first);
  expect(rig.broker.placed).toHaveLength(1);
  expect(rig.broker.placed[0]).toMatchObject({ bracket: null, purpose: 'entry', quantity: 10 });
});

test('a refusal is the validator’s: a code, the answer as detail, nothing in history; what was refused may be asked again', async () => {
  const rig = await connected();
  await rig.session.signal(messages.pause, { by: 'A. Trader', why: 'lunch' });
  await rig.until('the pause', ({ paused }) => paused);
  const { historyLength } = await rig.session.describe();
  const error: unknown = await rig.session
    .executeUpdate(messages.placeStockOrder, { args: [leg('KO', 0)] })
    .catch((caught: unknown) => caught);
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  expect(error.cause).toMatchObject({
    type: 'PAUSED',
    details: [{ rebalanceId: '2013-06-03', leg: 0, outcome: 'refused', refusal: { code: 'PAUSED' } }],
  });
  expect((await rig.session.describe()).historyLength).toBe(historyLength);
  await rig.session.signal(messages.resume, { by: 'A. Trader', why: 'back' });
  await rig.until('the end of the pause', ({ paused }) => !paused);
  expect(await ask(rig, leg('KO', 0))).toMatchObject({ outcome: 'placed' });
});

test('a leg without an answer is unknown, found at the broker and booked once', async () => {
  const rig = await connected();
  rig.broker.script = ['arrive-unanswered'];
  const answer = await ask(rig, leg('KO', 0));
  if (answer.outcome !== 'unknown') throw new Error(JSON.stringify(answer));
  rig.broker.fill(answer.key, 'entry', 10, 40);
  const { positions } = await rig.until('the fill', ({ day, settled }) => day.executions === 1 && settled);
  expect(positions).toMatchObject([{ symbol: 'STK:KO', quantity: 10, averagePrice: 40 }]);
  expect(await ask(rig, leg('KO', 0))).toEqual(answer);
  expect(rig.broker.placed).toHaveLength(1);
});

test('a foreign stock called ES is told, keeps nobody from trading the future ES, and is adopted by name', async () => {
  const rig = await newRig();
  rig.broker.held.set(4_711, { symbol: 'ES', secType: 'STK', quantity: 40, averageCost: 41 });
  rig.broker.held.set(4_712, { symbol: 'EUR', secType: 'STK', quantity: 1, averageCost: 9 });
  const positions = [...rig.broker.held].map(([conId, held]) => ({ conId, ...held }));
  await rig.session.signal(messages.brokerConnected, { epoch: 1, nextValidId: 1, positions });
  const { frozen } = await rig.until('the stocks to be told', ({ foreignStocks }) => foreignStocks.length === 2);
  expect(frozen).toEqual({});
  expect(await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]))).toMatchObject([{ outcome: 'placed' }]);
  const es = { ...leg('KO', 0), contract: { ...stockContract('KO'), symbol: 'ES', conId: 4_711 } };
  expect(await ask(rig, es)).toMatchObject({ outcome: 'refused', refusal: { code: 'SYMBOL_FROZEN' } });
  await rig.session.executeUpdate(messages.unfreeze, { args: [{ symbol: 'STK:ES', by: 'A. Trader', why: 'mine' }] });
  const adopted = await rig.snapshot();
  expect(adopted.positions).toContainEqual(
    expect.objectContaining({ symbol: 'STK:ES', quantity: 40, averagePrice: 41, secType: 'STK' }),
  );
  expect(await ask(rig, { ...es, side: 'sell', quantity: 40 })).toMatchObject({ outcome: 'placed' });
  expect(rig.broker.placed.at(-1)).toMatchObject({ purpose: 'reduce', expectedPosition: 40 });
});

test('an account that no feed trades has its trade date opened by the first leg of a rebalance', async () => {
  const rig = await connected();
  const next = OPEN + 24 * 3_600_000;
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: TRADE_DATE, marketTime: OPEN });
  await rig.until('the close', ({ tradeDate }) => tradeDate === null);
  const order = leg('KO', 0, { decidedAt: next, expiresAt: next + 60_000 });
  expect(await ask(rig, order)).toMatchObject({ outcome: 'refused', refusal: { code: 'TRADE_DATE_CLOSED' } });
  const look = {
    totalCash: 0,
    netLiquidation: 90_000,
    marketTime: next,
    stocks: () => Promise.resolve([]),
    ask: () => Promise.resolve(null),
  };
  const activities = createRebalanceActivities({
    client: rig.client,
    store: await openFolderStore(tmpdir()),
    settings: DEFAULT_REBALANCE,
    dataFolder: 'data',
    providers: () => [],
    withBroker: (work) => work(look),
  });
  const placed: Promise<StockOrderAnswer> = new MockActivityEnvironment().run(() =>
    activities.placeLeg({ account: rig.account, order }),
  );
  expect(await placed).toMatchObject({ outcome: 'placed' });
  expect(await rig.snapshot()).toMatchObject({ tradeDate: '2013-10-10', startOfDayNetLiquidation: 90_000 });
});

test('flatten closes a stock by one reduction; a halt closes what is left, and the next leg is refused', async () => {
  const rig = await connected();
  await ask(rig, leg('KO', 0));
  await ask(rig, leg('PFE', 1));
  await rig.until('two fills', ({ day, settled }) => day.executions === 2 && settled);
  await rig.session.signal(messages.flatten, { symbol: 'STK:KO', by: 'A. Trader', why: 'enough' });
  await rig.until('KO flat', ({ positions, settled }) => settled && positions.length === 1);
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'enough' });
  await rig.until('the halt', ({ halt, positions }) => halt.phase === 'HALTED' && positions.length === 0);
  const reductions = rig.broker.placed.filter(({ purpose }) => purpose === 'reduce');
  expect(reductions.map(({ contract, quantity }) => [contract.symbol, quantity])).toEqual([
    ['KO', 10],
    ['PFE', 10],
  ]);
  expect(await ask(rig, leg('BA', 2))).toMatchObject({ outcome: 'refused', refusal: { code: 'HALTED' } });
});
