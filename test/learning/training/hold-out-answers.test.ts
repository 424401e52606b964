/** The gates judge what is served: the hold-out's probabilities are, bit for bit, those that the loaded run gives by the configured rule. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeEnsemble, MAJORITY_RULES } from '../../../src/domain/decision-ensemble';
import type { EnsembleRules } from '../../../src/domain/decision-ensemble';
import { modelColumnIndexes } from '../../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../../src/features/schema';
import { loadEnsemble } from '../../../src/learning/ensemble';
import { familyOf } from '../../../src/learning/families/families';
import { assembleRun, fitInstruments, type AssembleRequest } from '../../../src/learning/training/assemble-run';
import { fitFamily } from '../../../src/learning/training/fit-family';
import { holdOutAnswers } from '../../../src/learning/training/hold-out-answers';
import { fitPin, partStore, setKey } from '../../../src/learning/training/training-parts';
import { encodeTrainingSet, hashOf } from '../../../src/learning/training/training-set-file';
import { openFolderStore } from '../../../src/storage/folder-store';
import { prefixedStore } from '../../../src/storage/prefixed-store';
import { IN_THREAD } from '../networks/in-thread';
import { generatedSet } from './generated-set';

const RUN = '20131011_210000';
const schema = DEFAULT_SCHEMA;
const folder = mkdtempSync(join(tmpdir(), 'omega-hold-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('of the majority the mean calibrated probability, of a stacker its own, and the signals of either', async () => {
  const set = generatedSet(150, schema.modelColumns);
  const store = await openFolderStore(folder);
  const bytes = encodeTrainingSet(set);
  const setHash = hashOf(bytes);
  await store.put(setKey(RUN, 'GC'), bytes);
  const parts = partStore(store, RUN, 'GC', fitPin(setHash, undefined));
  const families = ['sgd', 'logistic_regression'];
  for (const family of families)
    await fitFamily({ set, recipe: familyOf(family), seed: 1, schemaHash: schema.hash, parts });
  const prepared = {
    days: set.days,
    instruments: [{ symbol: 'GC', setHash, rows: 0, learningRows: 0, holdOutRows: 0, holdOutDays: set.holdOutDays }],
    skipped: [],
  } as const;
  const rules: EnsembleRules = { ...MAJORITY_RULES, minConfidence: 0.4 };
  const base = {
    runId: RUN,
    days: null,
    instruments: ['GC'],
    families,
    seed: 1,
    prepared,
    schema,
    codeVersion: '0',
  } as const;
  const request: AssembleRequest = { ...base, rules, ...IN_THREAD };
  const fitted = await fitInstruments(store, request);
  const apart = prefixedStore(store, 'processed/apart/');
  await assembleRun(apart, request, fitted, 'hold-out');

  const counted = await holdOutAnswers(apart, request, set);
  const stacking = { ...rules, voting: 'stacked' } as const;
  const stacked = await holdOutAnswers(apart, { ...request, rules: stacking }, set);
  const ensemble = await loadEnsemble(apart, RUN, 'GC');
  let apartFromRaw = 0;
  for (const [i, place] of set.holdOut.entries()) {
    const row = new Float32Array(schema.columns.length);
    const { x, columns } = set.rows.data;
    modelColumnIndexes(schema).forEach((index, c) => (row[index] = x[place * columns + c]));
    const { votes, raw } = await ensemble.vote(row);
    const regime = set.regimes[place];
    const second = await ensemble.secondOpinions(row, raw, regime);
    const mean = [0, 1, 2].map(
      (c) => votes.reduce((sum, { probabilities }) => sum + probabilities[c], 0) / votes.length,
    );
    expect([...(counted?.predictions.probabilities.subarray(3 * i, 3 * i + 3) ?? [])]).toEqual(mean);
    const word = second.stack.kind === 'answered' ? [...second.stack.probabilities] : mean;
    expect([...(stacked?.predictions.probabilities.subarray(3 * i, 3 * i + 3) ?? [])]).toEqual(word);
    const opinion = { votes, weights: null, regime, ...second };
    expect(counted?.signals[i]).toBe(judgeEnsemble({ ...opinion, rules }).signal);
    expect(stacked?.signals[i]).toBe(judgeEnsemble({ ...opinion, rules: stacking }).signal);
    const calibrated = await ensemble.secondOpinions(row, votes, regime);
    if (JSON.stringify(calibrated.stack) !== JSON.stringify(second.stack)) apartFromRaw += 1;
  }
  await ensemble.close();
  // Worth the name: a stacker answered, calibration changes what it reads, and the two deciders differ.
  expect(apartFromRaw).toBeGreaterThan(50);
  expect(stacked?.auc).not.toBe(counted?.auc);
});
