/** Random clients on a random market: what must hold whatever they do, and whenever the gateway dies. */
import fc from 'fast-check';
import type { RecordedMinute } from '../../src/market-data/recorded-market';
import { isTerminal } from '../../src/paper-gateway/ledger-records';
import type { WireOrder } from '../../src/paper-gateway/messages';
import { minute, Rig, scriptedMarket, START_CASH, T0, type Client } from './exchange-rig';

const MINUTES = 30;
const quarter = (ticks: number): number => 100 + ticks / 4;

/** A random walk in quarters with thin quotes, some of them one-sided, crossed or absent. */
const marketArb: fc.Arbitrary<readonly RecordedMinute[]> = fc
  .array(
    fc.record({
      step: fc.integer({ min: -8, max: 8 }),
      range: fc.nat(6),
      quote: fc.constantFrom('normal', 'normal', 'normal', 'crossed', 'absent'),
      bidSize: fc.nat(3),
      askSize: fc.nat(3),
      traded: fc.boolean(),
      volume: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: MINUTES, maxLength: MINUTES },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ step, range, quote, bidSize, askSize, traded, volume }, index) => {
      const open = at;
      at += step;
      const [low, high] = [Math.min(open, at) - range, Math.max(open, at) + range];
      const prices = traded ? ([quarter(open), quarter(high), quarter(low), quarter(at)] as const) : null;
      const ask = quote === 'crossed' ? at - 1 : at + 1;
      return minute(index, prices, quote === 'absent' ? null : [quarter(at), quarter(ask), bidSize, askSize], volume);
    });
  });

type Action =
  | { readonly kind: 'advance'; readonly seconds: number }
  | { readonly kind: 'bracket'; readonly buy: boolean; readonly quantity: number; readonly distance: number }
  | { readonly kind: 'order'; readonly order: Partial<WireOrder> }
  | { readonly kind: 'cancel' | 'modify'; readonly which: number };

const orderArb: fc.Arbitrary<Partial<WireOrder>> = fc
  .record({
    action: fc.constantFrom('BUY', 'SELL'),
    orderType: fc.constantFrom('MKT', 'LMT', 'STP', 'STP LMT', 'TRAIL'),
    totalQuantity: fc.integer({ min: 1, max: 4 }),
    tif: fc.constantFrom('DAY', 'GTC', 'IOC'),
    ocaGroup: fc.constantFrom('', '', 'a', 'b'),
    ocaType: fc.constantFrom(1, 3),
    price: fc.integer({ min: -12, max: 12 }),
  })
  .map(({ price, orderType, ...order }) => ({
    ...order,
    orderType,
    lmtPrice: orderType.includes('LMT') ? quarter(price) : null,
    auxPrice: orderType === 'TRAIL' ? 1 : orderType.includes('STP') ? quarter(price) : null,
  }));

const actionArb: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), seconds: fc.integer({ min: 1, max: 150 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('order' as const), order: orderArb }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('bracket' as const),
      buy: fc.boolean(),
      quantity: fc.integer({ min: 1, max: 3 }),
      distance: fc.integer({ min: 1, max: 10 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'modify' as const), which: fc.nat(20) }),
  },
);

/** Plays actions one by one; order ids count up, so that two runs of the same actions are the same requests. */
class Player {
  private nextId = 1;
  client: Client;
  constructor(readonly rig: Rig) {
    this.client = rig.connect();
  }
  restart(): void {
    this.rig.restart();
    this.client = this.rig.connect();
  }
  play(action: Action): void {
    const { exchange } = this.rig;
    switch (action.kind) {
      case 'advance':
        return exchange.advanceTo(exchange.ledger.clock + action.seconds * 1000);
      case 'order':
        this.rig.place(this.client, this.nextId++, action.order);
        return;
      case 'bracket': {
        const parentId = this.nextId;
        const side = action.buy ? 1 : -1;
        const [entry, exit] = action.buy ? ['BUY', 'SELL'] : ['SELL', 'BUY'];
        const common = { totalQuantity: action.quantity, tif: 'GTC', action: exit, parentId };
        this.rig.place(this.client, this.nextId++, { action: entry, totalQuantity: action.quantity, transmit: false });
        this.rig.place(this.client, this.nextId++, {
          ...common,
          orderType: 'STP',
          auxPrice: quarter(-side * action.distance),
          transmit: false,
        });
        this.rig.place(this.client, this.nextId++, {
          ...common,
          orderType: 'LMT',
          lmtPrice: quarter(side * action.distance),
        });
        return;
      }
      case 'cancel':
        return exchange.onRequest(this.client, { type: 'cancelOrder', orderId: action.which });
      case 'modify': {
        const order = exchange.ledger.orderOf(1, action.which);
        if (order !== null)
          this.rig.place(this.client, action.which, {
            ...order.order,
            totalQuantity: order.order.totalQuantity + 1,
            transmit: true,
          });
      }
    }
  }
}

function checkLedger({ exchange }: Rig, minutes: readonly RecordedMinute[]): void {
  const { ledger } = exchange;
  const signed = (side: string, shares: number): number => (side === 'BOT' ? shares : -shares);
  const net = ledger.executions.reduce((sum, { side, shares }) => sum + signed(side, shares), 0);
  expect(ledger.account.positions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(net);
  const { cash, realizedPnl, commissions } = ledger.account;
  expect(cash).toBeCloseTo(START_CASH + realizedPnl - commissions, 6);
  const [held] = ledger.account.positions;
  // A market that has no price yet values a position at what was paid.
  const mark = held === undefined ? 0 : (exchange.market.mark(held.conId) ?? held.averagePrice);
  const paid = ledger.executions.reduce((sum, { side, shares, price }) => sum - signed(side, shares) * price * 50, 0);
  expect(exchange.account.figures().netLiquidation).toBeCloseTo(START_CASH + paid + net * mark * 50 - commissions, 5);
  for (const order of ledger.orders()) {
    const filled = ledger.executions
      .filter(({ permId }) => permId === order.permId)
      .reduce((sum, { shares }) => sum + shares, 0);
    expect(order.filled).toBe(filled);
    expect(filled).toBeLessThanOrEqual(order.order.totalQuantity);
    if (order.status === 'Filled') expect(filled).toBe(order.order.totalQuantity);
    if (!isTerminal(order)) expect(filled).toBeLessThan(order.order.totalQuantity);
  }
  checkFamilies(exchange.ledger.orders());
  for (const { quote } of minutes) {
    if (quote === null) continue;
    const taken = (side: string): number =>
      ledger.executions
        .filter((execution) => execution.side === side && isAtQuote(execution.time, quote.time))
        .reduce((sum, { shares }) => sum + shares, 0);
    // Fills by trades through a limit come on top at other instants; at the quote's own instant only the quote fills.
    expect(taken('BOT')).toBeLessThanOrEqual(quote.askSize);
    expect(taken('SLD')).toBeLessThanOrEqual(quote.bidSize);
  }
}

const isAtQuote = (time: number, quoteTime: number): boolean => time === quoteTime;

/** What leaves a position through attached orders never exceeds what their parent brought in. */
function checkFamilies(orders: ReturnType<Rig['exchange']['ledger']['orders']>): void {
  for (const parent of orders) {
    const children = orders.filter(({ parentPermId }) => parentPermId === parent.permId);
    const modified = children.some(({ order }) => order.totalQuantity > parent.order.totalQuantity);
    if (children.length === 0 || modified) continue;
    const exits = children.reduce((sum, child) => sum + child.filled, 0);
    if (exits > parent.filled) throw new Error(`${exits} left a parent that filled ${parent.filled}`);
  }
}

describe('whatever clients do', () => {
  it('positions, cash, quantities and quote sizes hold', () => {
    fc.assert(
      fc.property(marketArb, fc.array(actionArb, { minLength: 5, maxLength: 40 }), (minutes, actions) => {
        const rig = new Rig(scriptedMarket(minutes));
        try {
          const player = new Player(rig);
          for (const action of actions) {
            player.play(action);
            checkFamilies(rig.exchange.ledger.orders());
          }
          checkLedger(rig, minutes);
        } finally {
          rig.close();
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('a gateway that dies between any two requests ends with the same orders and executions', () => {
    fc.assert(
      fc.property(
        marketArb,
        fc.array(fc.tuple(actionArb, fc.boolean()), { minLength: 5, maxLength: 30 }),
        (minutes, actions) => {
          const steady = new Player(new Rig(scriptedMarket(minutes)));
          const mortal = new Player(new Rig(scriptedMarket(minutes)));
          try {
            for (const [action, dies] of actions) {
              steady.play(action);
              mortal.play(action);
              if (dies) mortal.restart();
            }
            const strip = ({ rig }: Player): unknown => ({
              ...rig.exchange.ledger.snapshot(),
              orders: rig.exchange.ledger.orders().map((order) => ({ ...order, receivedMonotonicMs: 0 })),
            });
            expect(strip(mortal)).toEqual(strip(steady));
          } finally {
            steady.rig.close();
            mortal.rig.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a long step of the clock does what many short ones do', () => {
    fc.assert(
      fc.property(
        marketArb,
        fc.array(orderArb, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: MINUTES * 60 }), { maxLength: 30 }),
        (minutes, orders, stops) => {
          const end = T0 + MINUTES * 60_000;
          const run = (times: readonly number[]): unknown => {
            const player = new Player(new Rig(scriptedMarket(minutes)));
            for (const order of orders) player.play({ kind: 'order', order });
            for (const time of times) player.rig.exchange.advanceTo(time);
            const { executions } = player.rig.exchange.ledger;
            player.rig.close();
            return executions;
          };
          const short = [...stops].sort((a, b) => a - b).map((second) => T0 + second * 1000);
          expect(run([...short, end])).toEqual(run([end]));
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });
});
