/** Stacker and validator read what they were trained on: the votes before calibration; the decision is made on the corrected ones. */
import { createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { formOpinion } from '../../src/activities/market-feed/opinion';
import { judgeEnsemble, MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import { INSTRUMENTS } from '../../src/domain/instruments';
import type { RawVote } from '../../src/domain/vote';

const features = createFeatureStream(DEFAULT_SCHEMA, INSTRUMENTS.ES);
const memory = {
  features: { ...features, schema: DEFAULT_SCHEMA, row: () => new Float32Array(3), missing: () => [] },
  atr: 1,
  regime: null,
  weights: null,
  earlierRows: () => [],
} as unknown as Parameters<typeof formOpinion>[0];
const absent = { kind: 'absent', why: 'test' } as const;

const VOTES = [{ model: 'a', signal: 'buy', probabilities: [0.2, 0.2, 0.6] }] as const;
const RAW = [{ model: 'a', probabilities: [0.1, 0.1, 0.8] }] as const;

function asked() {
  const read: (readonly RawVote[])[] = [];
  const ensemble = {
    schema: DEFAULT_SCHEMA,
    window: 1,
    vote: () => Promise.resolve({ votes: VOTES, raw: RAW, skipped: [] }),
    secondOpinions: (_row: Float32Array, votes: readonly RawVote[]) => {
      read.push(votes);
      return Promise.resolve({ stack: absent, validator: absent });
    },
  };
  return { read, ensemble };
}

test('second opinions read the raw votes, the decision the corrected ones, and the record says so', async () => {
  const { read, ensemble } = asked();
  const opinion = await formOpinion(memory, ensemble);
  expect(read).toEqual([RAW]);
  expect(opinion.votes).toBe(VOTES);
  expect(judgeEnsemble({ ...opinion, rules: MAJORITY_RULES }).given.metaVotes).toBe('raw');
});

test('a record that does not say so is replayed as it was made, and comes out without a word more', async () => {
  const { read, ensemble } = asked();
  const opinion = await formOpinion(memory, ensemble, 'calibrated');
  expect(read).toEqual([VOTES]);
  expect(judgeEnsemble({ ...opinion, rules: MAJORITY_RULES }).given).not.toHaveProperty('metaVotes');
});
