/** The watch beside a running feed: loads in the background, hands over once, and never takes what cannot vote. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnsemble, type Ensemble } from '../../src/learning/ensemble';
import { PromotedModelWatch } from '../../src/learning/promoted-model-watch';
import { promoteRun, remarkOnRun, rollBack } from '../../src/learning/review-run';
import { openFolderStore } from '../../src/storage/folder-store';
import { manifestKey, modelKey } from '../../src/storage/model-registry';
import { StoreError, type ObjectStore } from '../../src/storage/object-store';
import { storeRun } from './stored-run';

const [A, B, C] = ['20131007_220000', '20131008_220000', '20131009_220000'];
let folder: string;
let store: ObjectStore;
let opened: { readonly ensemble: Ensemble; closed: number }[];
let notices: string[];
let asked = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-watch-'));
  store = await openFolderStore(folder);
  for (const run of [A, B, C]) await storeRun(store, run);
  opened = [];
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ada = () => ({ by: 'Ada', why: 'test', at: 0, request: `watch/${(asked += 1)}` });
const promote = (runId: string) => promoteRun(store, { kind: 'promoted', runId }, ada());

function watching(current: string | null, over: ObjectStore = store): PromotedModelWatch {
  return new PromotedModelWatch({
    store: over,
    instruments: ['ES', 'GC'],
    current,
    load: async (runId, symbol) => {
      const ensemble = await loadEnsemble(over, runId, symbol);
      const entry = { ensemble, closed: 0 };
      opened.push(entry);
      const close = ensemble.close.bind(ensemble);
      ensemble.close = () => ((entry.closed += 1), close());
      return ensemble;
    },
    notice: (text) => void notices.push(text),
  });
}

test('a promotion is loaded whole and handed over once; a run that is only later is not', async () => {
  const watch = watching(A);
  await watch.look();
  expect(watch.take()).toBeNull();
  await remarkOnRun(store, { kind: 'shadow-started', runId: C }, ada());
  await watch.look();
  expect(watch.take()).toBeNull();
  await promote(B);
  expect(watch.take()).toBeNull();
  await Promise.all([watch.look(), watch.look()]);
  const taken = watch.take();
  expect(taken?.runId).toBe(B);
  expect([...(taken?.ensembles ?? [])].map(([symbol, { runId, models }]) => [symbol, runId, models])).toEqual([
    ['ES', B, ['small']],
    ['GC', B, ['small']],
  ]);
  await watch.look();
  expect([watch.take(), opened.length, notices]).toEqual([null, 2, []]);
  await watch.stop();
  expect(opened.map(({ closed }) => closed)).toEqual([0, 0]);
});

test('the run that votes already is not loaded again when it is promoted', async () => {
  const watch = watching(A);
  await promote(A);
  await watch.look();
  expect([watch.take(), opened]).toEqual([null, []]);
});

test('a rollback brings the earlier run, and in the end nobody', async () => {
  await promote(A);
  await promote(B);
  const watch = watching(B);
  await rollBack(store, {}, ada());
  await watch.look();
  expect(watch.take()?.runId).toBe(A);
  await rollBack(store, {}, ada());
  await watch.look();
  expect(watch.take()).toEqual({ runId: null, ensembles: new Map() });
});

test('models that a later promotion overtakes, or that are never taken, are freed', async () => {
  const watch = watching(A);
  await promote(B);
  await watch.look();
  await promote(C);
  await watch.look();
  expect(opened.map(({ ensemble, closed }) => [ensemble.runId, closed])).toEqual([
    [B, 1],
    [B, 1],
    [C, 0],
    [C, 0],
  ]);
  await watch.stop();
  expect(opened.map(({ closed }) => closed)).toEqual([1, 1, 1, 1]);
});

test('a promoted run that is damaged since is refused once, in words, and the next promotion is taken', async () => {
  const watch = watching(A);
  await promote(B);
  await store.put(manifestKey(B), Buffer.from('{'));
  await watch.look();
  await watch.look();
  expect([watch.take(), notices]).toEqual([null, [expect.stringContaining(`promoted run ${B} cannot be used`)]]);
  await promote(C);
  await watch.look();
  expect(watch.take()?.runId).toBe(C);
  await watch.stop();
});

test('a store that does not answer is said once, and asked again', async () => {
  let down = true;
  const list: ObjectStore['list'] = (prefix) => (down ? Promise.reject(new Error('no answer')) : store.list(prefix));
  const watch = watching(A, { ...store, list });
  await promote(B);
  await watch.look();
  await watch.look();
  expect([watch.take(), notices]).toEqual([null, [expect.stringContaining('no answer')]]);
  down = false;
  await watch.look();
  expect(watch.take()?.runId).toBe(B);
});

test.each(['manifest.json', '.onnx'])(
  'a store that fails while it loads %s costs a notice; the next look loads the run',
  async (name) => {
    let down = true;
    const get: ObjectStore['get'] = (key) =>
      down && key.includes(B) && key.endsWith(name)
        ? Promise.reject(new StoreError('UNREACHABLE', 'the store timed out', key))
        : store.get(key);
    const watch = watching(A, { ...store, get });
    await promote(B);
    await watch.look();
    await watch.look();
    expect([watch.take(), notices]).toEqual([null, [expect.stringMatching(/models before it go on.*timed out/)]]);
    expect(notices[0]).not.toContain('promote it again');
    down = false;
    await watch.look();
    expect(watch.take()?.ensembles.get('ES')?.models).toEqual(['small']);
    await watch.stop();
  },
);

test('a run of which nobody would vote is not taken until its files are there again', async () => {
  const key = modelKey(B, 'ES/small.onnx');
  const bytes = await store.get(key);
  const watch = watching(A);
  await promote(B);
  await store.put(key, Buffer.from('half'));
  await watch.look();
  expect([watch.take(), notices]).toEqual([null, [expect.stringMatching(/would vote on ES .*damaged/)]]);
  expect(opened.map(({ closed }) => closed)).toEqual([1, 1]);
  await store.put(key, bytes);
  await watch.look();
  expect(watch.take()?.runId).toBe(B);
  await watch.stop();
});

test('started, it looks by itself', async () => {
  const watch = watching(A);
  watch.start(20);
  await promote(B);
  const deadline = Date.now() + 5_000;
  let taken = watch.take();
  while (taken === null && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    taken = watch.take();
  }
  expect(taken?.runId).toBe(B);
  await watch.stop();
});
