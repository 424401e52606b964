import fc from 'fast-check';
import { applyFill, flatPosition, signedShares, type Fill, type Position } from '../../src/domain/positions';
import { intent } from './order-cases';

const { contract } = intent();
const fill = (side: 'buy' | 'sell', shares: number, price: number, time = 1): Fill => ({ side, shares, price, time });

function book(fills: readonly Fill[]): { readonly position: Position; readonly realizedPnl: number } {
  return fills.reduce(
    (state, one) => {
      const next = applyFill(state.position, one);
      return { position: next.position, realizedPnl: state.realizedPnl + next.realizedPnl };
    },
    { position: flatPosition(contract), realizedPnl: 0 },
  );
}

test('average price, partial close with the multiplier, flip', () => {
  const long = book([fill('buy', 1, 1_650, 10), fill('buy', 1, 1_652, 11)]);
  expect(long.position).toMatchObject({ quantity: 2, averagePrice: 1_651, enteredAt: 10 });
  const half = applyFill(long.position, fill('sell', 1, 1_655));
  expect(half).toMatchObject({ realizedPnl: 200, position: { quantity: 1, averagePrice: 1_651, enteredAt: 10 } });
  const flipped = applyFill(half.position, fill('sell', 3, 1_650, 30));
  expect(flipped).toMatchObject({ realizedPnl: -50, position: { quantity: -2, averagePrice: 1_650, enteredAt: 30 } });
});

const fills = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    shares: fc.integer({ min: 1, max: 5 }),
    price: fc.integer({ min: 6_000, max: 7_000 }).map((ticks) => ticks * 0.25),
    time: fc.integer({ min: 0, max: 1_000 }),
  }),
  { maxLength: 40 },
);

test('quantity is the signed sum, and money is conserved: realized + open value = cash flow', () => {
  fc.assert(
    fc.property(fills, (all) => {
      const { position, realizedPnl } = book(all);
      const quantity = all.reduce((sum, { side, shares }) => sum + signedShares(side, shares), 0);
      const paid = all.reduce((sum, { side, shares, price }) => sum + signedShares(side, shares) * price, 0);
      expect(position.quantity).toBe(quantity);
      expect(realizedPnl).toBeCloseTo((quantity * position.averagePrice - paid) * 50, 4);
    }),
  );
});
