import type { BrokerBooks, BrokerFill, SessionBooks } from '../../../src/cli/drill/books';
import { judgeBooks, tradeDifferences } from '../../../src/cli/drill/books';
import { openBook, type OrderBook } from '../../../src/domain/order-book';
import type { OrderIntent } from '../../../src/domain/intents';
import { contractOf } from '../../workflows/proposals';

const EPOCH = 1_381_400_000;
const NOON = Date.UTC(2013, 9, 10, 17);
const CONTRACT = contractOf('GC');
const key = (seq: number): string => `DEMO1000001-${EPOCH}-${seq}`;

const intent = (seq: number): OrderIntent => ({
  key: key(seq),
  account: 'DEMO1000001',
  contract: CONTRACT,
  side: seq % 2 === 1 ? 'buy' : 'sell',
  quantity: 1,
  orderType: 'market',
  limitPrice: null,
  bracket: null,
  purpose: seq % 2 === 1 ? 'entry' : 'reduce',
  orderIdBase: 1_000_000 + 8 * seq,
  decisionId: seq % 2 === 1 ? `decision ${seq}` : null,
  referencePrice: 1_300,
  decidedAt: NOON,
  expiresAt: NOON + 60_000,
  decidedMonotonicMs: null,
  expectedPosition: 0,
});

const fill = (seq: number, change: Partial<BrokerFill> = {}): BrokerFill => ({
  execId: `exec ${seq}`,
  orderRef: key(seq),
  conId: CONTRACT.conId,
  side: seq % 2 === 1 ? 'BOT' : 'SLD',
  shares: 1,
  price: 1_300 + seq,
  time: NOON + seq * 60_000,
  commission: 2.47,
  realizedPnl: seq % 2 === 1 ? null : 100,
  ...change,
});

/** The book of an intent that was seen and filled at the broker. */
function filledBook(seq: number): OrderBook {
  const open = openBook(intent(seq), { outcome: 'unknown' });
  const { execId, shares, price, time } = fill(seq);
  const { entry } = open.legs;
  if (entry === null) throw new Error('an intent has an entry');
  return {
    ...open,
    legs: { ...open.legs, entry: { ...entry, seen: true, state: 'filled', executed: 1 } },
    executions: [{ execId, leg: 'entry', side: intent(seq).side, shares, price, time }],
  };
}

const broker: BrokerBooks = {
  orders: [1, 2].map((seq) => ({ orderRef: key(seq), conId: CONTRACT.conId, orderId: 1_000_000 + 8 * seq, filled: 1 })),
  fills: [fill(1), fill(2)],
  positions: [{ conId: CONTRACT.conId, quantity: 0 }],
};
const session: SessionBooks = {
  epoch: EPOCH,
  seq: 3,
  orders: [filledBook(1), filledBook(2)],
  day: { executions: 2, contractsTraded: 2, fees: 4.94, realizedPnl: 100 },
  positions: [],
};

describe('judging the books after a drill', () => {
  it('finds nothing when both sides tell the same; an intent that was never sent is no loss', () => {
    const verdict = judgeBooks(session, broker);
    expect(verdict).toEqual({ lost: [], duplicated: [], unknown: [], counters: [] });
  });

  it('finds an order that the session saw and the broker does not have', () => {
    const { lost } = judgeBooks(session, { ...broker, orders: broker.orders.slice(1) });
    expect(lost).toEqual([`${key(1)} is not at the broker`]);
  });

  it.each([
    ['of a name it never gave', key(4)],
    ['of a name whose order it forgot', key(3)],
    ['of another chain', `DEMO1000001-${EPOCH + 1}-1`],
    ['without a name', ''],
  ])('finds an order at the broker %s', (_what, orderRef) => {
    const strange = { orderRef, conId: CONTRACT.conId, orderId: 5, filled: 0 };
    const { lost } = judgeBooks(session, { ...broker, orders: [...broker.orders, strange] });
    expect(lost).toEqual([`order 5 (${orderRef}) is unknown to the session`]);
  });

  it('finds executions that only one side has', () => {
    const { lost } = judgeBooks(session, { ...broker, fills: [fill(1), fill(2, { execId: 'exec 9' })] });
    expect(lost).toEqual(['execution exec 9 was never booked', 'execution exec 2 is unknown to the broker']);
  });

  it('finds an order placed twice, a decision ordered twice and an order filled beyond its quantity', () => {
    const twice = { ...filledBook(2), intent: { ...intent(2), decisionId: 'decision 1' } };
    const { duplicated } = judgeBooks(
      { ...session, orders: [filledBook(1), twice] },
      { ...broker, orders: [...broker.orders, broker.orders[0]], fills: [fill(1, { shares: 2 }), fill(2)] },
    );
    expect(duplicated).toEqual([
      `${key(1)} is at the broker more than once`,
      'decision 1 was ordered more than once',
      `${key(1)} traded 2 of 1`,
    ]);
  });

  it('finds what is still unknown', () => {
    const { unknown } = judgeBooks(
      { ...session, orders: [...session.orders, openBook(intent(3), { outcome: 'unknown' })] },
      broker,
    );
    expect(unknown).toEqual([`${key(3)} is unknown`]);
  });

  it('finds counters and positions that differ', () => {
    const { counters } = judgeBooks(
      {
        ...session,
        day: { executions: 3, contractsTraded: 2, fees: 2.47, realizedPnl: 99.99 },
        positions: [{ conId: 7, quantity: 1 }],
      },
      broker,
    );
    expect(counters).toEqual([
      'executions: session 3, broker 2',
      'fees: session 2.47, broker 4.94',
      'realized P&L: session 99.99, broker 100',
      'position in contract 7: session 1, broker 0',
    ]);
  });
});

describe('comparing the trades of two runs', () => {
  it('goes by contract, side, shares, price and virtual time, not by name or order', () => {
    const renamed = [fill(2, { execId: 'a', orderRef: 'x' }), fill(1, { execId: 'b', orderRef: 'y' })];
    expect(tradeDifferences([fill(1), fill(2)], renamed)).toEqual([]);
  });

  it.each([
    ['contract', { conId: 1 }],
    ['side', { side: 'SLD' as const }],
    ['shares', { shares: 2 }],
    ['price', { price: 1_301.1 }],
    ['time', { time: NOON }],
  ])('finds another %s', (_what, change) => {
    expect(tradeDifferences([fill(1)], [fill(1, change)])).toHaveLength(2);
  });

  it('counts equal trades', () => {
    expect(tradeDifferences([fill(1)], [fill(1), fill(1)])).toHaveLength(1);
    expect(tradeDifferences([fill(1), fill(1)], [fill(1)])).toHaveLength(1);
  });
});
