/** @stoqey/ib, as installed, against the gateway. */
import { EventName, IBApi } from '@stoqey/ib';

const ACCOUNT = 'DEMO1000001';
const CLIENT_ID = 17;
const WAIT_MS = 12_000;
const [host, port] = [process.argv[2], Number(process.argv[3])];

/** A connection that keeps the arguments of every event, by its name. */
class Client {
  heard = new Map();

  constructor() {
    this.api = new IBApi({ host, port, clientId: CLIENT_ID });
    for (const name of Object.values(EventName)) {
      this.api.on(name, (...args) => this.heard.set(name, [...(this.heard.get(name) ?? []), args]));
    }
  }

  all = (event) => this.heard.get(event) ?? [];

  /** The first event that fits. */
  async wait(event, fits = () => true) {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const found = this.all(event).find((args) => fits(...args));
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${event}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Library errors would be gateway defects: a field too many, one too few. */
  decodingErrors = () => this.all('error').filter(([, code]) => code === 505);
}

function check(condition, detail) {
  if (!condition) throw new Error(`not as expected: ${JSON.stringify(detail)}`);
}

let client = new Client();
let contract = {
  symbol: 'ES',
  secType: 'FUT',
  lastTradeDateOrContractMonth: '201312',
  exchange: 'CME',
  currency: 'USD',
};
let orderId;
let bid;
let execution;
const ids = {};
const order = (action, orderType, totalQuantity, orderRef, more = {}) => ({
  ...{ action, orderType, totalQuantity, orderRef, account: ACCOUNT, transmit: true, tif: 'DAY' },
  ...more,
});
const place = (name, what) => {
  ids[name] = orderId++;
  client.api.placeOrder(ids[name], contract, what);
};
const status = (name, ...wanted) => client.wait('orderStatus', (id, is) => id === ids[name] && wanted.includes(is));

const steps = {
  async connect() {
    client.api.connect();
    [orderId] = await client.wait('nextValidId');
    const [accounts] = await client.wait('managedAccounts');
    check(accounts === ACCOUNT, accounts);
    client.api.reqCurrentTime();
    const [now] = await client.wait('currentTime');
    check(new Date(now * 1000).getUTCFullYear() === 2013, now);
    return `server version ${client.api.serverVersion}, ${new Date(now * 1000).toISOString()}`;
  },
  async contract() {
    client.api.reqContractDetails(1, contract);
    await client.wait('contractDetailsEnd');
    const found = client.all('contractDetails');
    check(found.length === 1, found);
    const details = found[0][1];
    check(details.minTick === 0.25 && details.contract.localSymbol === 'ESZ3', details);
    contract = { ...contract, conId: details.contract.conId };
    return `${details.contract.localSymbol} conId ${contract.conId}`;
  },
  async bars() {
    client.api.reqHistoricalData(2, contract, '', '3600 S', '1 min', 'TRADES', 0, 2, false);
    await client.wait('historicalData', (_id, date) => String(date).startsWith('finished'));
    const bars = client.all('historicalData').filter(([, date]) => !String(date).startsWith('finished'));
    check(bars.length >= 50 && bars.every(([, , , high, low, close]) => low <= close && close <= high), bars.length);
    return `${bars.length} minutes`;
  },
  async 'live bars'() {
    client.api.reqRealTimeBars(3, contract, 5, 'TRADES', false);
    await client.wait('realtimeBar', () => client.all('realtimeBar').length >= 3);
    client.api.cancelRealTimeBars(3);
    return `close ${client.all('realtimeBar').at(-1)[5]}`;
  },
  async ticks() {
    client.api.reqMktData(4, contract, '', false, false);
    [, , bid] = await client.wait('tickPrice', (_id, type) => type === 1);
    const [, , ask] = await client.wait('tickPrice', (_id, type) => type === 2);
    const [, , volume] = await client.wait('tickSize', (_id, type) => type === 8);
    check(bid > 0 && ask > bid, { bid, ask });
    return `${bid} x ${ask}, volume ${volume}`;
  },
  async place() {
    place('modified', order('BUY', 'LMT', 2, 'modified', { lmtPrice: bid - 25 }));
    const [, , , , , permId] = await status('modified', 'Submitted');
    check(permId > 0, permId);
    return `order ${ids.modified}, permId ${permId}`;
  },
  async modify() {
    client.api.placeOrder(ids.modified, contract, order('BUY', 'LMT', 3, 'modified', { lmtPrice: bid - 30 }));
    const isNew = (id, _contract, { lmtPrice, totalQuantity }) =>
      id === ids.modified && lmtPrice === bid - 30 && totalQuantity === 3;
    await client.wait('openOrder', isNew);
    return `3 at ${bid - 30}`;
  },
  async cancel() {
    client.api.cancelOrder(ids.modified, {});
    await status('modified', 'Cancelled');
    return 'Cancelled';
  },
  async fill() {
    place('filled', order('BUY', 'MKT', 1, 'filled'));
    await status('filled', 'Filled');
    [, , execution] = await client.wait('execDetails', (_id, _contract, { orderId: id }) => id === ids.filled);
    check(execution.side === 'BOT' && execution.orderRef === 'filled' && execution.shares === 1, execution);
    return `1 at ${execution.price}, ${execution.time}`;
  },
  async commission() {
    const [report] = await client.wait('commissionReport', ({ execId }) => execId === execution.execId);
    check(report.commission > 0 && report.currency === 'USD', report);
    return `${report.commission} ${report.currency}`;
  },
  async position() {
    client.api.reqPositions();
    await client.wait('positionEnd');
    const [, , held, cost] = await client.wait('position', (_account, { symbol }) => symbol === 'ES');
    check(held === 1, held);
    return `average cost ${cost}`;
  },
  async account() {
    client.api.reqAccountSummary(5, 'All', 'NetLiquidation,TotalCashValue');
    await client.wait('accountSummaryEnd');
    const [, , , value] = await client.wait('accountSummary', (_id, _account, tag) => tag === 'NetLiquidation');
    check(Number(value) > 90_000, value);
    client.api.reqPnL(6, ACCOUNT, '');
    const [, daily] = await client.wait('pnl');
    return `net liquidation ${value}, daily P&L ${daily}`;
  },
  async 'same id: 326'() {
    const second = new Client();
    second.api.connect();
    await second.wait('info', (_text, code) => code === 326);
    await second.wait('disconnected');
    client.heard.delete('currentTime');
    client.api.reqCurrentTime();
    await client.wait('currentTime');
    return 'refused, the first lives';
  },
  async reconnect() {
    place('resting', order('SELL', 'STP', 1, 'resting', { auxPrice: bid - 40, tif: 'GTC' }));
    await status('resting', 'Submitted', 'PreSubmitted');
    check(client.decodingErrors().length === 0, client.decodingErrors());
    client.api.disconnect();
    client = new Client();
    client.api.connect();
    [orderId] = await client.wait('nextValidId');
    check(orderId > ids.resting, orderId);
    return 'same client id';
  },
  async 'orders found'() {
    client.api.reqOpenOrders();
    await client.wait('openOrderEnd');
    const [id, , found] = await client.wait('openOrder', (_id, _contract, { orderRef }) => orderRef === 'resting');
    check(id === ids.resting && found.auxPrice === bid - 40, found);
    client.api.reqCompletedOrders(true);
    await client.wait('completedOrdersEnd');
    const completed = client.all('completedOrder').map(([, { orderRef }, { status: is }]) => `${orderRef} ${is}`);
    check(completed.includes('modified Cancelled') && completed.includes('filled Filled'), completed);
    client.api.cancelOrder(ids.resting, {});
    await status('resting', 'Cancelled');
    return `1 open, ${completed.length} completed`;
  },
  async 'fills found'() {
    client.api.reqExecutions(7, {});
    await client.wait('execDetailsEnd');
    const found = client.all('execDetails').filter(([, , { orderRef }]) => orderRef === 'filled');
    check(found.length === 1 && found[0][2].execId === execution.execId, found);
    await client.wait('commissionReport', ({ execId }) => execId === execution.execId);
    place('exit', order('SELL', 'MKT', 1, 'exit'));
    await status('exit', 'Filled');
    const [, , exit] = await client.wait('execDetails', (_id, _contract, { orderId: id }) => id === ids.exit);
    const [{ realizedPNL }] = await client.wait('commissionReport', ({ execId }) => execId === exit.execId);
    check(Math.abs(realizedPNL) < 10_000, realizedPNL);
    check(client.decodingErrors().length === 0, client.decodingErrors());
    return `1 fill; exit realized ${realizedPNL.toFixed(2)}`;
  },
};

for (const [step, run] of Object.entries(steps)) {
  try {
    const detail = await run();
    console.log(JSON.stringify({ step, ok: true, detail }));
  } catch (error) {
    console.error(error);
    console.error(
      'errors heard:',
      client.all('error').map(([error, code, id]) => `${id} ${code} ${error.message}`),
    );
    console.log(JSON.stringify({ step, ok: false, detail: error.message }));
    process.exitCode = 1;
    break;
  }
}
client.api.disconnect();
