import {
  INNER_FOLDS,
  OUTER_SCOPES,
  SEARCH_SCOPES,
  innerFoldsOf,
  runSearch,
  survivors,
} from '../../src/domain/hyperparameter-search';
import type {
  OuterTask,
  SearchPlan,
  SearchProgress,
  SearchRequest,
  SearchScope,
  SearchSteps,
  TrialScores,
  TrialTask,
} from '../../src/domain/hyperparameter-search';

const REQUEST: SearchRequest = {
  searchId: 's',
  symbol: 'ES',
  days: null,
  family: 'sgd',
  trials: 9,
  seed: 1,
  windows: false,
};
const PLAN: SearchPlan = { request: REQUEST, setHash: 'h', rows: 1, days: [] };

/** AUC of a trial in a scope by rung; the steps remember what they were asked. */
function stand(aucOf: (trial: number, scope: SearchScope, rung: number) => number, broken: readonly number[] = []) {
  const stored = new Map<number, TrialScores>();
  const asked: TrialTask[] = [];
  const judged: OuterTask[] = [];
  const steps: SearchSteps = {
    prepareSearch: () => Promise.resolve(PLAN),
    runTrial: (task) => {
      asked.push(task);
      const { trial, rung, scopes } = task;
      if (broken.includes(trial)) return Promise.resolve({ trial, scores: [], failed: 'no such leaf' });
      const more = scopes.flatMap((scope) =>
        innerFoldsOf(rung).map((fold) => ({ scope, fold, auc: aucOf(trial, scope, rung) })),
      );
      const scores = [...(stored.get(trial)?.scores ?? []), ...more];
      stored.set(trial, { trial, scores, failed: null });
      return Promise.resolve({ trial, scores, failed: null });
    },
    judgeTrial: (task) => {
      judged.push(task);
      // The choice that looks best on the test rows is one that no inner fold liked.
      return Promise.resolve({
        scope: task.scope,
        trial: task.trial,
        auc: task.trial === 9 ? 0.9 : 0.55,
        testRows: 10,
      });
    },
    finishSearch: () => Promise.resolve(),
  };
  return { steps, asked, judged };
}
const course = { parallel: 2, onProgress: () => undefined };

test('the rungs cover every inner fold once', () => {
  expect([...innerFoldsOf(1), ...innerFoldsOf(2)].sort()).toEqual(
    Array.from({ length: INNER_FOLDS }, (_item, fold) => fold + 1),
  );
});

test('a third goes on by scope, the shipped parameters always; each outer fold judges its own choice and the shipped', async () => {
  const { steps, asked, judged } = stand((trial, scope) =>
    (scope === 'outer-2' ? trial === 7 : trial === 4) ? 0.6 : 0.5,
  );
  const outcome = await runSearch(REQUEST, steps, course);
  expect(asked.filter(({ rung }) => rung === 1).map(({ trial }) => trial)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const second = new Map(asked.filter(({ rung }) => rung === 2).map(({ trial, scopes }) => [trial, scopes]));
  expect(second.get(4)).toEqual(['outer-1', 'outer-3', 'all']);
  expect(second.get(7)).toEqual(['outer-2']);
  expect(second.get(1)).toEqual(SEARCH_SCOPES);
  expect(second.has(9)).toBe(false);
  expect(judged.map(({ scope, trial }) => [scope, trial])).toEqual([
    ['outer-1', 4],
    ['outer-1', 1],
    ['outer-2', 7],
    ['outer-2', 1],
    ['outer-3', 4],
    ['outer-3', 1],
  ]);
  expect(outcome).toMatchObject({ best: 4, failed: 0 });
  expect(outcome.innerAuc).toBeCloseTo(0.6, 12);
  expect(outcome.nestedAuc).toBeCloseTo(0.55, 12);
});

test('a lucky first rung is no choice: the mean over all inner folds decides', async () => {
  const { steps } = stand((trial, _scope, rung) => (trial === 5 ? (rung === 1 ? 0.9 : 0.3) : trial === 6 ? 0.6 : 0.5));
  const told: SearchProgress[] = [];
  const outcome = await runSearch(REQUEST, steps, { parallel: 2, onProgress: (now) => told.push(now) });
  expect(outcome.best).toBe(6);
  expect(told.find(({ phase, finished }) => phase === 'rung-1' && finished === 9)?.best).toEqual({
    trial: 5,
    auc: 0.9,
  });
  expect(told.at(-1)).toMatchObject({ phase: 'done', best: { trial: 6 } });
});

test('trials that cannot be fitted are counted and passed over; when none can, the reason is told', async () => {
  const { steps } = stand(() => 0.5, [2, 3]);
  expect(await runSearch(REQUEST, steps, course)).toMatchObject({ failed: 2, best: 1 });
  await expect(runSearch({ ...REQUEST, trials: 2 }, stand(() => 0.5, [1, 2]).steps, course)).rejects.toThrow(
    'no such leaf',
  );
});

test('of equal trials the first drawn goes on', () => {
  const equal = (trial: number): TrialScores => ({
    trial,
    scores: [{ scope: 'all', fold: 3, auc: 0.5 }],
    failed: null,
  });
  expect([...survivors([equal(3), equal(2), equal(4), equal(5)]).keys()]).toEqual([2, 3]);
  expect(OUTER_SCOPES).toHaveLength(3);
});
