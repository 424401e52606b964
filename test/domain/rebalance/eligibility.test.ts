/** Holes and half-told factors within the sessions that a score needs: no name is judged by a return over them. */
import { judgeEligibility } from '../../../src/domain/rebalance/eligibility';
import type { DailyBar } from '../../../src/domain/rebalance/daily-history';
import { flatBar, sessionsFrom } from './market';

const NEEDED = 6;
const sessions = sessionsFrom('2015-01-05', 10);
const bars = sessions.map((date, at) => flatBar(date, 100 + at));
const judge = (kept: readonly DailyBar[]) =>
  judgeEligibility(['KO'], new Map([['KO', { ticker: 'KO', bars: kept }]]), sessions, NEEDED);
const without = (...places: readonly number[]) => bars.filter((_bar, at) => !places.includes(at));
const factors = (of: (at: number) => number) => bars.map((bar, at) => ({ ...bar, factor: of(at) }));

test('a session without a price within the window excludes, by its date', () => {
  expect(judge(without(7)).excluded).toEqual([
    { ticker: 'KO', code: 'MISSING_SESSIONS', why: `KO has no price on ${sessions[7]}.` },
  ]);
  expect(judge(without(5, 6, 8)).excluded[0].why).toBe(
    `KO has no price on ${sessions[5]} and 2 more of its sessions up to ${sessions[8]}.`,
  );
  // The window itself begins with the hole.
  expect(judge(without(4)).excluded).toMatchObject([{ code: 'MISSING_SESSIONS' }]);
});

test('a hole before the window is none of its business, and a late first bar is a short history', () => {
  expect(judge(without(2, 3)).excluded).toEqual([]);
  expect(judge(bars.slice(5)).excluded).toMatchObject([{ code: 'SHORT_HISTORY' }]);
});

test('factors of some of the sessions only are refused; of none, or 1 and none, they are 1', () => {
  expect(judge(factors((at) => (at === 7 ? NaN : 0.5))).excluded).toEqual([
    {
      ticker: 'KO',
      code: 'MIXED_FACTORS',
      why: `KO has no adjustment factor on ${sessions[7]} and 0.5 on ${sessions[4]}: its returns can't be told.`,
    },
  ]);
  expect(judge(factors((at) => (at < 4 ? 0.5 : NaN))).excluded).toEqual([]);
  expect(judge(factors((at) => (at % 2 === 0 ? 1 : NaN))).excluded).toEqual([]);
  expect(judge(factors(() => 0)).excluded).toMatchObject([{ code: 'ZERO_PRICE' }]);
});
