import fc from 'fast-check';
import { judgeEnsemble, MAJORITY_RULES, type EnsembleRecord } from '../../src/domain/decision-ensemble';
import type { Voting } from '../../src/domain/voting';
import type { DecisionRecord, Vote } from '../../src/domain/proposals';
import { BOUNDARY, compareDecision } from '../../src/storage/audit-replay';
import { decisionRecord } from '../decision-record';

const vote = (sell: number, hold: number, buy: number): Vote => ({
  model: 'sgd',
  signal: 'hold',
  probabilities: [sell, hold, buy],
});
const record = (changes: Partial<DecisionRecord> = {}): DecisionRecord =>
  decisionRecord({ votes: [vote(0.2, 0.3, 0.5)], ...changes });

test.each<[string, Partial<DecisionRecord>, Partial<DecisionRecord>, boolean, string]>([
  ['nothing', {}, {}, true, 'equal'],
  ['the machine only', {}, { runtime: { node: 'v20', onnxruntime: '1', cpu: 'y' } }, false, 'equal'],
  ['a last bit, here', {}, { votes: [vote(0.2, 0.3, 0.5000001)] }, true, 'differing'],
  ['a last bit, elsewhere', {}, { votes: [vote(0.2, 0.3, 0.5000001)] }, false, 'equal-decision'],
  ['more than rounding, elsewhere', {}, { votes: [vote(0.2, 0.3, 0.5001)] }, false, 'differing'],
  ['another model', {}, { votes: [{ ...vote(0.2, 0.3, 0.5), model: 'forest' }] }, false, 'differing'],
  ['a vote fewer', {}, { votes: [] }, false, 'differing'],
  [
    'a decision at the boundary, elsewhere',
    { votes: [vote(0.2, 0.4, 0.400001)] },
    { votes: [vote(0.2, 0.400001, 0.4)], signal: 'hold', action: 'none', reason: 'vote is hold' },
    false,
    'within-boundary',
  ],
  [
    'a decision away from the boundary, elsewhere',
    {},
    { votes: [vote(0.2, 0.3, 0.5000001)], signal: 'hold', action: 'none', reason: 'vote is hold' },
    false,
    'differing',
  ],
  [
    'a decision at the boundary, here',
    { votes: [vote(0.2, 0.4, 0.400001)] },
    { votes: [vote(0.2, 0.400001, 0.4)], signal: 'hold' },
    true,
    'differing',
  ],
  ['only the reason', {}, { reason: 'no two-sided quote' }, false, 'differing'],
])('%s', (_name, recorded, replayed, sameRuntime, outcome) => {
  expect(compareDecision(record(recorded), record(replayed), sameRuntime).outcome).toBe(outcome);
});

describe('opinions beside the votes', () => {
  const judged = (buy: number, profit: number, voting: Voting): EnsembleRecord =>
    judgeEnsemble({
      votes: [vote(0.2, 0.3, 0.5)],
      rules: { ...MAJORITY_RULES, voting, validator: true },
      weights: null,
      regime: null,
      stack: { kind: 'answered', model: 'stacker', probabilities: [0.1, 0.9 - buy, buy], without: { sgd: 0 } },
      validator: { kind: 'answered', model: 'validator', profitable: { buy: profit, sell: profit }, breakEven: 0.5 },
    });
  const other = { signal: 'hold', action: 'none', reason: 'vote is hold' } as const;

  test.each<[string, EnsembleRecord, EnsembleRecord, string]>([
    [
      'a stacker at the least confidence',
      judged(0.600001, 0.9, 'stacked'),
      judged(0.599999, 0.9, 'stacked'),
      'within-boundary',
    ],
    ['a stacker away from it', judged(0.700001, 0.9, 'stacked'), judged(0.699999, 0.9, 'stacked'), 'differing'],
    ['a stacker that nobody asked', judged(0.600001, 0.9, 'majority'), judged(0.599999, 0.9, 'majority'), 'differing'],
    [
      'a validator at break-even',
      judged(0.8, 0.500001, 'stacked'),
      judged(0.8, 0.499999, 'stacked'),
      'within-boundary',
    ],
    ['a validator away from it', judged(0.8, 0.600001, 'stacked'), judged(0.8, 0.599999, 'stacked'), 'differing'],
  ])('%s', (_name, was, is, outcome) => {
    const compared = compareDecision(record({ ensemble: was }), record({ ensemble: is, ...other }), false);
    expect(compared.outcome).toBe(outcome);
    expect(compared.differences.map(({ field }) => field)).toContain('ensemble');
  });

  test('are compared bit for bit here, and not with records that do not have them', () => {
    const [was, is] = [judged(0.8, 0.9, 'stacked'), judged(0.8000001, 0.9, 'stacked')];
    expect(compareDecision(record({ ensemble: was }), record({ ensemble: is }), true).outcome).toBe('differing');
    expect(compareDecision(record({ ensemble: was }), record({ ensemble: was }), true).outcome).toBe('equal');
    expect(compareDecision(record(), record({ ensemble: is }), true).outcome).toBe('equal');
  });
});

test('differences name the field with both values', () => {
  const { differences } = compareDecision(record(), record({ featureHash: 'g' }), true);
  expect(differences).toEqual([{ field: 'featureHash', recorded: '"f"', replayed: '"g"' }]);
});

test('no vote further apart than the boundary is ever forgiven', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(probability, probability, fc.boolean(), (a, b, same) => {
      const { outcome } = compareDecision(record({ votes: [vote(a, 0, 0)] }), record({ votes: [vote(b, 0, 0)] }), same);
      if (Math.abs(a - b) > BOUNDARY) expect(outcome).toBe('differing');
      if (same) expect(outcome === 'equal').toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
