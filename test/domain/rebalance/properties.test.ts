/** What holds of every list, whatever the market, the news, the account and the limits. */
import fc from 'fast-check';
import { decideRebalance, type RebalanceInput } from '../../../src/domain/rebalance/decide-rebalance';
import { RebalanceError } from '../../../src/domain/rebalance/rebalance-error';
import type { RebalanceList } from '../../../src/domain/rebalance/rebalance-list';
import type { RebalanceRules } from '../../../src/domain/rebalance/rebalance-rules';
import { nearestWeights } from '../../../src/domain/rebalance/weight-limits';
import { COSTS, FREE, marketOf, RULES } from './market';

const NAMES = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF', 'GG'];
const DAYS = 24;

const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const closes = fc
  .tuple(share(5, 300), fc.array(share(-0.2, 0.2), { minLength: DAYS - 1, maxLength: DAYS - 1 }))
  .map(([first, returns]) => returns.reduce((all, change) => [...all, all[all.length - 1] * (1 + change)], [first]));

const rules: fc.Arbitrary<RebalanceRules> = fc
  .record({
    holdings: fc.integer({ min: 1, max: 6 }),
    keepMore: fc.integer({ min: 0, max: 3 }),
    upper: share(-1, 1),
    gap: share(0, 1),
    positionLimit: share(0.1, 1),
    sectorLimit: share(0.1, 1),
    turnoverLimit: share(0, 1),
    investedShare: share(0.5, 1),
    significance: share(0, 0.05),
    minimumTrade: share(0, 500),
    lot: fc.constantFrom(1, 10),
    suppressed: fc.boolean(),
    volatile: fc.boolean(),
    rank: fc.boolean(),
    free: fc.boolean(),
  })
  .map(({ keepMore, gap, volatile, rank, free, upper, suppressed, ...drawn }) => ({
    ...RULES,
    ...drawn,
    upper,
    lower: upper - gap,
    keepRank: drawn.holdings + keepMore,
    suppressBuysIn: suppressed ? ['range/high'] : [],
    standardise: rank ? 'rank' : 'z-score',
    weighting: volatile
      ? { method: 'volatility-target', annualVolatility: 0.3, covarianceDays: 20 }
      : { method: 'equal' },
    costs: free ? FREE : COSTS,
  }));

const market: fc.Arbitrary<RebalanceInput> = fc
  .record({
    series: fc.array(closes, { minLength: 2, maxLength: NAMES.length }),
    held: fc.array(fc.integer({ min: 0, max: 80 }), { minLength: NAMES.length, maxLength: NAMES.length }),
    cash: share(1, 50_000),
    sentiments: fc.option(fc.array(fc.option(share(-1, 1)), { minLength: NAMES.length, maxLength: NAMES.length })),
    sectors: fc.boolean(),
  })
  .map(({ series, held, cash, sentiments, sectors }) =>
    marketOf(Object.fromEntries(series.map((values, at) => [NAMES[at], values])), {
      cash,
      holdings: NAMES.slice(0, series.length).map((ticker, at) => ({ ticker, quantity: held[at] })),
      sentiments: sentiments === null ? null : new Map(NAMES.map((ticker, at) => [ticker, sentiments[at]])),
      sectors: sectors ? new Map(NAMES.map((ticker, at) => [ticker, `sector ${at % 3}`])) : null,
    }),
  );

/** Null where a typed error says why there is no list. */
function decided(input: RebalanceInput, some: RebalanceRules): RebalanceList | null {
  try {
    return decideRebalance(input, some);
  } catch (error) {
    if (error instanceof RebalanceError) return null;
    throw error;
  }
}

const RUNS = { numRuns: 50 };
const NEARLY = 1e-9;

test('weights: none below 0, none above its limits, together at most what may be invested', () => {
  fc.assert(
    fc.property(market, rules, (input, some) => {
      const list = decided(input, some);
      fc.pre(list !== null);
      const sums = new Map<string, number>();
      let all = 0;
      for (const { weightTarget, sector } of list.names) {
        const weight = weightTarget ?? 0;
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThanOrEqual(some.positionLimit + NEARLY);
        if (sector !== null) sums.set(sector, (sums.get(sector) ?? 0) + weight);
        all += weight;
      }
      expect(all).toBeLessThanOrEqual(some.investedShare + NEARLY);
      for (const sum of sums.values()) expect(sum).toBeLessThanOrEqual(some.sectorLimit + NEARLY);
    }),
    RUNS,
  );
});

test('trades: sells first, nothing sold that is not held, cash never below 0, whole lots', () => {
  fc.assert(
    fc.property(market, rules, (input, some) => {
      const list = decided(input, some);
      fc.pre(list !== null);
      const held = new Map(input.holdings.map(({ ticker, quantity }) => [ticker, quantity]));
      let { cash } = input;
      let bought = false;
      for (const { ticker, side, quantity, cash: moved } of list.trades) {
        cash += moved;
        expect(cash).toBeGreaterThanOrEqual(-1e-6);
        expect(quantity).toBeGreaterThan(0);
        expect(Number.isInteger(quantity)).toBe(true);
        if (side === 'sell') {
          expect(bought).toBe(false);
          expect(quantity).toBeLessThanOrEqual(held.get(ticker) ?? 0);
        } else {
          bought = true;
          expect(quantity % some.lot).toBe(0);
        }
      }
      expect(cash).toBeCloseTo(list.cashAfter, 6);
      expect(new Set(list.trades.map(({ ticker }) => ticker)).size).toBe(list.trades.length);
    }),
    RUNS,
  );
});

test('turnover stays within its limit, but for what the other limits ask for', () => {
  fc.assert(
    fc.property(market, rules, (input, some) => {
      const list = decided(input, some);
      fc.pre(list !== null);
      const rows = list.names.filter(({ weightTarget }) => weightTarget !== null);
      const now = rows.map(({ weightNow }) => weightNow ?? 0);
      const sectors = input.sectors === null ? null : rows.map(({ sector }) => sector);
      const within = nearestWeights(now, {
        position: some.positionLimit,
        sectors,
        sector: some.sectorLimit,
        sum: some.investedShare,
      });
      const forced = now.reduce((sum, weight, at) => sum + Math.max(0, weight - within[at]), 0);
      const of = (side: 'buy' | 'sell'): number =>
        list.trades.reduce((sum, trade) => sum + (trade.side === side ? trade.quantity * trade.price : 0), 0);
      expect(Math.min(of('buy'), of('sell')) / list.equity).toBeLessThanOrEqual(some.turnoverLimit + forced + NEARLY);
    }),
    RUNS,
  );
});

test('the order of names, histories and holdings changes nothing; neither does asking twice', () => {
  fc.assert(
    fc.property(market, rules, fc.integer(), (input, some, seed) => {
      const list = decided(input, some);
      const mixed = <T>(items: readonly T[]): readonly T[] =>
        [...items]
          .map((item, at) => [Math.sin(seed + at), item] as const)
          .sort(([a], [b]) => a - b)
          .map(([, item]) => item);
      const other = {
        ...input,
        universe: mixed(input.universe),
        histories: mixed(input.histories),
        holdings: mixed(input.holdings),
      };
      expect(decided(other, some)).toEqual(list);
      expect(decided(input, some)).toEqual(list);
    }),
    RUNS,
  );
});

test('every name asked for or held is listed once with a reason, and every trade is in the list', () => {
  fc.assert(
    fc.property(market, rules, (input, some) => {
      const list = decided(input, some);
      fc.pre(list !== null);
      expect(list.names.map(({ ticker }) => ticker).sort()).toEqual([...input.universe].sort());
      for (const { ticker, action, quantity, why } of list.names) {
        expect(why.length).toBeGreaterThan(10);
        const trade = list.trades.find((one) => one.ticker === ticker);
        expect([action, quantity]).toEqual(
          trade === undefined ? ['HOLD', 0] : [trade.side.toUpperCase(), trade.quantity],
        );
      }
    }),
    RUNS,
  );
});

test('what comes after the day of decision changes nothing', () => {
  fc.assert(
    fc.property(market, rules, share(1, 100), (input, some, price) => {
      const later = input.histories.map(({ ticker, bars }) => ({
        ticker,
        bars: [...bars, { ...bars[bars.length - 1], date: input.tradeOn, close: price }],
      }));
      expect(decided({ ...input, histories: later }, some)).toEqual(decided(input, some));
    }),
    RUNS,
  );
});

test('the nearest allowed weights are nearer than any other allowed ones', () => {
  const point = fc.array(share(-1, 1), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(
      point,
      point,
      share(0.05, 0.6),
      share(0.1, 1),
      share(0.1, 1),
      (wanted, tried, position, sector, sum) => {
        const limits = { position, sector, sum, sectors: ['x', 'x', 'y', 'y', 'y', null] };
        const nearest = nearestWeights(wanted, limits);
        const allowed = nearestWeights(tried, limits);
        const away = (weights: readonly number[]): number =>
          weights.reduce((total, weight, at) => total + (weight - wanted[at]) ** 2, 0);
        expect(away(nearest)).toBeLessThanOrEqual(away(allowed) + NEARLY);
      },
    ),
    RUNS,
  );
});
