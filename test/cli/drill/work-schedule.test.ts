/** Kills of long work: from the seed alone, spread over its pieces; what was kept is told from what was made again. */
import * as fc from 'fast-check';
import { DRILLED_RETRAINING } from '../../../src/cli/drill/drilled-retraining';
import { DRILLED_SEARCH } from '../../../src/cli/drill/drilled-search';
import { WORKER_AND_SERVER } from '../../../src/cli/drill/drilled-work';
import { planWorkKills } from '../../../src/cli/drill/work-schedule';

test('strikes are as many as asked for, in order, within the work, and the same for the same seed', () => {
  const counts = fc
    .integer({ min: 0, max: 60 })
    .chain((pieces) => fc.tuple(fc.nat(pieces), fc.constant(pieces), fc.nat()));
  fc.assert(
    fc.property(counts, ([kills, pieces, seed]) => {
      const strikes = planWorkKills(kills, pieces, seed, WORKER_AND_SERVER);
      expect(strikes).toHaveLength(kills);
      const after = strikes.map(({ afterPieces }) => afterPieces);
      expect(after).toEqual(after.toSorted((a, b) => a - b));
      expect(after.every((count) => count < pieces)).toBe(true);
      expect(planWorkKills(kills, pieces, seed, WORKER_AND_SERVER)).toEqual(strikes);
    }),
  );
});

test('worker and server are both struck, and other seeds strike otherwise', () => {
  const strikes = planWorkKills(30, 60, 1, WORKER_AND_SERVER);
  expect(new Set(strikes.map(({ victim }) => victim))).toEqual(new Set(['training', 'temporal']));
  expect(planWorkKills(30, 60, 2, WORKER_AND_SERVER)).not.toEqual(strikes);
});

test('more kills than pieces are refused', () => {
  expect(() => planWorkKills(3, 2, 1, WORKER_AND_SERVER)).toThrow('3 kills do not fit into 2 pieces');
});

test('a fit is kept when its record is the same to the last byte', () => {
  expect(DRILLED_RETRAINING.keeps('a', 'a')).toBe(true);
  expect(DRILLED_RETRAINING.keeps('a', 'b')).toBe(false);
});

test('a trial is kept when a rung was added to it, and made again when its seconds are others', () => {
  const trial = (seconds: number, ...scores: readonly number[]): string => JSON.stringify({ scores, seconds });
  expect(DRILLED_SEARCH.keeps(trial(1, 0.5), trial(1, 0.5))).toBe(true);
  expect(DRILLED_SEARCH.keeps(trial(1, 0.5), trial(3, 0.5, 0.6))).toBe(true);
  expect(DRILLED_SEARCH.keeps(trial(1, 0.5), trial(1.1, 0.5))).toBe(false);
  expect(DRILLED_SEARCH.keeps(trial(1, 0.5), trial(3, 0.4, 0.6))).toBe(false);
  expect(DRILLED_SEARCH.keeps(trial(1, 0.5, 0.6), trial(2, 0.5))).toBe(false);
  expect(DRILLED_SEARCH.keeps('{"auc":0.5}', '{"auc":0.6}')).toBe(false);
});
