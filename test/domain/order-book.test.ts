import fc from 'fast-check';
import type { BrokerEvent } from '../../src/domain/broker-events';
import {
  advanceAll,
  applyBrokerEvent,
  isFinished,
  missesCommissions,
  newsIn,
  openBook,
  reportOf,
  type OrderBook,
} from '../../src/domain/order-book';
import { commission, executed, execution, intent, mirrored, orderError, status } from './order-cases';

const sent = (): OrderBook => openBook(intent(), { outcome: 'sent', epoch: 1, sentAt: 1_000, sentMonotonicMs: 0 });
const after = (...events: readonly BrokerEvent[]): OrderBook => events.reduce(applyBrokerEvent, sent());

const day: readonly BrokerEvent[] = [
  status('entry', 'Submitted'),
  status('stop', 'PreSubmitted'),
  status('target', 'PreSubmitted'),
  executed(1, 'entry', 1),
  commission(1),
  executed(2, 'entry', 3),
  commission(2),
  status('entry', 'Filled'),
  executed(3, 'stop', 4),
  commission(3),
  status('stop', 'Filled'),
  status('target', 'Cancelled'),
];

test('a bracket from acknowledgement to stop-out', () => {
  const book = after(...day);
  expect(reportOf(book)).toMatchObject({
    states: { entry: 'filled', stop: 'filled', target: 'cancelled' },
    fees: 6.75,
    freeze: null,
  });
  expect(isFinished(book)).toBe(true);
  expect(missesCommissions(book)).toBe(false);
});

test('order and repetition of what the broker says do not matter', () => {
  const shuffledAndDoubled = fc
    .shuffledSubarray([...day, ...day], { minLength: day.length * 2, maxLength: day.length * 2 })
    .map((events) => events.reduce(applyBrokerEvent, sent()));
  const expected = reportOf(after(...day));
  fc.assert(
    fc.property(shuffledAndDoubled, (book) => {
      const { executions, ...report } = reportOf(book);
      expect(report).toEqual({ ...expected, executions: undefined });
      expect([...executions].sort((a, b) => a.execId.localeCompare(b.execId))).toEqual(expected.executions);
      expect(book.readWanted === null || book.readWanted.includes('Filled')).toBe(true);
    }),
  );
});

test('dropping statuses, never executions, leaves the same quantities', () => {
  const statuses = day.filter(({ type }) => type === 'order');
  const facts = day.filter(({ type }) => type !== 'order');
  fc.assert(
    fc.property(fc.subarray([...statuses]), (kept) => {
      const book = [...facts, ...kept].reduce(applyBrokerEvent, sent());
      expect(book.legs.entry).toMatchObject({ state: 'filled', executed: 4 });
      expect(book.legs.stop).toMatchObject({ state: 'filled', executed: 4 });
      expect(book.freeze).toBeNull();
    }),
  );
});

test('what is known already is no news', () => {
  const half = day.slice(0, 6);
  expect(newsIn(after(...half), day).map(({ type }) => type)).toEqual([
    'commission',
    'execution',
    'commission',
    'order',
  ]);
  expect(newsIn(after(...day), day)).toEqual([]);
});

test('a correction, too large an execution and a stranger under our name freeze, and change no quantity', () => {
  const corrected = { ...execution(1, 'entry', 2), execId: '0000e0d5.1.01.02' };
  for (const event of [
    { type: 'execution', execution: corrected } as const,
    executed(2, 'entry', 4),
    { type: 'order', order: mirrored('entry', 'Submitted', { side: 'sell' }) } as const,
    { type: 'order', order: mirrored('entry', 'Submitted', { conId: 101 }) } as const,
    { type: 'order', order: mirrored('entry', 'Submitted', { quantity: 5 }) } as const,
  ]) {
    const book = after(executed(1, 'entry', 1), event);
    expect(book.freeze).not.toBeNull();
    expect(book.legs.entry?.executed).toBe(1);
  }
});

test('codes: notices change nothing, unlisted ones make it unknown, a refusal asks for a reading', () => {
  expect(after(status('entry', 'Submitted'), orderError('entry', 10349)).legs.entry?.state).toBe('working');
  expect(after(status('entry', 'Submitted'), orderError('entry', 99_999)).legs.entry?.state).toBe('unknown');
  expect(after(status('entry', 'Submitted'), orderError('entry', 104)).readWanted).toContain('104');
  expect(after(orderError('entry', 201)).legs.entry?.state).toBe('rejected');
  const replacing = advanceAll(after(status('stop', 'PreSubmitted')), 'modify-sent', ['stop']);
  expect(applyBrokerEvent(replacing, orderError('stop', 321)).legs.stop?.state).toBe('working');
  expect(applyBrokerEvent(replacing, orderError('stop', 201)).legs.stop?.state).toBe('working');
});

test('cancelled, then executed late: filled', () => {
  const book = after(status('entry', 'Cancelled'), executed(1, 'entry', 1), executed(2, 'entry', 3));
  expect(book.legs.entry).toMatchObject({ state: 'filled', executed: 4 });
  expect(book.freeze).toBeNull();
});

test('a Filled status without executions asks for a reading and books nothing', () => {
  const book = after(status('entry', 'Filled'));
  expect(book.legs.entry).toMatchObject({ state: 'submitting', executed: 0 });
  expect(book.readWanted).toContain('executions are missing');
});
