/** Parameters with which a network diverges are a result of their trial: the search goes on with the others. */
import type { SearchPlan } from '../../../src/domain/hyperparameter-search';
import { FitDivergedError } from '../../../src/learning/networks/fit-network';
import { scoreInner } from '../../../src/learning/search/evaluate-trial';
import { searchRows } from '../../../src/learning/search/search-set';
import { readSearchSet, readTrial, writeTrial } from '../../../src/learning/search/search-store';
import { runTrialHere } from '../../../src/learning/search/trial-job';

jest.mock('../../../src/learning/search/evaluate-trial');
jest.mock('../../../src/learning/search/search-set');
jest.mock('../../../src/learning/search/search-store');

const request = {
  searchId: 'it',
  symbol: 'SPY',
  days: null,
  family: 'auto_encoder',
  trials: 2,
  seed: 1,
  windows: false,
} as const;
const plan: SearchPlan = { request, setHash: 'hash', rows: 10, days: [] };

test('a trial that diverges has no scores and says why', async () => {
  jest.mocked(readTrial).mockResolvedValue(null);
  jest.mocked(readSearchSet).mockResolvedValue({} as never);
  jest.mocked(searchRows).mockReturnValue({ rows: {} } as never);
  jest.mocked(scoreInner).mockRejectedValue(new FitDivergedError(3));
  const scores = await runTrialHere({} as never, { plan, trial: 2, rung: 1, scopes: ['all'] });
  expect(scores).toMatchObject({ trial: 2, scores: [], failed: expect.stringContaining('In epoch 3') as string });
  expect(jest.mocked(writeTrial).mock.calls.at(0)?.at(2)).toMatchObject({ trial: 2, scores: [] });
});
