/** What a decision's record is judged by: the same figures for every alarm, whatever rule counted the votes. */
import { MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import type { DecisionRecord } from '../../src/domain/proposals';
import { recordedProbabilities } from '../../src/learning/decider';

const votes = [
  { model: 'one', signal: 'buy', probabilities: [0.25, 0.25, 0.5] },
  { model: 'other', signal: 'sell', probabilities: [0.75, 0.25, 0] },
] as const;
const stack = { kind: 'answered', model: 'stacker', probabilities: [0.125, 0.25, 0.625], without: {} } as const;
const record = (
  voting: 'majority' | 'weighted' | 'stacked',
  more: object = {},
): Pick<DecisionRecord, 'votes' | 'ensemble'> =>
  ({
    votes,
    ensemble: { given: { rules: { ...MAJORITY_RULES, voting }, weights: { one: 0.95, other: 0.05 }, stack, ...more } },
  }) as unknown as DecisionRecord;
const MEAN = [0.5, 0.25, 0.25];

test('the mean of the votes, the stacker where it decides, nothing where nobody voted', () => {
  expect(recordedProbabilities(record('majority'))).toEqual(MEAN);
  expect(recordedProbabilities(record('weighted'))).toEqual(MEAN);
  expect(recordedProbabilities(record('stacked'))).toEqual([0.125, 0.25, 0.625]);
  expect(recordedProbabilities(record('stacked', { stack: { kind: 'absent', why: 'none' } }))).toEqual(MEAN);
  expect(recordedProbabilities({ votes })).toEqual(MEAN);
  expect(recordedProbabilities({ ...record('majority'), votes: [] })).toBeNull();
});
