/** What the rebalance may be told, and what it may not. */
import { DEFAULT_REBALANCE, rebalanceSchema } from '../../src/config/rebalance-settings';

const issueOf = (change: object): string | null => {
  const parsed = rebalanceSchema.safeParse({ ...DEFAULT_REBALANCE, ...change });
  return parsed.success ? null : `${parsed.error.issues[0].path.join('.')} ${parsed.error.issues[0].message}`;
};
const rules = (change: object) => ({ rules: { ...DEFAULT_REBALANCE.rules, ...change } });

test.each<readonly [object, RegExp]>([
  [{ paceMs: 1_000 }, /^paceMs must be a whole number from 1001/],
  [{ weekday: 6 }, /^weekday/],
  [{ missed: 'perhaps' }, /^missed must be skip, catch-up or ask/],
  [{ universe: [] }, /^universe must be null/],
  [{ universe: ['KO', 'KO'] }, /^universe/],
  [{ universe: ['BRK B', 'brk.b'] }, /^universe must be null/],
  [{ universe: ['KO', '$'] }, /^universe.1 must be null/],
  [rules({ upper: -1, lower: 0 }), /^rules.lower must have lower below upper/],
  [rules({ holdings: 10, keepRank: 9 }), /^rules.keepRank must be at least holdings/],
  [rules({ positionLimit: 0 }), /^rules.positionLimit must be a number above 0/],
  [rules({ weighting: { method: 'best' } }), /^rules.weighting.method must be/],
  [rules({ momentum: { windows: [1], skip: 0 } }), /^rules.momentum.windows/],
  [rules({ suppressBuysIn: ['storm'] }), /^rules.suppressBuysIn/],
])('case %#: what is wrong is refused by its name', (change, sentence) => {
  expect(issueOf(change)).toMatch(sentence);
});

test('the defaults are valid, order nothing, and ask a person', () => {
  expect(issueOf({})).toBeNull();
  expect(DEFAULT_REBALANCE).toMatchObject({ trade: false, approval: { needed: true }, missed: 'ask' });
});

test('tickers of the universe are ours, however they are written', () => {
  const { universe } = rebalanceSchema.parse({ ...DEFAULT_REBALANCE, universe: [' aapl', 'BRK B', 'bf-b'] });
  expect(universe).toEqual(['AAPL', 'BRK.B', 'BF.B']);
});
