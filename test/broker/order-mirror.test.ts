/** The mirror as a function of its messages: shuffled, doubled and dropped callbacks, corrections, incarnations, snapshots. */
import fc from 'fast-check';
import {
  emptyMirror,
  entriesOf,
  executedQuantity,
  executionsOf,
  liveEntries,
  mirrored,
  refOfOrderId,
  type OrderMirror,
} from '../../src/broker/mirror-state';
import { applyOrderMessage, beginSnapshot, endOpenOrders, endSnapshot } from '../../src/broker/order-mirror';
import type { OrderDescription, OrderMessage } from '../../src/broker/order-messages';
import { isCorrection, standingExecutions } from '../../src/broker/standing-executions';
import type { BrokerExecution } from '../../src/domain/broker-events';
import { orderRef, ORDER_LEGS } from '../../src/domain/ids';
import {
  ACCOUNT,
  CLIENT,
  commission,
  completed,
  description,
  executed,
  execution,
  keyOf,
  open,
  status,
} from './mirror-messages';

const mirrorOf = (messages: readonly OrderMessage[]): OrderMirror => {
  const mirror = emptyMirror(ACCOUNT, CLIENT);
  messages.forEach((message) => applyOrderMessage(mirror, message));
  return mirror;
};

/** What the house can see of a mirror, free of the order in which it was learned. */
const visible = (mirror: OrderMirror): unknown => ({
  orders: [...mirror.orders.values()]
    .map((entry) => ({ ...mirrored(mirror, entry), executed: executedQuantity(mirror, entry) }))
    .sort((a, b) => a.permId - b.permId),
  executions: [...mirror.executions.keys()].sort(),
  commissions: [...mirror.commissions.keys()].sort(),
  highestOrderId: mirror.highestOrderId,
});

interface Life {
  readonly messages: readonly OrderMessage[];
  /** What the broker lists at the end. */
  readonly openAtEnd: OrderDescription | null;
  readonly completedAtEnd: OrderDescription | null;
  readonly executions: readonly BrokerExecution[];
}

/** One order from acknowledgement to its end: filled in one or two parts, or cancelled after none or one. */
const lifeOf = (index: number, ending: 'filled' | 'cancelled' | 'working', parts: number): Life => {
  const ids = { orderId: 1_000_000 + index * 8, permId: 500 + index, orderRef: keyOf(index) };
  const order = description(ids);
  const shares = ending === 'filled' ? (parts === 1 ? [2] : [1, 1]) : parts > 1 ? [1] : [];
  const executions = shares.map((count, part) =>
    execution({ ...ids, shares: count, execId: `0001.${index}.0${part + 1}.01` }),
  );
  const last = ending === 'filled' ? 'Filled' : ending === 'cancelled' ? 'Cancelled' : 'Submitted';
  return {
    messages: [
      open(ids),
      status('Submitted', ids.permId, ids.orderId),
      ...executions.flatMap((each) => [executed(each), commission(each.execId)]),
      status(last, ids.permId, ids.orderId),
    ],
    openAtEnd: ending === 'working' ? order : null,
    completedAtEnd: ending === 'working' ? null : { ...order, orderId: 0, clientId: null, status: last },
    executions,
  };
};

const lives = fc
  .array(
    fc.tuple(
      fc.constantFrom('filled' as const, 'cancelled' as const, 'working' as const),
      fc.integer({ min: 1, max: 2 }),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) => list.map(([ending, parts], index) => lifeOf(index + 1, ending, parts)));

/** The same messages in another order, some of them twice. */
const stirred = (messages: readonly OrderMessage[]): fc.Arbitrary<readonly OrderMessage[]> =>
  fc
    .array(fc.boolean(), { minLength: messages.length, maxLength: messages.length })
    .map((twice) => messages.flatMap((message, index) => (twice[index] ? [message, message] : [message])))
    .chain((all) => fc.shuffledSubarray([...all], { minLength: all.length }));

/** Reads the broker, as sync.ts does. */
function snapshot(mirror: OrderMirror, all: readonly Life[]): void {
  beginSnapshot(mirror);
  const hear = (message: OrderMessage): unknown => applyOrderMessage(mirror, message);
  all.forEach(({ executions }) => executions.forEach((each) => (hear(executed(each)), hear(commission(each.execId)))));
  all.forEach(({ openAtEnd }) => openAtEnd !== null && hear({ type: 'open-order', order: openAtEnd }));
  endOpenOrders(mirror);
  all.forEach(
    ({ completedAtEnd }) => completedAtEnd !== null && hear({ type: 'completed-order', order: completedAtEnd }),
  );
  endSnapshot(mirror);
}

test('shuffled and doubled callbacks come to the same state', () => {
  fc.assert(
    fc.property(
      lives.chain((all) => fc.tuple(fc.constant(all), stirred(all.flatMap(({ messages }) => messages)))),
      ([all, messages]) => {
        expect(visible(mirrorOf(messages))).toEqual(visible(mirrorOf(all.flatMap((life) => life.messages))));
      },
    ),
    { numRuns: 200 },
  );
});

test('whatever was dropped, a reading of the broker heals', () => {
  fc.assert(
    fc.property(
      lives.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all.flatMap(({ messages }) => [...messages, ...messages]))),
      ),
      ([all, messages]) => {
        const damaged = mirrorOf(messages);
        const whole = mirrorOf(all.flatMap((life) => life.messages));
        snapshot(damaged, all);
        snapshot(whole, all);
        // A completed order does not carry its id: of one that never traded it may stay unknown.
        const known = (mirror: OrderMirror): unknown => ({
          ...(visible(mirror) as object),
          highestOrderId: null,
          orders: [...mirror.orders.values()]
            .map((entry) => ({ ...mirrored(mirror, entry), orderId: entry.status === 'Cancelled' ? 0 : entry.orderId }))
            .sort((a, b) => a.permId - b.permId),
        });
        expect(known(damaged)).toEqual(known(whole));
      },
    ),
    { numRuns: 200 },
  );
});

test('each execution and each commission is told once, the execution first', () => {
  fc.assert(
    fc.property(
      lives.chain((all) => stirred(all.flatMap(({ messages }) => messages))),
      (messages) => {
        const mirror = emptyMirror(ACCOUNT, CLIENT);
        const told = messages.flatMap((message) => applyOrderMessage(mirror, message));
        const ids = (type: 'execution' | 'commission'): readonly string[] =>
          told.flatMap((event) =>
            event.type === 'execution' && type === 'execution'
              ? [event.execution.execId]
              : event.type === 'commission' && type === 'commission'
                ? [event.commission.execId]
                : [],
          );
        expect([...ids('execution')].sort()).toEqual([...mirror.executions.keys()].sort());
        expect([...ids('commission')].sort()).toEqual([...mirror.commissions.keys()].sort());
        for (const [index, event] of told.entries()) {
          if (event.type !== 'commission') continue;
          const before = told.slice(0, index);
          expect(before.some((e) => e.type === 'execution' && e.execution.execId === event.commission.execId)).toBe(
            true,
          );
          expect(event.orderRef).not.toBeNull();
        }
      },
    ),
    { numRuns: 150 },
  );
});

describe('quantities', () => {
  test('come from executions, whatever a status says', () => {
    const mirror = mirrorOf([open(), executed({ shares: 1 }), status('Submitted')]);
    const [entry] = entriesOf(mirror, keyOf(1));
    expect(executedQuantity(mirror, entry)).toBe(1);
    expect(mirrored(mirror, entry).completed).toBe(false);
  });

  test('a correction replaces what it corrects and is known as one', () => {
    const corrected = execution({ execId: '0001.aa.01.02', shares: 2 });
    expect(isCorrection(corrected)).toBe(true);
    expect(isCorrection(execution({}))).toBe(false);
    expect(standingExecutions([corrected, execution({ shares: 1 })])).toEqual([corrected]);
    const mirror = mirrorOf([open(), executed({ shares: 1 }), { type: 'execution', execution: corrected }]);
    expect(executedQuantity(mirror, entriesOf(mirror, keyOf(1))[0])).toBe(2);
    expect(executionsOf(mirror, keyOf(1))).toHaveLength(2);
  });

  test('fully executed is complete though every status says live', () => {
    const mirror = mirrorOf([open(), executed({ shares: 2 })]);
    expect(liveEntries(mirror)).toEqual([]);
  });

  test('cancelled and traded after all: the execution is told and counted', () => {
    const mirror = mirrorOf([open(), status('Cancelled')]);
    const told = applyOrderMessage(mirror, executed({ shares: 2 }));
    expect(told.map(({ type }) => type)).toEqual(['execution', 'order']);
    expect(executedQuantity(mirror, entriesOf(mirror, keyOf(1))[0])).toBe(2);
  });
});

describe('identity', () => {
  test('several permIds of one order id are incarnations, each for itself (incident 4)', () => {
    const mirror = mirrorOf([open({ permId: 500 }), open({ permId: 501 }), status('Cancelled', 500)]);
    expect(entriesOf(mirror, keyOf(1)).map(({ permId, status: text }) => [permId, text])).toEqual([
      [500, 'Cancelled'],
      [501, 'Submitted'],
    ]);
    expect(liveEntries(mirror)).toHaveLength(1);
  });

  test('an order whose permId comes later is one order', () => {
    const mirror = mirrorOf([
      open({ permId: 0, status: 'PendingSubmit' }),
      status('PreSubmitted', 500),
      open({ permId: 500 }),
    ]);
    expect(entriesOf(mirror, keyOf(1))).toHaveLength(1);
    const other = mirrorOf([open({ permId: 0 }), open({ permId: 500 })]);
    expect(entriesOf(other, keyOf(1))).toHaveLength(1);
  });

  test('a completed order finds its id through its executions', () => {
    const mirror = mirrorOf([executed({ shares: 2 }), completed({ status: 'Filled' })]);
    expect(entriesOf(mirror, keyOf(1))[0]).toMatchObject({ orderId: 1_000_000, clientId: CLIENT, status: 'Filled' });
    expect(refOfOrderId(mirror, 1_000_000)).toBe(keyOf(1));
  });

  test('legs of one intent are found by its key, others are not', () => {
    const legs = ORDER_LEGS.map((leg, index) => open({ orderRef: orderRef(keyOf(1), leg), permId: 600 + index }));
    expect(entriesOf(mirrorOf([...legs, open({ orderRef: keyOf(11), permId: 700 })]), keyOf(1))).toHaveLength(3);
  });

  test.each([
    ['entered by hand', { orderRef: '', orderId: 0, clientId: 0 }],
    ['of another client', { orderRef: 'someone', orderId: 3, clientId: 7 }],
    ['of another account', { orderRef: 'DU7-1-1', orderId: 3, clientId: 7 }],
  ])('an order %s is foreign, kept by its permId, and never among ours', (_name, fields) => {
    const mirror = emptyMirror(ACCOUNT, CLIENT);
    expect(applyOrderMessage(mirror, open({ ...fields, permId: 9 }))).toMatchObject([
      { type: 'foreign-order', order: { permId: 9 } },
    ]);
    expect(liveEntries(mirror)).toEqual([]);
    expect(mirror.highestOrderId).toBe(0);
  });
});

describe('ends and snapshots', () => {
  test('a late callback does not bring a dead order back to life', () => {
    const mirror = mirrorOf([open(), status('Cancelled'), open(), status('Submitted')]);
    expect(entriesOf(mirror, keyOf(1))[0].status).toBe('Cancelled');
  });

  test('a snapshot that shows it live does (phantom cancel, incident 8)', () => {
    const mirror = mirrorOf([open(), status('Cancelled')]);
    beginSnapshot(mirror);
    applyOrderMessage(mirror, open());
    endOpenOrders(mirror);
    endSnapshot(mirror);
    expect(liveEntries(mirror)).toHaveLength(1);
  });

  test('believed live, in neither list: forgotten and reported, not believed', () => {
    const mirror = mirrorOf([open(), open({ permId: 501, orderRef: keyOf(2), orderId: 1_000_008 })]);
    beginSnapshot(mirror);
    applyOrderMessage(mirror, open());
    expect(endSnapshot(mirror)).toMatchObject([{ permId: 501 }]);
    expect(entriesOf(mirror, keyOf(2))).toEqual([]);
  });

  test('an order first heard of while the snapshot runs is kept', () => {
    const mirror = emptyMirror(ACCOUNT, CLIENT);
    beginSnapshot(mirror);
    endOpenOrders(mirror);
    applyOrderMessage(mirror, open());
    expect(endSnapshot(mirror)).toEqual([]);
    expect(liveEntries(mirror)).toHaveLength(1);
  });

  test('a position that is not listed any more is flat', () => {
    const position = (conId: number): OrderMessage => ({
      type: 'position',
      position: { conId, symbol: 'ES', quantity: 1, averageCost: 1 },
    });
    const mirror = mirrorOf([position(1), position(2)]);
    beginSnapshot(mirror);
    applyOrderMessage(mirror, position(2));
    endSnapshot(mirror);
    expect([...mirror.positions.keys()]).toEqual([2]);
  });
});
