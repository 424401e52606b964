import fc from 'fast-check';
import {
  ORDER_EVENTS,
  ORDER_STATES,
  ORDER_TRANSITIONS,
  isTerminal,
  transition,
  type OrderState,
} from '../../src/domain/orders';

const states = fc.constantFrom(...ORDER_STATES);
const events = fc.constantFrom(...ORDER_EVENTS);

test('every odd row says why in at most three words', () => {
  const reasons = ORDER_STATES.flatMap((state) =>
    ORDER_EVENTS.flatMap((event) => {
      const row = ORDER_TRANSITIONS[state][event];
      return row !== null && typeof row !== 'string' ? [row[1]] : [];
    }),
  );
  expect(reasons.length).toBeGreaterThan(40);
  expect(reasons.filter((reason) => reason.split(' ').length > 3)).toEqual([]);
});

test('unknown is reached only from states in which something is in flight or at the broker', () => {
  const from = ORDER_STATES.filter((state) =>
    ORDER_EVENTS.some((event) => transition(state, event).state === 'unknown'),
  );
  expect(from).toEqual(['proposed', 'submitting', 'working', 'partially-filled', 'cancelling', 'replacing', 'unknown']);
});

test('nothing but what the broker said leaves unknown', () => {
  const leaving = ORDER_EVENTS.filter((event) => transition('unknown', event).state !== 'unknown');
  expect(leaving).toEqual([
    'acknowledged',
    'part-executed',
    'fully-executed',
    'cancel-confirmed',
    'modify-confirmed',
    'rejected',
    'absent',
    'filled-untold',
  ]);
});

test('a terminal order comes back to life by executions alone', () => {
  fc.assert(
    fc.property(states.filter(isTerminal), events, (state, event) => {
      const next = transition(state, event).state;
      expect(isTerminal(next) || event === 'part-executed').toBe(true);
    }),
  );
});

test('a filled order stays filled whatever is said afterwards', () => {
  fc.assert(
    fc.property(fc.array(events), (said) => {
      expect(said.reduce<OrderState>((state, event) => transition(state, event).state, 'filled')).toBe('filled');
    }),
  );
});

test('a refused change leaves the original alive (321 and 201 on a modify)', () => {
  expect(transition('replacing', 'modify-refused').state).toBe('working');
  expect(transition('replacing', 'rejected').state).toBe('working');
});

test('a contradiction keeps the state', () => {
  fc.assert(
    fc.property(states, events, (state, event) => {
      const next = transition(state, event);
      if (next.contradiction) expect(next.state).toBe(state);
      expect(next.contradiction).toBe(ORDER_TRANSITIONS[state][event] === null);
    }),
  );
});
