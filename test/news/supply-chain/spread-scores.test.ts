/** Links read from CSV, and scores that travel along them: once each, weaker at every step, as of a day. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TickerScore } from '../../../src/domain/article';
import { spreadScores, type SpreadRules } from '../../../src/news/supply-chain/spread-scores';
import { parseSupplyLinks, type SupplyLink } from '../../../src/news/supply-chain/supply-links';

const RULES: SpreadRules = { decay: 0.5, hops: 2, smallestShare: 0.001 };
const DAY = 86_400_000;
const score = (ticker: string, value: number, more: Partial<TickerScore> = {}): TickerScore => ({
  ticker,
  score: value,
  relevance: 0.8,
  impact: 0.5,
  scorer: 'lexicon',
  indirect: false,
  ...more,
});
const link = (
  supplier: string,
  customer: string,
  revenueShare: number | null,
  more: Partial<SupplyLink> = {},
): SupplyLink => ({
  supplier,
  customer,
  revenueShare,
  costShare: null,
  from: 0,
  to: null,
  source: 'test',
  ...more,
});

describe('supply links', () => {
  test('the shipped table reads, with a source per row and no pair twice on a day', () => {
    const file = join(__dirname, '../../../data/supply-chain/links.csv');
    const links = parseSupplyLinks(readFileSync(file, 'utf8'), 'links.csv');
    expect(links.length).toBeGreaterThanOrEqual(8);
    for (const one of links) {
      const same = links.filter((other) => other.supplier === one.supplier && other.customer === one.customer);
      expect(same.filter(({ from, to }) => from <= one.from && (to === null || one.from < to))).toHaveLength(1);
    }
  });

  const HEAD = 'supplier,customer,revenue_share,cost_share,from,to,source\n';
  test.each([
    ['supplier,customer,revenue_share,from,to,source\nA,B,0.1,2020-01-01,,x\n', 'lacks the columns cost_share'],
    [`${HEAD}A,B,0.1,,2020-01-01,,x\nA,B,1.2,,2020-01-01,,x\n`, 'row 2: revenue_share must be a number above 0'],
    [`${HEAD}A,B,abc,,2020-01-01,,x\n`, 'row 1: revenue_share'],
    [`${HEAD}A,B,0,,2020-01-01,,x\n`, 'row 1: revenue_share'],
    [`${HEAD}A,B,,,2020-01-01,,x\n`, 'one of the shares'],
    [`${HEAD}A,A,0.1,,2020-01-01,,x\n`, 'does not supply itself'],
    [`${HEAD}A,B,0.1,,2020-13-01,,x\n`, 'from must be a date'],
    [`${HEAD}A,B,0.1,,2020-01-02,2020-01-02,x\n`, 'to must be after from'],
    [`${HEAD}A,B,0.1,,2020-01-01,,\n`, 'source must say'],
    [`${HEAD}a b,B,0.1,,2020-01-01,,x\n`, 'supplier must be a ticker'],
    [`${HEAD}A,B,0.1\n`, 'links.csv is no CSV'],
  ])('what is wrong is named: %#', (text, sentence) => {
    expect(() => parseSupplyLinks(text, 'links.csv')).toThrow(sentence);
  });
});

describe('spreading scores', () => {
  test('a customer’s news reaches its supplier by its part of the revenue, a supplier’s its customer by its part of the costs', () => {
    const links = [link('SWKS', 'AAPL', 0.4), link('TSM', 'AAPL', 0.2, { costShare: 0.1 })];
    expect(spreadScores([score('AAPL', -0.5)], links, 0, RULES)).toEqual([
      score('SWKS', -0.5 * 0.5 * 0.4, { relevance: 0.8 * 0.5 * 0.4, indirect: true }),
      score('TSM', -0.5 * 0.5 * 0.2, { relevance: 0.8 * 0.5 * 0.2, indirect: true }),
    ]);
    expect(
      spreadScores([score('TSM', 1)], links, 0, { ...RULES, hops: 1 }).map(({ ticker, score: value }) => [
        ticker,
        value,
      ]),
    ).toEqual([['AAPL', 0.05]]);
    expect(spreadScores([score('SWKS', 1)], links, 0, RULES)).toEqual([]);
  });

  test('two steps lose twice; a second, stronger path takes the place; hops and the smallest share end it', () => {
    const links = [link('B', 'A', 0.8), link('C', 'B', 0.9), link('C', 'A', 0.1)];
    const leftOf = (rules: Partial<SpreadRules>) =>
      Object.fromEntries(
        spreadScores([score('A', 1)], links, 0, { ...RULES, ...rules }).map(({ ticker, score: value }) => [
          ticker,
          value,
        ]),
      );
    expect(leftOf({})).toEqual({ B: 0.4, C: expect.closeTo(0.18, 12) as number });
    expect(leftOf({ hops: 1 })).toEqual({ B: 0.4, C: 0.05 });
    expect(leftOf({ smallestShare: 0.2 })).toEqual({ B: 0.4 });
    expect(leftOf({ decay: 0 })).toEqual({});
  });

  test('links count from their first day to the day before their last', () => {
    const links = [link('B', 'A', 0.5, { from: 10 * DAY, to: 20 * DAY })];
    const at = (time: number) => spreadScores([score('A', 1)], links, time, RULES).length;
    expect([10 * DAY - 1, 10 * DAY, 20 * DAY - 1, 20 * DAY].map(at)).toEqual([0, 1, 1, 0]);
  });

  test('an indirect score is not spread again', () => {
    expect(spreadScores([score('A', 1, { indirect: true })], [link('B', 'A', 0.5)], 0, RULES)).toEqual([]);
  });

  const TICKERS = ['A', 'B', 'C', 'D', 'E'];
  const anyLink = fc
    .tuple(
      fc.constantFrom(...TICKERS),
      fc.constantFrom(...TICKERS),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.option(fc.double({ min: 0.01, max: 1, noNaN: true })),
      fc.integer({ min: 0, max: 30 }),
      fc.option(fc.integer({ min: 1, max: 30 })),
    )
    .filter(([a, b]) => a !== b)
    .map(([supplier, customer, share, costShare, from, days]) =>
      link(supplier, customer, share, { costShare, from: from * DAY, to: days === null ? null : (from + days) * DAY }),
    );
  const anyScores = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...TICKERS), fc.double({ min: -1, max: 1, noNaN: true })), {
      selector: ([ticker]) => ticker,
      minLength: 1,
      maxLength: 3,
    })
    .map((list) => list.map(([ticker, value]) => score(ticker, value)));
  const anyRules = fc.record({
    decay: fc.double({ min: 0, max: 1, noNaN: true }),
    hops: fc.integer({ min: 1, max: 6 }),
    smallestShare: fc.constantFrom(0, 0.01),
  });

  test('whatever the cycles: each other company once, never stronger than decay allows, the order of rows decides nothing, no link of another day (property)', () => {
    fc.assert(
      fc.property(
        fc.array(anyLink, { maxLength: 15 }),
        anyScores,
        anyRules,
        fc.integer({ min: 0, max: 40 }),
        (links, direct, rules, day) => {
          const at = day * DAY;
          const spread = spreadScores(direct, links, at, rules);
          const own = direct.map(({ ticker }) => ticker);
          expect(new Set(spread.map(({ ticker }) => ticker)).size).toBe(spread.length);
          const strongest = Math.max(...direct.map(({ score: value }) => Math.abs(value)));
          for (const { ticker, score: value, relevance, indirect } of spread) {
            expect(own).not.toContain(ticker);
            expect(indirect).toBe(true);
            expect(Math.abs(value)).toBeLessThanOrEqual(strongest * rules.decay);
            expect(relevance).toBeLessThanOrEqual(0.8 * rules.decay);
          }
          expect(spreadScores([...direct].reverse(), [...links].reverse(), at, rules)).toEqual(spread);
          const holding = links.filter(({ from, to }) => from <= at && (to === null || at < to));
          expect(spreadScores(direct, holding, at, rules)).toEqual(spread);
          // Nothing changes when the walk may go round once more: a cycle brings nothing.
          expect(spreadScores(direct, links, at, { ...rules, hops: 5 })).toEqual(
            spreadScores(direct, links, at, { ...rules, hops: 12 }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
