/**
 * A rebalance of twenty legs against the real gateway over TCP and the real trader process: sells before buys, and SIGKILL in the middle.
 * Afterwards the gateway has exactly one order of each leg, and its positions are the session's.
 */
import { placeStockOrder } from '../../src/client/place-stock-order';
import { stockKey } from '../../src/domain/contracts';
import { legNameOf, type StockOrderAnswer, type StockOrderRequest } from '../../src/domain/stock-orders';
import { STOCK_DATE, STOCK_OPEN, stockLeg } from '../stocks';
import { eventually } from './processes';
import { StandServer, TradingStand } from './trading-stand';

jest.setTimeout(180_000);

const HELD = ['BAC', 'CVX', 'JPM', 'KO', 'MSFT', 'ORCL', 'WFC', 'WMT', 'XOM', 'IBM'];
const WANTED = ['AAPL', 'BA', 'C', 'CAT', 'CSCO', 'DIS', 'HD', 'INTC', 'JNJ', 'PFE'];

let server: StandServer;
let stand: TradingStand;

beforeAll(async () => {
  server = await StandServer.open(['stocks']);
  stand = await TradingStand.open({
    server,
    namespace: 'stocks',
    clock: '2013-06-03T13:30:00Z',
    gateway: ['--stocks', '--as-of', STOCK_DATE],
  });
});

afterAll(async () => {
  await stand.close();
  await server.close();
});

/** As the rebalance asks: again until answered. */
const ask = (leg: StockOrderRequest): Promise<StockOrderAnswer> =>
  eventually(`an answer to ${legNameOf(leg)}`, () => placeStockOrder(stand.client, stand.account, leg, 5_000), 60_000);

const askInTurn = async (legs: readonly StockOrderRequest[]): Promise<readonly StockOrderAnswer[]> => {
  const answers: StockOrderAnswer[] = [];
  for (const leg of legs) answers.push(await ask(leg));
  return answers;
};

const gatewayHoldings = async (): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await stand.positions())
      .filter(({ quantity }) => quantity !== 0)
      .map(({ symbol, quantity }) => [symbol, quantity]),
  );

test('twenty legs with a trader killed among them: each ordered once, filled, and held alike on both sides', async () => {
  await stand.startTrader();
  await stand.openDay(STOCK_DATE, STOCK_OPEN);
  await stand.until('the day', ({ tradeDate }) => tradeDate === STOCK_DATE);
  const first = HELD.map((ticker, leg) => stockLeg(ticker, leg, { rebalanceId: 'week-22' }));
  const bought = await askInTurn(first);
  expect(bought.map(({ outcome }) => outcome)).toEqual(HELD.map(() => 'placed'));
  await stand.until('ten fills', ({ day, settled }) => day.executions === 10 && settled);

  const sells = HELD.map((ticker, leg) => stockLeg(ticker, leg, { rebalanceId: 'week-23', side: 'sell', quantity: 6 }));
  const buys = WANTED.map((ticker, index) => stockLeg(ticker, 10 + index, { rebalanceId: 'week-23', quantity: 7 }));
  await askInTurn(sells.slice(0, 6));
  await stand.trader.kill();
  await stand.startTrader('after-the-write');
  const interrupted = ask(sells[6]);
  await stand.trader.died();
  await stand.startTrader();
  expect(['placed', 'unknown']).toContain((await interrupted).outcome);
  await askInTurn([...sells.slice(7), ...buys]);
  await stand.until('thirty fills', ({ day, settled }) => day.executions === 30 && settled);

  const again = await askInTurn([...first, ...sells, ...buys]);
  expect(again.slice(0, 10)).toEqual(bought);
  const keys = again.map((answer) => ('key' in answer ? answer.key : legNameOf(answer)));
  expect((await stand.entries()).map(({ orderRef }) => orderRef).sort()).toEqual([...keys].sort());

  const snapshot = await stand.reconciled();
  const holdings = Object.fromEntries(snapshot.positions.map(({ localSymbol, quantity }) => [localSymbol, quantity]));
  const expected = {
    ...Object.fromEntries(HELD.map((name) => [name, 4])),
    ...Object.fromEntries(WANTED.map((name) => [name, 7])),
  };
  expect(holdings).toEqual(expected);
  expect(await gatewayHoldings()).toEqual(expected);
  expect(snapshot).toMatchObject({
    frozen: {},
    foreignStocks: [],
    day: { trades: 0, contractsTraded: 0, sharesTraded: 100 + 60 + 70, orders: { filled: 30, unknown: 0 } },
  });
  // A dollar an order, but one percent of what is worth less than a hundred.
  expect(snapshot.day.fees).toBeGreaterThan(25);
  expect(snapshot.day.fees).toBeLessThanOrEqual(30);
  expect(snapshot.positions.map(({ symbol }) => symbol)).toContain(stockKey('AAPL'));
});

test('three of the next legs are rejected, and sells rest unfilled until they are cancelled', async () => {
  await stand.fault('reject-order', { count: 3, skip: 1, side: 'buy' });
  const buys = WANTED.slice(0, 5).map((ticker, leg) => stockLeg(ticker, leg, { rebalanceId: 'week-24', quantity: 1 }));
  await askInTurn(buys);
  const { orders } = await stand.until('the rejections', (snapshot) => {
    const mine = snapshot.orders.filter(({ rebalance }) => rebalance?.rebalanceId === 'week-24');
    return mine.length === 5 && mine.every(({ state }) => state === 'filled' || state === 'rejected');
  });
  const states = orders.filter(({ rebalance }) => rebalance?.rebalanceId === 'week-24').map(({ state }) => state);
  expect(states).toEqual(['filled', 'rejected', 'rejected', 'rejected', 'filled']);

  await stand.fault('leave-unfilled', { side: 'sell' });
  const answer = await ask(stockLeg('KO', 0, { rebalanceId: 'week-25', side: 'sell', quantity: 4 }));
  if (answer.outcome !== 'placed') throw new Error(JSON.stringify(answer));
  const { key } = answer;
  await stand.until('the order to rest', (snapshot) =>
    snapshot.orders.some((one) => one.key === key && one.state === 'working'),
  );
  await stand.session.signal('cancelOrder', { key, by: 'rebalance' });
  await stand.until('the cancel', (snapshot) =>
    snapshot.orders.some((one) => one.key === key && one.state === 'cancelled'),
  );
  await stand.fault('leave-unfilled', { side: 'sell', on: false });
  expect((await gatewayHoldings()).KO).toBe(4);
});

test('a stock that the broker does not list is rejected by it, one that the session never held is not sold', async () => {
  const unknown = { ...stockLeg('KO', 0).contract, symbol: 'NOPE', conId: 1_999_999_999 };
  const answer = await ask(stockLeg('KO', 0, { rebalanceId: 'week-26', contract: unknown }));
  if (answer.outcome !== 'placed') throw new Error(JSON.stringify(answer));
  const { orders } = await stand.until('the refusal', (snapshot) =>
    snapshot.orders.some((one) => one.key === answer.key && one.state === 'rejected'),
  );
  expect(orders.find(({ key }) => key === answer.key)?.reason).toContain('200 No security definition');
  const short = await ask(stockLeg('GS', 1, { rebalanceId: 'week-26', side: 'sell' }));
  expect(short).toMatchObject({ outcome: 'refused', refusal: { code: 'SHORT_NOT_ALLOWED' } });
});

test('omega flatten closes one stock, a halt all of them', async () => {
  await stand.session.signal('flatten', { symbol: stockKey('AAPL'), by: 'A. Trader', why: 'test' });
  await stand.until(
    'AAPL flat',
    ({ positions, settled }) => settled && positions.every(({ symbol }) => symbol !== 'STK:AAPL'),
  );
  expect((await gatewayHoldings()).AAPL).toBeUndefined();
  await stand.session.signal('halt', { by: 'A. Trader', why: 'test' });
  await stand.until('the halt', ({ halt, positions }) => halt.phase === 'HALTED' && positions.length === 0);
  expect(await gatewayHoldings()).toEqual({});
  const refused = await ask(stockLeg('KO', 0, { rebalanceId: 'week-27' }));
  expect(refused).toMatchObject({ outcome: 'refused', refusal: { code: 'HALTED' } });
});
