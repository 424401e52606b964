/** Stocks over TCP: the broker's own ids and history by the data connection, orders and reductions by the guard. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataConnection } from '../../src/broker/data-connection';
import { createTradingGuard, type TradingGuard } from '../../src/broker/guard';
import type { MarketDataPort } from '../../src/broker/market-data-port';
import { changedOrder, ordersOf } from '../../src/broker/order-fields';
import type { MirrorEntry } from '../../src/broker/mirror-state';
import type { OrderIntent } from '../../src/domain/intents';
import { stockContract, STOCK_OPEN } from '../stocks';
import { intentOf, SILENT, testBroker, TRADING, until } from './guard-rig';
import { startPaperGateway, type PaperGateway } from './paper-gateway-rig';
import { ACCOUNT } from './scripted-tws';

const KO = stockContract('KO');
let gateway: PaperGateway;
let data: MarketDataPort;
let guard: TradingGuard;
let stateDir: string;
let sequence = 0;

beforeAll(async () => {
  gateway = await startPaperGateway(new Date(STOCK_OPEN).toISOString(), true);
  data = createDataConnection(testBroker(gateway.port), { logger: SILENT });
  await data.connect();
  stateDir = mkdtempSync(join(tmpdir(), 'omega-guard-'));
  const config = { broker: testBroker(gateway.port), permissions: TRADING };
  guard = createTradingGuard(config, { stateDir, logger: SILENT });
  guard.start();
  await until(() => guard.connection().phase === 'ready');
});
afterAll(async () => {
  guard.stop();
  await data.close();
  await gateway.close();
  rmSync(stateDir, { recursive: true, force: true });
});

const intent = (fields: Partial<OrderIntent>): OrderIntent => {
  sequence += 1;
  return intentOf({
    key: `${ACCOUNT}-8-${sequence}`,
    orderIdBase: 1_000_000 + sequence * 8,
    contract: KO,
    quantity: 30,
    decidedAt: STOCK_OPEN,
    expiresAt: STOCK_OPEN + 60_000,
    ...fields,
  });
};
const heldShares = async (): Promise<number | undefined> =>
  (await guard.positions()).find(({ conId }) => conId === KO.conId)?.quantity;

test('a ticker is resolved to the broker’s own id; one that is not listed says so', async () => {
  expect(await data.resolveStock('KO')).toEqual(KO);
  await expect(data.resolveStock('NOPE')).rejects.toMatchObject({
    code: 'NO_CONTRACT',
    message: 'The gateway lists no US stock NOPE; check the ticker and whether it is still traded.',
  });
});

test('daily history of a stock', async () => {
  const bars = await data.history(KO, { barSize: '1 day', duration: '5 D', useRth: true });
  // The fifth is forming: its open alone is known.
  expect(bars.map(({ close }) => close)).toEqual([42.55, 41.4, 40.77, 39.99]);
});

test('an order in shares fills, is told as a stock, and only what is held is reduced', async () => {
  expect(await guard.place(intent({ purpose: 'reduce', side: 'sell' }))).toMatchObject({
    refusal: { code: 'NOT_REDUCING', detail: 'sell=30 closable=0 position=0' },
  });
  expect(await guard.place(intent({}))).toMatchObject({ outcome: 'sent' });
  expect(await heldShares()).toBe(30);
  expect(await guard.positions()).toMatchObject([{ symbol: 'KO', secType: 'STK', conId: KO.conId }]);
  expect(await guard.place(intent({ purpose: 'reduce', side: 'sell', quantity: 31 }))).toMatchObject({
    refusal: { code: 'NOT_REDUCING' },
  });
  expect(await guard.place(intent({ purpose: 'reduce', side: 'sell' }))).toMatchObject({ outcome: 'sent' });
  expect(await heldShares()).toBeUndefined();
  const { executions, commissions } = await guard.executionsToday();
  expect(executions).toMatchObject([
    { secType: 'STK', shares: 30 },
    { secType: 'STK', shares: 30 },
  ]);
  expect(commissions.map(({ commission }) => commission)).toEqual([1, 1]);
});

test('orders of stocks: by id and SMART, in regular hours, prices on the tick of their size', () => {
  const [{ contract, order }] = ordersOf(intent({ orderType: 'limit', limitPrice: 39.999 }));
  expect(contract).toEqual({ conId: 8894, symbol: 'KO', secType: 'STK', exchange: 'SMART', currency: 'USD' });
  expect(order).toMatchObject({ orderType: 'LMT', lmtPrice: 40, outsideRth: false, transmit: true, tif: 'DAY' });
  expect(ordersOf(intent({ orderType: 'limit', limitPrice: 0.12346 }))[0].order.lmtPrice).toBe(0.1235);
  const resting = { secType: 'STK', ibSymbol: 'ES', orderType: 'LMT', lmtPrice: 60, side: 'buy' } as MirrorEntry;
  expect(changedOrder(resting, ACCOUNT, { price: 60.014 }).order.lmtPrice).toBe(60.01);
  const future = { ...resting, secType: 'FUT' };
  expect(changedOrder(future, ACCOUNT, { price: 60.3 }).order.lmtPrice).toBe(60.25);
});
