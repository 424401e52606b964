/** Cases that can be computed by hand, and every kind of bad input by its name. */
import { decideRebalance, type RebalanceInput } from '../../../src/domain/rebalance/decide-rebalance';
import { momentum } from '../../../src/domain/rebalance/momentum';
import { RebalanceError, type RebalanceErrorCode } from '../../../src/domain/rebalance/rebalance-error';
import type { RebalanceRules } from '../../../src/domain/rebalance/rebalance-rules';
import { rankScores, zScores } from '../../../src/domain/rebalance/standardise';
import { affordableQuantity, cashOf } from '../../../src/domain/rebalance/trade-costs';
import { COSTS, FREE, marketOf, RULES } from './market';

/** Over two sessions that end one before the last: AA +20 %, BB +10 %, CC 0, DD −10 %. */
const CLOSES = {
  AA: [100, 100, 100, 110, 120, 120],
  BB: [100, 100, 100, 105, 110, 110],
  CC: [100, 100, 100, 100, 100, 50],
  DD: [100, 100, 100, 95, 90, 90],
};
const ONE_WINDOW: RebalanceRules = { ...RULES, momentum: { windows: [2], skip: 1 } };

const rowOf = (input: RebalanceInput, rules: RebalanceRules, ticker: string) =>
  decideRebalance(input, rules).names.find((name) => name.ticker === ticker)!;

function codeOf(input: RebalanceInput, rules: RebalanceRules = RULES): RebalanceErrorCode {
  try {
    decideRebalance(input, rules);
  } catch (error) {
    if (error instanceof RebalanceError) return error.code;
    throw error;
  }
  throw new Error('it was decided');
}

test('momentum leaves the last sessions out', () => {
  expect(momentum([100, 110, 121, 60], 2, 1)).toBeCloseTo(0.21, 12);
  expect(() => momentum([1, 2, 3], 2, 1)).toThrow(RangeError);
});

test('standardised by hand', () => {
  expect(zScores([1, 2, 3])).toEqual([-Math.sqrt(1.5), 0, Math.sqrt(1.5)]);
  expect(zScores([0.1, 0.1, 0.1])).toEqual([0, 0, 0]);
  expect(zScores([...Array<number>(50).fill(0), 1]).at(-1)).toBe(3);
  expect(rankScores([10, 30, 20, 20])).toEqual([-1, 1, 0, 0]);
  expect(rankScores([7])).toEqual([0]);
});

test('two of four names, equally weighted: shares, cash and reasons as on paper', () => {
  const input = marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] });
  const list = decideRebalance(input, ONE_WINDOW);
  // z-scores of 0.2, 0.1, 0, −0.1: mean 0.05, deviation √0.0125.
  expect(list.names.map(({ ticker, composite }) => [ticker, Number(composite!.toFixed(6))])).toEqual([
    ['AA', 1.341641],
    ['BB', 0.447214],
    ['CC', -0.447214],
    ['DD', -1.341641],
  ]);
  expect(list.trades).toEqual([
    { leg: 0, ticker: 'AA', side: 'buy', quantity: 41, price: 120, cash: -4920 },
    { leg: 1, ticker: 'BB', side: 'buy', quantity: 45, price: 110, cash: -4950 },
  ]);
  expect(list).toMatchObject({ equity: 10_000, cashAfter: 130, turnover: 0, sectorLimit: false });
  expect(list.names.map(({ code }) => code)).toEqual(['ENTERS', 'ENTERS', 'BELOW_THRESHOLD', 'BELOW_THRESHOLD']);
  expect(list.names[0].why).toBe('enters: rank 1 of 4, composite 1.34, at or above 0.00.');
  expect(list.notices).toContain('There is no table of sectors: no sector limit is applied.');
});

test('what is held stays by the lower threshold and rank, and is sold below them', () => {
  const held = (ticker: string) =>
    marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] }, { holdings: [{ ticker, quantity: 10 }] });
  expect(rowOf(held('CC'), ONE_WINDOW, 'CC')).toMatchObject({ code: 'STAYS', signal: 'hold' });
  expect(rowOf(held('DD'), ONE_WINDOW, 'DD')).toMatchObject({ code: 'LEAVES', action: 'SELL', quantity: 10 });
  expect(rowOf(held('CC'), { ...ONE_WINDOW, keepRank: 2 }, 'CC')).toMatchObject({ code: 'LEAVES', action: 'SELL' });
});

test('sells come before buys, and cash decides what is bought', () => {
  const input = marketOf(
    { ...CLOSES, CC: [100, 100, 100, 100, 100, 100] },
    { holdings: [{ ticker: 'DD', quantity: 10 }], cash: 0 },
  );
  const list = decideRebalance(input, { ...ONE_WINDOW, costs: COSTS });
  expect(list.trades.map(({ ticker, side, quantity }) => [ticker, side, quantity])).toEqual([
    ['DD', 'sell', 10],
    ['AA', 'buy', 3],
    ['BB', 'buy', 4],
  ]);
  // 900 less 5 bp and $1; 360 and 440 with 5 bp and $1 each.
  expect(list.cashAfter).toBeCloseTo(900 * 0.9995 - 1 - 800 * 1.0005 - 2, 9);
});

test('the news moves the composite; too little of it moves nothing', () => {
  const sentiments = new Map([
    ['AA', -1],
    ['BB', 1],
  ]);
  const input = { ...marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] }), sentiments };
  const heavy = { ...ONE_WINDOW, sentiment: { ...ONE_WINDOW.sentiment, weight: 2 } };
  expect(rowOf(input, heavy, 'BB')).toMatchObject({ rank: 1, sentiment: 1 });
  expect(rowOf(input, heavy, 'BB').composite).toBeCloseTo(0.4472136 + 2, 6);
  const sparse = { ...heavy, sentiment: { ...heavy.sentiment, minimumCoverage: 0.6 } };
  expect(decideRebalance(input, sparse).coverage).toMatchObject({ names: 4, withNews: 2, used: false });
  expect(rowOf(input, sparse, 'AA').rank).toBe(1);
});

test('a change below the significance, a trade below the minimum and a lot that is too large are left out, and said', () => {
  const holdings = [
    { ticker: 'AA', quantity: 41 },
    { ticker: 'BB', quantity: 42 },
  ];
  const input = marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] }, { holdings, cash: 460 });
  expect(rowOf(input, { ...ONE_WINDOW, significance: 0.05 }, 'BB').why).toMatch(/a change of 3\.80 % is below 5\.00 %/);
  expect(rowOf(input, { ...ONE_WINDOW, minimumTrade: 400 }, 'BB').why).toMatch(/a trade of \$330 is below \$400/);
  expect(rowOf(input, { ...ONE_WINDOW, lot: 100 }, 'BB').why).toMatch(/less than a lot of 100/);
  expect(rowOf(input, ONE_WINDOW, 'BB')).toMatchObject({ action: 'BUY', quantity: 3 });
});

test('an exit is never too small', () => {
  const input = marketOf(
    { ...CLOSES, CC: [100, 100, 100, 100, 100, 100] },
    { holdings: [{ ticker: 'DD', quantity: 1 }] },
  );
  const rules = { ...ONE_WINDOW, significance: 0.5, minimumTrade: 5_000 };
  expect(rowOf(input, rules, 'DD')).toMatchObject({ action: 'SELL', quantity: 1 });
});

test('the turnover limit goes part of the way, limits of position and sector are kept at once', () => {
  const holdings = [{ ticker: 'DD', quantity: 100 }];
  const input = marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] }, { holdings, cash: 0 });
  const slow = decideRebalance(input, { ...ONE_WINDOW, turnoverLimit: 0.2, positionLimit: 1 });
  expect(slow).toMatchObject({ wayAllowed: 0.2, turnover: 0.2 });
  expect(slow.trades[0]).toMatchObject({ ticker: 'DD', side: 'sell', quantity: 20 });
  const capped = decideRebalance(input, { ...ONE_WINDOW, turnoverLimit: 0.2, positionLimit: 0.4 });
  expect(capped.names.find(({ ticker }) => ticker === 'DD')!.weightTarget).toBeLessThanOrEqual(0.4);
  const sectors = new Map([
    ['AA', 'energy'],
    ['BB', 'energy'],
  ]);
  const sectored = decideRebalance({ ...input, sectors }, { ...ONE_WINDOW, sectorLimit: 0.3 });
  const energy = sectored.names.reduce(
    (sum, { sector, weightTarget }) => sum + (sector === 'energy' ? weightTarget! : 0),
    0,
  );
  expect(energy).toBeCloseTo(0.3, 9);
  expect(sectored.notices.some((notice) => notice.includes('CC, DD'))).toBe(true);
});

test('in a suppressed regime nothing is bought, and exits go on', () => {
  const wave = (drift: number, size: number) =>
    Array.from({ length: 280 }, (_, day) => 100 * (1 + drift * day) * (1 + (day > 250 ? 10 : 1) * size * (day % 2)));
  const closes = { AA: wave(0.002, 0.002), BB: wave(0.001, 0.002), CC: wave(0, 0.002), DD: wave(-0.002, 0.002) };
  const input = marketOf(closes, { holdings: [{ ticker: 'DD', quantity: 10 }] });
  const calm = decideRebalance(input, RULES);
  expect(calm.regime).toBe('range/high');
  expect(calm.trades.map(({ side }) => side)).toEqual(['sell', 'buy', 'buy']);
  const held = decideRebalance(input, { ...RULES, suppressBuysIn: ['range/high'] });
  expect(held.trades.map(({ side, ticker }) => [side, ticker])).toEqual([['sell', 'DD']]);
  expect(held.names[0]).toMatchObject({ code: 'SUPPRESSED', why: expect.stringContaining('range/high') as string });
});

test('costs: the fee has a minimum, and what is affordable is, to the share', () => {
  expect(cashOf('buy', 100, 50, COSTS)).toBeCloseTo(-(5_000 * 1.0005 + 1), 9);
  expect(cashOf('sell', 1_000, 50, COSTS)).toBeCloseTo(50_000 * 0.9995 - 5, 9);
  expect(affordableQuantity(1_000, 50, 5_003.5, 1, COSTS)).toBe(100);
  expect(affordableQuantity(1_000, 50, 5_003.49, 1, COSTS)).toBe(99);
  expect(affordableQuantity(1_000, 50, 40, 1, FREE)).toBe(0);
});

test.each<[string, Partial<RebalanceInput>, RebalanceErrorCode]>([
  ['an empty universe', { universe: [] }, 'UNIVERSE_EMPTY'],
  ['an account worth nothing', { cash: 0 }, 'EQUITY_NOT_POSITIVE'],
  ['an account worth NaN', { cash: NaN }, 'EQUITY_NOT_POSITIVE'],
  ['tickers that nobody knows', { universe: ['XX', 'YY'] }, 'NO_SCORES'],
  ['a holding that is no number', { holdings: [{ ticker: 'AA', quantity: NaN }] }, 'INVALID_HOLDING'],
])('%s is an error by name', (_what, change, code) => {
  expect(codeOf({ ...marketOf(CLOSES), ...change })).toBe(code);
});

test('fewer days than names is an error where a covariance is asked for', () => {
  const rules = {
    ...RULES,
    holdings: 4,
    upper: -9,
    lower: -10,
    weighting: { method: 'volatility-target', annualVolatility: 0.1, covarianceDays: 4 },
  } as const;
  expect(codeOf(marketOf({ ...CLOSES, CC: [100, 100, 100, 100, 100, 100] }), rules)).toBe('FEWER_DAYS_THAN_NAMES');
});

test('every kind of name that can’t be believed is excluded by its code, and left alone when it is held', () => {
  const sound = [100, 100, 100, 105, 110, 110, 111, 112, 113, 114, 115, 116];
  const market = marketOf({
    AA: sound,
    BB: sound.map((close) => close * 2 - 90),
    ZERO: [...sound.slice(0, -1), 0],
    JUMP: [...sound.slice(0, -2), 60, 61],
    NEW: [100, 101],
    NEWS: sound,
  });
  const cut = (ticker: string, dropped: number) => ({
    ticker,
    bars: market.histories[0].bars.slice(0, -dropped),
  });
  const input = {
    ...market,
    universe: [...market.universe, 'GONE', 'LATE', 'NOBODY'],
    histories: [...market.histories, cut('GONE', 6), cut('LATE', 1)],
    sentiments: new Map([
      ['AA', 0.2],
      ['NEWS', NaN],
    ]),
    holdings: [
      { ticker: 'JUMP', quantity: 5 },
      { ticker: 'OTHER', quantity: 3 },
    ],
  };
  const list = decideRebalance(input, RULES);
  const codes = Object.fromEntries(list.names.map(({ ticker, code }) => [ticker, code]));
  expect(codes).toMatchObject({
    ZERO: 'ZERO_PRICE',
    JUMP: 'JUMP_WITHOUT_SPLIT',
    NEW: 'SHORT_HISTORY',
    NEWS: 'SCORE_NOT_FINITE',
    GONE: 'DELISTED',
    LATE: 'NO_PRICE_ON_DAY',
    NOBODY: 'UNKNOWN_TICKER',
    OTHER: 'NO_PRICE_ON_DAY',
  });
  expect(list.names.find(({ ticker }) => ticker === 'JUMP')!.why).toMatch(/The 5 shares held are left alone/);
  expect(list.trades.every(({ ticker }) => ['AA', 'BB'].includes(ticker))).toBe(true);
  expect(list.notices.some((notice) => notice.includes('OTHER'))).toBe(true);
});

test('a split is no jump, and a held name outside the universe is sold', () => {
  const sound = [100, 100, 100, 105, 110, 110];
  const market = marketOf(
    { AA: sound, BB: sound.map((close) => close + 1), OUT: sound },
    { universe: ['AA', 'BB'], holdings: [{ ticker: 'OUT', quantity: 7 }] },
  );
  const split = market.histories.map((history) =>
    history.ticker === 'AA'
      ? {
          ...history,
          bars: history.bars.map((bar, at) => (at < 3 ? { ...bar, close: bar.close * 2, factor: 0.5 } : bar)),
        }
      : history,
  );
  const list = decideRebalance({ ...market, histories: split }, RULES);
  expect(list.names.find(({ ticker }) => ticker === 'AA')!.momentumReturn).toBeCloseTo(0.1, 12);
  expect(list.names.find(({ ticker }) => ticker === 'OUT')).toMatchObject({
    action: 'SELL',
    quantity: 7,
    code: 'NOT_IN_UNIVERSE',
  });
});

test('a short position is never touched', () => {
  const input = marketOf(
    { ...CLOSES, CC: [100, 100, 100, 100, 100, 100] },
    { holdings: [{ ticker: 'AA', quantity: -5 }] },
  );
  expect(rowOf(input, ONE_WINDOW, 'AA')).toMatchObject({ action: 'HOLD', code: 'SHORT_POSITION' });
});
