/** What an ensemble remembers: weights that a restart does not change, windows as in training, vetoes and what came of them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnsembleMemory, type JudgedEnsemble } from '../../src/activities/market-feed/ensemble-memory';
import { ensembleDays, judgedEntries, type JudgedRecord } from '../../src/activities/market-feed/judged-entries';
import type { BarWithQuote } from '../../src/domain/bars';
import type { Decision } from '../../src/domain/decision';
import { judgeEnsemble, MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { HEDGE_FLOOR } from '../../src/domain/hedge';
import { INSTRUMENTS } from '../../src/domain/instruments';
import type { Vote } from '../../src/domain/vote';
import { signalOf } from '../../src/domain/voting';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { createFeatureStream, modelColumnIndexes } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { loadEnsemble } from '../../src/learning/ensemble';
import { writeModel } from '../../src/learning/model-run';
import {
  exportSequence,
  fitSequenceClassifier,
  GRU_DEFAULTS,
  predictSequence,
} from '../../src/learning/networks/sequence-classifier';
import { createRandom } from '../../src/learning/random';
import { openFolderStore } from '../../src/storage/folder-store';
import { generatedData } from '../learning/generated-data';
import { IN_THREAD } from '../learning/networks/in-thread';
import { storeRun } from '../learning/stored-run';

const ES = INSTRUMENTS.ES;
const LABEL = { horizonBars: 20, bandPoints: 1 };

/** Minutes of two trade dates with a night, a halt and silent minutes between them; some quotes are missing. */
function market(): readonly BarWithQuote[] {
  const random = createRandom(3);
  const rows: BarWithQuote[] = [];
  let close = 1_650;
  for (const [from, minutes] of [
    ['2013-10-08T14:00:00Z', 400],
    ['2013-10-09T13:00:00Z', 150],
    ['2013-10-09T15:50:00Z', 150],
  ] as const) {
    for (let i = 0; i < minutes; i += 1) {
      close += Math.round((random.next() - 0.5) * 8) / 4;
      if (random.next() < 0.03) continue;
      const start = Date.parse(from) + i * MINUTE_MS;
      const quote = { time: start, bid: close - 0.25, ask: close, bidSize: 5 + (i % 7), askSize: 5 + (i % 5) };
      const bar = { start, open: close - 0.25, high: close + 0.5, low: close - 0.75, close, volume: 100 + (i % 13) };
      rows.push({ bar, quote: random.next() < 0.02 ? null : quote });
    }
  }
  return rows;
}
const ROWS = market();
const SECOND_DATE = Date.parse('2013-10-09T13:00:00Z');

const vote = (model: string, probabilities: Vote['probabilities']): Vote => ({
  model,
  probabilities,
  signal: signalOf(probabilities),
});

/** One voter reads the judged row, one the oldest row of its window; the third says nothing half of the time. */
function ensemble(learnedFrom: readonly string[] = []): JudgedEnsemble & { asked: number } {
  const voters = {
    schema: DEFAULT_SCHEMA,
    asked: 0,
    models: ['last', 'first', 'moody'],
    window: 4,
    label: LABEL,
    learnedFrom: new Set(learnedFrom),
    vote: (row: Float32Array, earlier: readonly Float32Array[] = []) => {
      voters.asked += 1;
      const share = (of: Float32Array): number => Math.abs(Math.sin(of[0] * 1_000)) * 0.5;
      const [last, first] = [share(row), share(earlier[0] ?? row)];
      const votes = [vote('last', [last, 0.5, 0.5 - last]), vote('first', [0.5 - first, first, 0.5])];
      return Promise.resolve({
        raw: [],
        votes: last < 0.25 ? votes : [...votes, vote('moody', [0.1, 0.1, 0.8])],
        skipped: [],
      });
    },
  };
  return voters;
}

const NOTHING: Decision = { action: 'none', reason: '' };
const fresh = (): EnsembleMemory => new EnsembleMemory(createFeatureStream(DEFAULT_SCHEMA, ES));

/** A feed over `rows` that is already warmed up: each bar is voted on as it closes. */
async function live(memory: EnsembleMemory, voters: JudgedEnsemble, rows: readonly BarWithQuote[]) {
  const weights: (typeof memory.weights)[] = [];
  for (const row of rows) {
    memory.push(row);
    weights.push(memory.weights);
    const features = memory.features.row();
    const { votes } =
      features === null || memory.features.missing().length > 0
        ? { votes: [] }
        : await voters.vote(features, memory.earlierRows(voters));
    memory.record({ barClose: row.bar.start + MINUTE_MS, votes, decision: NOTHING, spread: null });
  }
  return weights;
}

test('a feed that was killed weighs its voters as the one that was not, at every later bar, after few votes', async () => {
  const voters = ensemble();
  const begun = ROWS.findIndex(({ bar }) => bar.start >= SECOND_DATE);
  const unkilled = fresh();
  for (const row of ROWS.slice(0, begun)) unkilled.push(row);
  await unkilled.adopt(voters);
  const weights = await live(unkilled, voters, ROWS.slice(begun));
  const last = weights.at(-1);
  expect(Object.values(last ?? {}).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
  expect(Math.max(...Object.values(last ?? {})) - Math.min(...Object.values(last ?? {}))).toBeGreaterThan(0.05);
  for (const killedAt of [begun + 1, begun + 77, begun + 160, ROWS.length - 2]) {
    const killed = fresh();
    for (const row of ROWS.slice(0, killedAt)) killed.push(row);
    voters.asked = 0;
    await killed.adopt(voters);
    expect(voters.asked).toBeLessThanOrEqual(220);
    expect(voters.asked).toBeGreaterThan(150);
    expect(killed.weights).toEqual(weights[killedAt - 1 - begun]);
    expect(await live(killed, voters, ROWS.slice(killedAt))).toEqual(weights.slice(killedAt - begun));
  }
});

test('votes on trade dates that the run has learned from earn nothing, before and after a restart', async () => {
  const voters = ensemble(['2013-10-08']);
  const begun = ROWS.findIndex(({ bar }) => bar.start >= SECOND_DATE);
  const memory = fresh();
  for (const row of ROWS.slice(0, begun)) memory.push(row);
  await memory.adopt(voters);
  expect(voters.asked).toBe(0);
  expect(memory.weights).toEqual({ first: 1 / 3, last: 1 / 3, moody: 1 / 3 });
  await live(memory, voters, ROWS.slice(begun));
  const again = fresh();
  for (const row of ROWS) again.push(row);
  await again.adopt(voters);
  expect(again.weights).toEqual(memory.weights);
  expect(memory.weights).not.toEqual({ first: 1 / 3, last: 1 / 3, moody: 1 / 3 });
  expect(Math.min(...Object.values(memory.weights ?? {}))).toBeGreaterThanOrEqual(HEDGE_FLOOR);
  await again.adopt(null);
  expect(again.weights).toBeNull();
});

test('a windowed voter answers, bar by bar, what it answers in training', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'omega-memory-'));
  try {
    const columns = DEFAULT_SCHEMA.modelColumns.length;
    const parameters = { ...GRU_DEFAULTS, hidden_size: 4, window: 6, max_iter: 1 };
    const model = await fitSequenceClassifier(generatedData(200, columns, 5), [0], parameters, IN_THREAD);
    const bytes = exportSequence(model, 'gru', {});
    const store = await openFolderStore(folder);
    const run = '20131007_220000';
    await writeModel(store, run, 'ES/gru.onnx', bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const entry = { name: 'gru', file: 'ES/gru.onnx', sha256, bytes: bytes.length, input: 'features', window: 6 };
    await storeRun(store, run, (manifest) => ({
      ...manifest,
      instruments: manifest.instruments.map((one) => ({ ...one, models: [{ ...one.models[0], ...entry }] })),
    }));
    const loaded = await loadEnsemble(store, run, 'ES');
    expect([loaded.window, loaded.skipped]).toEqual([6, []]);
    const memory = fresh();
    const indexes = modelColumnIndexes(DEFAULT_SCHEMA);
    const { afterBreak } = markBreaks(columnsOf(ROWS));
    const live: Vote['probabilities'][] = [];
    const x: number[] = [];
    const starts: number[] = [];
    let broken = true;
    for (const [i, row] of ROWS.entries()) {
      memory.push(row);
      broken ||= afterBreak[i] === 1;
      const features = memory.features.row();
      if (features === null || memory.features.missing().length > 0) continue;
      const { votes } = await loaded.vote(features, memory.earlierRows(loaded));
      if (broken) starts.push(live.length);
      broken = false;
      live.push(votes[0].probabilities);
      x.push(...Array.from(indexes, (index) => features[index]));
    }
    await loaded.close();
    expect(live.length).toBeGreaterThan(300);
    expect(starts.length).toBeGreaterThanOrEqual(3);
    const trained = await predictSequence(model, Float32Array.from(x), starts);
    const furthest = Math.max(...live.flatMap((p, r) => p.map((value, c) => Math.abs(value - trained[3 * r + c]))));
    expect(furthest).toBeLessThan(1e-5);
    // Worth the name: a window that crossed the breaks would answer something else.
    const across = await predictSequence(model, Float32Array.from(x), [0]);
    expect(Math.max(...across.map((value, i) => Math.abs(value - trained[i])))).toBeGreaterThan(1e-3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('vetoes are counted with what came of them, the same from memory, from a restart and from the audit log', async () => {
  const voters = ensemble();
  const memory = fresh();
  await memory.adopt(voters);
  const records: JudgedRecord[] = [];
  for (const [i, row] of ROWS.entries()) {
    memory.push(row);
    const barClose = row.bar.start + MINUTE_MS;
    const side = i % 2 === 0 ? 'buy' : 'sell';
    const votes = [vote('last', side === 'buy' ? [0, 0, 1] : [1, 0, 0])];
    const profitable = i % 3 === 0 ? { buy: 0.1, sell: 0.1 } : { buy: 0.9, sell: 0.9 };
    const judged = judgeEnsemble({
      votes,
      rules: { ...MAJORITY_RULES, validator: true },
      weights: null,
      regime: null,
      stack: { kind: 'absent', why: '' },
      validator: { kind: 'answered', model: 'validator', profitable, breakEven: 0.5 },
    });
    const vetoed = judged.validator.verdict === 'vetoed';
    const isEntry = i % 5 === 0;
    const spread = row.quote === null ? null : 0.25;
    const decision = {
      action: isEntry && !vetoed ? 'enter' : 'none',
      reason: '',
      ensemble: { ...judged, stoppedBy: isEntry && vetoed ? 'validator' : null },
    } as Decision;
    memory.record({ barClose, votes, decision, spread });
    const { quote } = row;
    records.push({ symbol: 'ES', barClose, action: decision.action, quote, ensemble: decision.ensemble! });
  }
  const counts = memory.vetoCounts;
  expect(counts.vetoed).toBeGreaterThan(20);
  expect(counts.passed).toBeGreaterThan(counts.vetoed);
  expect(counts.resolved + counts.dropped).toBeGreaterThan(100);
  expect(Math.min(counts.saved, counts.missed)).toBeGreaterThan(0);

  const restarted = fresh();
  for (const row of ROWS) restarted.push(row);
  await restarted.adopt(voters);
  restarted.restoreVetoes(judgedEntries(records));
  expect(restarted.vetoCounts).toEqual(counts);
  expect(ensembleDays(records)).toEqual([{ symbol: 'ES', vetoes: counts, weights: null }]);
});
