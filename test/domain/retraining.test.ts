import fc from 'fast-check';
import { COOL_DOWN_MS, coolDownUntil, fitPlan, RETRAINING_CAUSES } from '../../src/domain/retraining';

const last = { runId: '20131008_220000', cause: 'drift', at: 1_000 } as const;

test('within the cool-down nothing begins by itself, a person always may', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RETRAINING_CAUSES), fc.nat(2 * COOL_DOWN_MS), (cause, wait) => {
      const until = coolDownUntil(last, [{ cause }], last.at + wait);
      const tooSoon = cause !== 'by-hand' && wait < COOL_DOWN_MS;
      return until === (tooSoon ? last.at + COOL_DOWN_MS : null);
    }),
  );
  expect(coolDownUntil(null, [{ cause: 'drift' }], 0)).toBeNull();
  expect(coolDownUntil(last, [{ cause: 'drift' }, { cause: 'by-hand' }], last.at)).toBeNull();
});

test('the plan has every family for every instrument once', () => {
  const plan = fitPlan(['ES', 'GC'], ['sgd', 'mlp']);
  expect(plan.map(({ symbol, family }) => `${symbol} ${family}`)).toEqual(['ES sgd', 'GC sgd', 'ES mlp', 'GC mlp']);
});
