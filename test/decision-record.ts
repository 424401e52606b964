/** A decision record of a bar of 2013-10-09 for tests that are about something else; `more` is what the test is about. */
import { FLAT_CONTEXT, type DecisionRecord } from '../src/domain/proposals';

export const BAR_CLOSE = Date.parse('2013-10-09T14:31:00Z');

export const decisionRecord = (more: Partial<DecisionRecord> = {}): DecisionRecord => ({
  decisionId: 'DEMO1000001/ES/2013-10-09T14:31:00.000Z',
  account: 'DEMO1000001',
  symbol: 'ES',
  barClose: BAR_CLOSE,
  featureHash: 'f',
  schemaHash: 's',
  modelRun: '20131008_220000',
  votes: ['sgd', 'random_forest'].map((model) => ({ model, signal: 'buy', probabilities: [0.1, 0.2, 0.7] })),
  skipped: [],
  signal: 'buy',
  confidence: 1,
  action: 'enter',
  reason: 'vote buy',
  warmupFrom: null,
  quote: null,
  stale: null,
  session: FLAT_CONTEXT,
  runtime: { node: 'v20', onnxruntime: '1', cpu: 'x' },
  ...more,
});
