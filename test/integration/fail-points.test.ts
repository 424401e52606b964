/**
 * SIGKILL at every step of an order's way, against the real gateway over TCP and the real trader process: afterwards the gateway has exactly
 * one order of each intent, and the session's counters are the gateway's.
 */
import { conIdOf } from '../../src/paper-gateway/contract-universe';
import { entry, exit, batch } from '../workflows/proposals';
import * as messages from '../../src/workflows/messages';
import type { EntryProposal, Proposal } from '../../src/domain/proposals';
import { StandServer, TradingStand } from './trading-stand';

/** A stand starts three processes twice; a busy machine takes its time. */
jest.setTimeout(180_000);

const MINUTE = 60_000;
const OPEN = Date.parse('2013-10-09T14:30:00Z');
const TRADE_DATE = '2013-10-09';
const CONTRACT = { conId: conIdOf('ES', '201312'), lastTradeDate: 20131220, localSymbol: 'ESZ3' };
const STANDS = Array.from({ length: 16 }, (_, index) => `stand-${index}`);
const free = [...STANDS];

let server: StandServer;

beforeAll(async () => {
  server = await StandServer.open(STANDS);
});

afterAll(async () => {
  await server.close();
});

const real = <P extends Proposal>(proposal: P): P => ({ ...proposal, contract: { ...proposal.contract, ...CONTRACT } });
/** ES trades near 1,650 that morning; legs far enough away that no minute of the test reaches them. */
const longES = (account: string, barClose = OPEN): EntryProposal => ({
  ...real(entry(account, 'ES', barClose)),
  stopPrice: 1_600,
  targetPrice: 1_700,
});

async function onStand(work: (stand: TradingStand) => Promise<void>, clock = '2013-10-09T14:30:00Z'): Promise<void> {
  const namespace = free.shift();
  if (namespace === undefined) throw new Error('more stands than namespaces');
  const stand = await TradingStand.open({ server, namespace, clock });
  try {
    await work(stand);
  } finally {
    await stand.close();
  }
}

/** A filled long position of one ES. */
async function enter(stand: TradingStand): Promise<string> {
  await stand.openDay(TRADE_DATE, OPEN);
  const [answer] = await stand.propose(batch(OPEN, [longES(stand.account)]));
  if (answer.outcome !== 'placed') throw new Error(JSON.stringify(answer));
  await stand.advanceTo(OPEN + MINUTE);
  const snapshot = await stand.reconciled();
  expect(snapshot.positions).toMatchObject([{ quantity: 1 }]);
  return answer.key;
}

describe.each(['update-accepted', 'place-scheduled', 'before-the-write', 'after-the-write', 'place-unacknowledged'])(
  'the trader dies at %s',
  (failPoint) => {
    test('one order, adopted or placed once', () =>
      onStand(async (stand) => {
        await stand.startTrader(failPoint);
        await stand.openDay(TRADE_DATE, OPEN);
        const answering = stand.propose(batch(OPEN, [longES(stand.account)]));
        await stand.trader.died();
        await stand.startTrader();
        const [answer] = await answering;
        expect(['placed', 'unknown']).toContain(answer.outcome);
        await stand.until('the order to be known', ({ settled, orders }) => settled && orders[0].state !== 'unknown');
        await stand.advanceTo(OPEN + MINUTE);
        const snapshot = await stand.reconciled();
        expect(await stand.entries()).toHaveLength(1);
        expect(await stand.orders()).toHaveLength(3);
        expect(snapshot).toMatchObject({
          frozen: {},
          day: { trades: 1, executions: 1, orders: { filled: 1, unknown: 0 } },
        });
      }));
  },
);

test('filled while the trader was away: the fill is found, nothing is sent again', () =>
  onStand(async (stand) => {
    await stand.startTrader('after-the-write');
    await stand.openDay(TRADE_DATE, OPEN);
    const answering = stand.propose(batch(OPEN, [longES(stand.account)]));
    await stand.trader.died();
    await stand.advanceTo(OPEN + MINUTE);
    expect(await stand.executions()).toHaveLength(1);
    await stand.startTrader();
    await answering;
    await stand.until('the fill', ({ day }) => day.executions === 1);
    const snapshot = await stand.reconciled();
    expect(await stand.entries()).toHaveLength(1);
    expect(snapshot.positions).toMatchObject([{ quantity: 1 }]);
  }));

test('the trader dies while the session continues as new: the next run has everything', () =>
  onStand(async (stand) => {
    await stand.startTrader('continue-as-new');
    const key = await enter(stand);
    await stand.session.signal(messages.rollover);
    await stand.trader.died();
    await stand.startTrader();
    const again = await stand.propose(batch(OPEN, [longES(stand.account)]));
    expect(again).toMatchObject([{ outcome: 'placed', key }]);
    const snapshot = await stand.reconciled();
    expect(snapshot.orders).toHaveLength(1);
    expect(await stand.entries()).toHaveLength(1);
  }));

test('the trader dies when a cancel was sent: the exit goes on and ends flat, reduced once', () =>
  onStand(async (stand) => {
    await stand.startTrader('cancel-sent');
    await enter(stand);
    const barClose = OPEN + MINUTE;
    const answering = stand.propose(batch(barClose, [real(exit(stand.account, 'ES', barClose))]));
    await stand.trader.died();
    await stand.startTrader();
    await answering;
    await stand.until('the reduction', ({ settled, orders }) => settled && orders.length === 2);
    await stand.advanceTo(barClose + MINUTE);
    await stand.until(
      'flat',
      ({ positions, contexts }) => positions.length === 0 && contexts.ES?.exitPending === false,
    );
    const snapshot = await stand.reconciled();
    expect(await stand.entries()).toHaveLength(2);
    expect(snapshot.day).toMatchObject({ executions: 2, trades: 1 });
  }));

test('the trader dies when a change was sent: one stop, with the new price', () =>
  onStand(async (stand) => {
    await stand.startTrader('modify-sent');
    const key = await enter(stand);
    await stand.session.signal(messages.modifyOrder, { key, leg: 'stop', price: 1_605, by: 'A. Trader' });
    await stand.trader.died();
    await stand.startTrader();
    await stand.reconciled();
    const stops = (await stand.orders()).filter(({ orderRef }) => orderRef === `${key}/stop`);
    expect(stops).toMatchObject([{ stopPrice: 1_605 }]);
    // The session settles while the leg is still being looked up.
    await stand.legBecomes(key, 'stop', 'working');
  }));

test('the gateway dies with the order read and not stored: it certainly never had it, so it is placed again', () =>
  onStand(async (stand) => {
    await stand.startTrader();
    await stand.openDay(TRADE_DATE, OPEN);
    await stand.until('the day', ({ tradeDate }) => tradeDate === TRADE_DATE);
    await stand.fault('kill-before-place');
    const answering = stand.propose(batch(OPEN, [longES(stand.account)]));
    await stand.gateway.died();
    await stand.startGateway();
    await answering;
    await stand.until('the order to be known', ({ settled, orders }) => settled && orders[0].state !== 'unknown');
    await stand.advanceTo(OPEN + MINUTE);
    await stand.reconciled();
    expect(await stand.entries()).toHaveLength(1);
  }));

test('the gateway dies with the order stored and not answered: it is adopted', () =>
  onStand(async (stand) => {
    await stand.startTrader();
    await stand.openDay(TRADE_DATE, OPEN);
    await stand.until('the day', ({ tradeDate }) => tradeDate === TRADE_DATE);
    await stand.fault('kill-after-place');
    const answering = stand.propose(batch(OPEN, [longES(stand.account)]));
    await stand.gateway.died();
    await stand.startGateway();
    await answering;
    await stand.until('the order to be known', ({ settled, orders }) => settled && orders[0].state !== 'unknown');
    await stand.advanceTo(OPEN + MINUTE);
    await stand.reconciled();
    expect(await stand.entries()).toHaveLength(1);
  }));

test('a frozen gateway that reads the frame of a closed socket when it thaws: one order', () =>
  onStand(async (stand) => {
    await stand.startTrader('after-the-write');
    await stand.openDay(TRADE_DATE, OPEN);
    // The frame is on its way for this long: time to freeze its reader after the writer has died.
    await stand.fault('delay', { inboundMs: 300 });
    const answering = stand.propose(batch(OPEN, [longES(stand.account)]));
    await stand.trader.died();
    await stand.fault('freeze');
    await stand.startTrader();
    expect(await stand.entries()).toHaveLength(0);
    await stand.fault('clear');
    await stand.fault('thaw');
    await answering;
    await stand.until('the order to be known', ({ settled, orders }) => settled && orders[0].state !== 'unknown');
    await stand.advanceTo(OPEN + MINUTE);
    await stand.reconciled();
    expect(await stand.entries()).toHaveLength(1);
  }));

/** The broker returns executions since its own midnight only: 05:00 UTC on this date. */
const NIGHT = Date.parse('2013-10-10T04:59:00Z');
const NIGHT_DATE = '2013-10-10';
const nightly = (account: string, change: Partial<EntryProposal>) => ({
  ...batch(NIGHT, [{ ...longES(account, NIGHT), ...change }]),
  tradeDate: NIGHT_DATE,
});

test("a fill before the broker's midnight that nobody heard stays unknown, is never sent again, and asks a human", () =>
  onStand(async (stand) => {
    await stand.startTrader('after-the-write');
    await stand.openDay(NIGHT_DATE, NIGHT);
    const answering = stand.propose(nightly(stand.account, {}));
    await stand.trader.died();
    await stand.advanceTo(NIGHT + 5 * MINUTE);
    expect(await stand.executions()).toHaveLength(1);
    await stand.startTrader();
    await answering;
    const snapshot = await stand.until(
      'a human to be asked',
      ({ settled, frozen }) => settled && frozen.ES !== undefined,
    );
    expect(snapshot.orders).toMatchObject([{ state: 'unknown' }]);
    expect(await stand.entries()).toHaveLength(1);
  }, '2013-10-10T04:59:00Z'));

test("a fill after the broker's midnight of an order written before it is found", () =>
  onStand(async (stand) => {
    await stand.startTrader('after-the-write');
    await stand.openDay(NIGHT_DATE, NIGHT);
    const answering = stand.propose(nightly(stand.account, { orderType: 'limit', limitPrice: 1_656.75 }));
    await stand.trader.died();
    await stand.advanceTo(NIGHT + MINUTE);
    expect(await stand.executions()).toHaveLength(0);
    await stand.advanceTo(NIGHT + 5 * MINUTE);
    expect(await stand.executions()).toHaveLength(1);
    await stand.startTrader();
    await answering;
    await stand.until('the fill', ({ day }) => day.executions === 1);
    const snapshot = await stand.reconciled();
    expect(snapshot).toMatchObject({ frozen: {}, positions: [{ quantity: 1, averagePrice: 1_656.75 }] });
    expect(await stand.entries()).toHaveLength(1);
  }, '2013-10-10T04:59:00Z'));
