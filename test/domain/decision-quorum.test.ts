/** Too few voters hold; a validator that should answer and does not stops entries; older records know neither rule. */
import { judgeEnsemble, MAJORITY_RULES, missedValidator, NO_VALIDATOR } from '../../src/domain/decision-ensemble';

it('without a quorum of the run’s voters the signal is hold; a record without the rule stays as it was', () => {
  const absent = { kind: 'absent', why: 'the run has none' } as const;
  const votes = [{ model: 'one', signal: 'buy', probabilities: [0.3, 0.3, 0.4] }] as const;
  const given = { votes, weights: null, regime: null, stack: absent, validator: absent, voters: 5 };
  const quorum = { ...MAJORITY_RULES, minVoterShare: 0.5 };
  const few = judgeEnsemble({ ...given, rules: quorum });
  expect([few.signal, few.why]).toEqual(['hold', '1 of 5 voters voted, 3 needed']);
  expect(judgeEnsemble({ ...given, voters: 2, rules: quorum }).signal).toBe('buy');
  expect(judgeEnsemble({ ...given, rules: MAJORITY_RULES }).signal).toBe('buy');
});

it('a validator that should answer and does not stops entries, one that the run has not does not', () => {
  const rules = { ...MAJORITY_RULES, validator: true, validatorAbsent: 'no-entry' } as const;
  const silent = { kind: 'absent', why: 'validator: its file cannot be used' } as const;
  expect(missedValidator({ rules, validator: silent })).toBe(silent.why);
  expect(missedValidator({ rules, validator: { ...silent, why: NO_VALIDATOR } })).toBeNull();
  expect(missedValidator({ rules: { ...rules, validatorAbsent: 'go-on' }, validator: silent })).toBeNull();
  expect(missedValidator({ rules: { ...MAJORITY_RULES, validator: true }, validator: silent })).toBeNull();
});
