/** UNSET values and times as @stoqey/ib hands them on. */
import type { Execution, Order, OrderState } from '@stoqey/ib';
import { describeExecution, describeOrder, isSet } from '../../src/broker/order-messages';
import { formatIbUtc, parseIbTime } from '../../src/broker/ib-time';

const ZONE = 'America/Chicago';

test.each([undefined, null, NaN, Infinity, Number.MAX_VALUE, 2_147_483_647])('%p is UNSET', (value) => {
  expect(isSet(value)).toBe(false);
});
test.each([0, -5, 0.25, 2_147_483_646])('%p is a value', (value) => expect(isSet(value)).toBe(true));

test('an open order full of UNSET values has none of them', () => {
  const order = {
    action: 'SELL',
    totalQuantity: 2,
    orderType: 'MKT',
    lmtPrice: Number.MAX_VALUE,
    auxPrice: 0,
    filledQuantity: Number.MAX_VALUE,
    permId: undefined,
    parentId: 2_147_483_647,
  } as unknown as Order;
  expect(describeOrder({ conId: 1 }, order, { status: 'Submitted' } as OrderState, 7)).toMatchObject({
    ...{
      side: 'sell',
      quantity: 2,
      lmtPrice: null,
      auxPrice: null,
      permId: 0,
      parentId: 0,
      clientId: null,
      orderId: 7,
    },
  });
});

describe('executions', () => {
  const wire: Execution = {
    execId: '1.2.01',
    shares: 1,
    price: 1_650,
    side: 'SLD',
    time: '20131009 09:30:00 US/Central',
  };

  test('are dated in UTC', () => {
    expect(describeExecution({ conId: 1 }, wire, ZONE)).toMatchObject({
      side: 'sell',
      time: Date.parse('2013-10-09T14:30:00Z'),
    });
  });

  test.each([
    ['no id', { execId: '' }],
    ['no quantity', { shares: undefined }],
    ['no time', { time: 'soon' }],
  ])('with %s are unreadable, never half-read', (_name, fields) => {
    expect(describeExecution({ conId: 1 }, { ...wire, ...fields }, ZONE)).toBeNull();
  });
});

describe('times', () => {
  test.each([
    ['20131009 09:30:00 US/Central', '2013-10-09T14:30:00Z'],
    ['20131009 10:30:00 US/Eastern', '2013-10-09T14:30:00Z'],
    ['20131009-14:30:00', '2013-10-09T14:30:00Z'],
    ['20131009  09:30:00', '2013-10-09T14:30:00Z'],
    ['20131209 09:30:00 CST6', '2013-12-09T15:30:00Z'],
    ['20131009', '2013-10-09T05:00:00Z'],
    ['1381329000', '2013-10-09T14:30:00Z'],
  ])('%s', (text, iso) => expect(parseIbTime(text, ZONE)).toBe(Date.parse(iso)));

  test.each(['', 'yesterday', '2013-10-09', '20131009 9:30'])('%p is none', (text) => {
    expect(parseIbTime(text, ZONE)).toBeNull();
  });

  test('written as UTC and read back', () => {
    const time = Date.parse('2013-10-09T14:30:05Z');
    expect(formatIbUtc(time)).toBe('20131009-14:30:05');
    expect(parseIbTime(formatIbUtc(time + 999), ZONE)).toBe(time);
  });
});
