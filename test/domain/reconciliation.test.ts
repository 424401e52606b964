import fc from 'fast-check';
import { openBook, applyBrokerEvent, type OrderBook } from '../../src/domain/order-book';
import { readAtDayEnd, readBroker } from '../../src/domain/reconciliation';
import { evidence, executed, execution, intent, mirrored, status } from './order-cases';

const SENT = { outcome: 'sent', epoch: 1, sentAt: 0, sentMonotonicMs: 0 } as const;
const unknown = (): OrderBook => openBook(intent(), { outcome: 'unknown' });
const resting = [mirrored('stop', 'PreSubmitted'), mirrored('target', 'PreSubmitted')];

test('found working: everything adopted', () => {
  const { book, verdict } = readBroker(unknown(), evidence({ orders: [mirrored('entry', 'Submitted'), ...resting] }));
  expect(verdict).toEqual({ kind: 'settled' });
  expect(book.legs.entry?.state).toBe('working');
});

test('a stop that stays Filled without its executions is over after four readings, and a human is asked', () => {
  const working = [status('entry', 'Submitted'), status('stop', 'PreSubmitted'), status('target', 'PreSubmitted')];
  const held = [...working, executed(1, 'entry', 4)].reduce(applyBrokerEvent, openBook(intent(), SENT));
  const reading = evidence({
    orders: [mirrored('entry', 'Filled'), mirrored('stop', 'Filled'), mirrored('target', 'Cancelled')],
    insideExecutionWindow: false,
  });
  let book = readAtDayEnd(held, reading);
  expect(book.readWanted).toContain('executions are missing');
  for (let turn = 1; turn <= 3; turn += 1) {
    const read = readBroker(book, reading);
    expect(read.verdict).toMatchObject({
      kind: 'still-unknown',
      why: expect.stringContaining('stop Filled') as string,
    });
    expect(read.book.legs.stop?.state).toBe('working');
    book = read.book;
  }
  const { book: ended, verdict } = readBroker(book, reading);
  expect(verdict.kind).toBe('settled');
  expect(ended).toMatchObject({ legs: { stop: { state: 'filled', executed: 0 } }, readWanted: null });
  expect(ended.freeze).toContain('no longer tells');
  // The broker shows it Filled for the rest of its day: nothing more is to be read.
  expect(applyBrokerEvent(ended, status('stop', 'Filled'))).toBe(ended);
});

test('executions that come a moment after the Filled status settle it without a human', () => {
  const reading = evidence({ orders: [mirrored('entry', 'Filled'), ...resting], position: 4 });
  const { book } = readBroker(openBook(intent(), SENT), reading);
  const told = readBroker(book, { ...reading, executions: [execution(1, 'entry', 4)] });
  expect(told.verdict.kind).toBe('settled');
  expect(told.book).toMatchObject({ legs: { entry: { state: 'filled', executed: 4 } }, freeze: null });
});

test('found filled by its executions, with the order already gone from the list', () => {
  const reading = evidence({ orders: resting, executions: [execution(1, 'entry', 4)], position: 4 });
  const { book, verdict } = readBroker(unknown(), reading);
  expect(verdict.kind).toBe('settled');
  expect(book.legs).toMatchObject({ entry: { state: 'filled' }, stop: { state: 'working' } });
});

test('absence is certain only with all of fence, window and expected position', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: -2, max: 2 }),
      (fenced, insideExecutionWindow, position) => {
        const { book, verdict } = readBroker(unknown(), evidence({ fenced, insideExecutionWindow, position }));
        const certain = fenced && insideExecutionWindow && position === 0;
        expect(verdict.kind).toBe(certain ? 'absent' : 'still-unknown');
        expect(book.legs.entry?.state).toBe(certain ? 'proposed' : 'unknown');
        expect(book.needsHuman).toBe(!certain);
      },
    ),
  );
});

test('an order that the broker showed before and shows no more is over, never placed again', () => {
  const seen = [status('entry', 'Submitted')].reduce(applyBrokerEvent, unknown());
  const lost = applyBrokerEvent(seen, {
    type: 'order-error',
    orderId: 1_000_000,
    orderRef: null,
    code: 99_999,
    message: '?',
  });
  expect(lost.legs.entry?.state).toBe('unknown');
  const { book, verdict } = readBroker(lost, evidence());
  expect(verdict.kind).toBe('settled');
  expect(book.legs.entry?.state).toBe('expired');
});

test('an entry that traded and whose stop never arrived: the stop is over, the entry is not', () => {
  const reading = evidence({ executions: [execution(1, 'entry', 4)], position: 4 });
  const { book } = readBroker(unknown(), reading);
  expect(book.legs).toMatchObject({
    entry: { state: 'filled' },
    stop: { state: 'expired' },
    target: { state: 'expired' },
  });
});

test('executions shuffled, doubled and partly heard before: quantities are the set of them', () => {
  const all = [execution(1, 'entry', 1), execution(2, 'entry', 2), execution(3, 'entry', 1)];
  fc.assert(
    fc.property(
      fc.subarray(all),
      fc.shuffledSubarray([...all, ...all], { minLength: 6, maxLength: 6 }),
      (heard, told) => {
        const before = heard.reduce(
          (book, one) => applyBrokerEvent(book, { type: 'execution', execution: one }),
          unknown(),
        );
        const { book } = readBroker(before, evidence({ orders: resting, executions: told, position: 4 }));
        expect(book.legs.entry).toMatchObject({ state: 'filled', executed: 4 });
        expect(book.executions).toHaveLength(3);
        expect(book.freeze).toBeNull();
      },
    ),
  );
});

test('a dropped execution never invents an absence: the position gives it away', () => {
  const all = [execution(1, 'entry', 1), execution(2, 'entry', 2), execution(3, 'entry', 1)];
  fc.assert(
    fc.property(fc.subarray(all, { maxLength: 2 }), (told) => {
      const { book, verdict } = readBroker(unknown(), evidence({ executions: told, position: 4 }));
      expect(verdict.kind).not.toBe('absent');
      expect(book.legs.entry?.state).not.toBe('proposed');
    }),
  );
});

test('a cancel that was sent and an order that is listed no more: cancelled', () => {
  const working = [status('entry', 'Submitted'), status('stop', 'PreSubmitted'), status('target', 'PreSubmitted')];
  const book = working.reduce(
    applyBrokerEvent,
    openBook(intent(), { outcome: 'sent', epoch: 1, sentAt: 0, sentMonotonicMs: 0 }),
  );
  const cancelling = { ...book, legs: { ...book.legs, entry: { ...book.legs.entry!, state: 'cancelling' as const } } };
  expect(readBroker(cancelling, evidence({ orders: resting })).book.legs.entry?.state).toBe('cancelled');
});

test('at the end of the day what is listed stays, what is not has ended', () => {
  const events = [
    status('entry', 'Submitted'),
    executed(1, 'entry', 2),
    status('stop', 'PreSubmitted'),
    status('target', 'PreSubmitted'),
  ];
  const book = events.reduce(
    applyBrokerEvent,
    openBook(intent(), { outcome: 'sent', epoch: 1, sentAt: 0, sentMonotonicMs: 0 }),
  );
  const ended = readAtDayEnd(book, evidence({ orders: resting, executions: [execution(1, 'entry', 2)], position: 2 }));
  expect(ended.legs).toMatchObject({
    entry: { state: 'expired', executed: 2 },
    stop: { state: 'working' },
    target: { state: 'working' },
  });
});
