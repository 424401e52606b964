import fc from 'fast-check';
import {
  advanceRegime,
  efficiencyRatio,
  NO_REGIME,
  REFERENCE_BARS,
  REFERENCE_LEAST,
  REGIME_BARS,
  TERCILE_MARGIN,
  type RegimeBar,
  type RegimeState,
} from '../../src/domain/regime';
import { createRandom } from '../../src/learning/random';

const MINUTE = 60_000;
const fold = (bars: readonly RegimeBar[], from: RegimeState = NO_REGIME): RegimeState =>
  bars.reduce(advanceRegime, from);

/** A random walk whose step is `size(i)` and drift `drift(i)`. */
function walk(count: number, size: (i: number) => number, drift: (i: number) => number, seed = 1): RegimeBar[] {
  const random = createRandom(seed);
  let close = 1_000;
  return Array.from({ length: count }, (_item, i) => {
    close *= Math.exp(size(i) * (random.next() - 0.5) + drift(i));
    return { start: i * MINUTE, close, continues: i > 0 };
  });
}

const steps = fc.array(
  fc.record({ move: fc.double({ min: -0.01, max: 0.01, noNaN: true }), continues: fc.boolean() }),
  { minLength: REFERENCE_LEAST + REGIME_BARS, maxLength: 220 },
);
const barsOf = (list: readonly { readonly move: number; readonly continues: boolean }[]): RegimeBar[] => {
  let close = 100;
  return list.map(({ move, continues }, i) => {
    close *= Math.exp(move);
    return { start: i * MINUTE, close, continues: continues || i % 4 > 0 };
  });
};

it('is the efficiency ratio of the last 20 returns, and the tercile of their volatility', () => {
  expect(efficiencyRatio([1, 1, 1])).toBe(1);
  expect(efficiencyRatio([1, -1, 1, -1])).toBe(0);
  expect(efficiencyRatio([3, -1])).toBe(0.5);
  expect(efficiencyRatio([0, 0])).toBe(0);
  const wide = walk(
    600,
    (i) => (i < 400 ? 0.001 : 0.01),
    () => 0,
  );
  expect(fold(wide).regime).toMatchObject({ direction: 'range', volatility: 'high' });
  const calm = walk(
    600,
    (i) => (i < 400 ? 0.01 : 0.001),
    () => 0,
  );
  expect(fold(calm).regime?.volatility).toBe('low');
  const rising = walk(
    600,
    () => 0.001,
    (i) => (i < 560 ? 0 : 0.001),
  );
  expect(fold(rising).regime?.direction).toBe('trend');
});

it('says nothing before there are bars enough, and never keeps more than it reads', () => {
  const bars = walk(
    REFERENCE_BARS + 200,
    () => 0.001,
    () => 0,
  );
  const first = REGIME_BARS + REFERENCE_LEAST;
  expect(fold(bars.slice(0, first - 1)).regime).toBeNull();
  expect(fold(bars.slice(0, first)).regime).not.toBeNull();
  const last = fold(bars);
  expect([last.returns.length, last.volatilities.length]).toEqual([REGIME_BARS, REFERENCE_BARS]);
});

it('stays in a regime until a value is well across its boundary', () => {
  const base = fold(
    walk(
      400,
      () => 0.001,
      () => 0,
    ),
  );
  const volatilities = Array.from({ length: 1_000 }, (_item, i) => i);
  const at = (rank: number, before: 'low' | 'medium' | 'high', direction: 'trend' | 'range', up: number) => {
    // 20 returns of one size, `up` of them upwards: known volatility and efficiency.
    const size = rank * 1_000;
    const returns = Array.from({ length: REGIME_BARS }, (_item, i) => (i < up ? size : -size));
    const regime = { direction, volatility: before, efficiency: 0, volatilityRank: 0 };
    const state = { ...base, lastClose: 1, returns, volatilities, regime };
    const next = advanceRegime(state, { start: 1e9, close: Math.exp(returns[0]), continues: true }).regime;
    return [next?.volatility, next?.direction];
  };
  // |2·15 − 20| / 20 = 0.5 enters a trend, 0.3 (13 up) keeps one and begins none, 0.2 (12 up) ends it.
  expect(at(0.1, 'low', 'range', 15)[1]).toBe('trend');
  expect(at(0.1, 'low', 'range', 13)[1]).toBe('range');
  expect(at(0.1, 'low', 'trend', 14)[1]).toBe('trend');
  expect(at(0.1, 'low', 'trend', 12)[1]).toBe('range');
  const edge = 1 / 3;
  expect(at(edge + TERCILE_MARGIN / 2, 'low', 'range', 10)[0]).toBe('low');
  expect(at(edge + TERCILE_MARGIN / 2, 'medium', 'range', 10)[0]).toBe('medium');
  expect(at(edge - TERCILE_MARGIN / 2, 'medium', 'range', 10)[0]).toBe('medium');
  expect(at(edge + 2 * TERCILE_MARGIN, 'low', 'range', 10)[0]).toBe('medium');
  expect(at(2 * edge - TERCILE_MARGIN / 2, 'high', 'range', 10)[0]).toBe('high');
  expect(at(2 * edge - 2 * TERCILE_MARGIN, 'high', 'range', 10)[0]).toBe('medium');
});

it('reads no return over a break', () => {
  const bars = walk(
    300,
    () => 0.001,
    () => 0,
  );
  const jumped = bars.map((bar, i) => (i < 250 ? bar : { ...bar, close: bar.close * 3, continues: i !== 250 }));
  const state = fold(jumped);
  expect(Math.max(...state.returns.map(Math.abs))).toBeLessThan(0.01);
  const crossed = fold(jumped.map((bar) => ({ ...bar, continues: true })).slice(0, 255));
  expect(Math.max(...crossed.returns.map(Math.abs))).toBeGreaterThan(1);
});

it('is the same from bars told twice, from a state through JSON, and whatever comes later', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (list, cut) => {
      const bars = barsOf(list);
      const all = fold(bars);
      expect(fold(bars.flatMap((bar, i) => [bar, bar, bars[Math.max(0, i - 3)]]))).toEqual(all);
      const at = cut % bars.length;
      const stored = JSON.parse(JSON.stringify(fold(bars.slice(0, at)))) as RegimeState;
      expect(fold(bars.slice(at), stored)).toEqual(all);
      const { regime } = all;
      if (regime === null) return;
      expect(regime.efficiency).toBeGreaterThanOrEqual(0);
      expect(regime.efficiency).toBeLessThanOrEqual(1);
      expect(regime.volatilityRank).toBeGreaterThanOrEqual(0);
      expect(regime.volatilityRank).toBeLessThanOrEqual(1);
    }),
    { numRuns: 40 },
  );
});
