/** The shadow run beside a feed: the challenger answers what the champion decided, both are observed, and a kill loses half a minute at most. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import type { DecisionRecord } from '../../src/domain/proposals';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { NOT_NUMBERS } from '../../src/learning/class-probabilities';
import { loadEnsemble } from '../../src/learning/ensemble';
import { readObservedRun } from '../../src/learning/observed-run-store';
import { promoteRun, remarkOnRun } from '../../src/learning/review-run';
import { ShadowWatch, type ShadowWatchParts } from '../../src/learning/shadow-watch';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { storeRun } from './stored-run';

const [CHAMPION, CHALLENGER] = ['20131007_220000', '20131008_220000'];
const DAY = Date.parse('2013-10-08T22:00:00Z');
const schema = DEFAULT_SCHEMA;
let folder: string;
let store: ObjectStore;
let notices: string[];
let requests = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-shadow-'));
  store = await openFolderStore(folder);
  for (const run of [CHAMPION, CHALLENGER]) await storeRun(store, run);
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ada = () => ({ by: 'Ada', why: 'test', at: DAY, request: `shadow/${(requests += 1)}` });
const promote = () => promoteRun(store, { kind: 'promoted', runId: CHAMPION }, ada());
const shadow = () => remarkOnRun(store, { kind: 'shadow-started', runId: CHALLENGER }, ada());

const watching = (
  over: ObjectStore = store,
  load: ShadowWatchParts['load'] = (runId, symbol) => loadEnsemble(store, runId, symbol),
): ShadowWatch =>
  new ShadowWatch({
    store: over,
    instruments: ['ES', 'GC'],
    load,
    notice: (text) => void notices.push(text),
  });

/** Bar `minute` of ES, decided by the champion. */
const bar = (minute: number, change: Partial<DecisionRecord> = {}, row: Float32Array | null = FULL) => ({
  record: {
    symbol: 'ES',
    barClose: DAY + (minute + 1) * MINUTE_MS,
    modelRun: CHAMPION,
    votes: [
      { model: 'small', signal: 'buy', probabilities: [0.2, 0.2, 0.6] },
      { model: 'other', signal: 'buy', probabilities: [0.4, 0.2, 0.4] },
    ],
    skipped: [],
    quote: { time: DAY, bid: 1650 + 2 * minute, ask: 1650.25 + 2 * minute, bidSize: 1, askSize: 1 },
    ...change,
  } as unknown as DecisionRecord,
  rows: () => (row === null ? [] : [row]),
});
const FULL = Float32Array.from(schema.columns, (_name, i) => Math.sin(i));
const HEALTH = { inferenceMs: 3, haltCause: null };

test('challenger and champion are judged on the same bars; what is stored goes on after a kill', async () => {
  await promote();
  await shadow();
  const first = watching();
  await first.look();
  for (let minute = 0; minute < 15; minute += 1) first.observe([bar(minute)], HEALTH);
  await first.look();
  const killed = watching();
  await killed.look();
  for (let minute = 14; minute < 25; minute += 1) killed.observe([bar(minute)], HEALTH);
  await killed.stop();
  const challenger = await readObservedRun(store, 'shadow', CHALLENGER);
  expect(challenger).toMatchObject({ decisions: 25, notFinite: 0, resolved: { count: 5 }, compared: { count: 5 } });
  // Every label is buy, and the champion's voters say 0.5 on average.
  expect(challenger?.compared.championLoss).toBeCloseTo(-5 * Math.log(0.5), 12);
  const champion = await readObservedRun(store, 'champion', CHAMPION);
  expect(champion).toMatchObject({ decisions: 25, resolved: { count: 5 }, compared: { count: 0 } });
  expect(champion?.inferenceMs).toEqual(Array.from({ length: 25 }, () => 3));
  expect(notices).toEqual([]);
  await first.stop();
});

test('holes are no decisions, and a champion whose models answer NaN is seen', async () => {
  await promote();
  await shadow();
  const watch = watching();
  await watch.look();
  watch.observe([bar(0, {}, null)], HEALTH);
  watch.observe([bar(1, { skipped: [{ model: 'small', why: `it answered NaN: ${NOT_NUMBERS}` }] })], HEALTH);
  await watch.stop();
  expect(await readObservedRun(store, 'shadow', CHALLENGER)).toMatchObject({ decisions: 1 });
  expect(await readObservedRun(store, 'champion', CHAMPION)).toMatchObject({ decisions: 2, notFinite: 1 });
});

test('NaN of the champion’s stacker and validator is seen like a voter’s; what is absent for another reason is not', async () => {
  await promote();
  const watch = watching();
  await watch.look();
  const nan = { kind: 'absent', why: `stacker: it answered NaN: ${NOT_NUMBERS}` } as const;
  const missing = { kind: 'absent', why: 'the run has no validator' } as const;
  const judged = (stack: typeof nan, validator: typeof nan | typeof missing) =>
    ({ given: { rules: MAJORITY_RULES, stack, validator, regime: null } }) as unknown as DecisionRecord['ensemble'];
  watch.observe([bar(0, { ensemble: judged(nan, missing) })], HEALTH);
  watch.observe([bar(1, { ensemble: judged(nan, nan) })], HEALTH);
  await watch.stop();
  expect(await readObservedRun(store, 'champion', CHAMPION)).toMatchObject({ decisions: 2, notFinite: 3 });
});

test('without a champion the challenger is observed alone; a run that becomes champion again is observed anew', async () => {
  await shadow();
  const watch = watching();
  await watch.look();
  watch.observe([bar(0, { modelRun: null, votes: [] })], HEALTH);
  await watch.look();
  expect(await readObservedRun(store, 'shadow', CHALLENGER)).toMatchObject({ decisions: 1, compared: { count: 0 } });
  await promote();
  await watch.look();
  watch.observe([bar(1)], HEALTH);
  await promoteRun(store, { kind: 'promoted', runId: CHALLENGER }, { ...ada(), at: DAY + 1 });
  await promoteRun(store, { kind: 'promoted', runId: CHAMPION }, { ...ada(), at: DAY + 2 });
  await watch.look();
  watch.observe([bar(2)], HEALTH);
  await watch.stop();
  expect(await readObservedRun(store, 'champion', CHAMPION)).toMatchObject({
    decisions: 1,
    since: '2013-10-08T22:00:00.002Z',
  });
});

test('a challenger that is not there for every instrument is loaded again at the next look, and nothing of it stays behind', async () => {
  await shadow();
  const closed: string[] = [];
  let down = true;
  const watch = watching(store, async (runId, symbol) => {
    if (down && symbol === 'GC') throw new Error('no answer');
    const ensemble = await loadEnsemble(store, runId, symbol);
    const close = jest.spyOn(ensemble, 'close');
    close.mockImplementation(() => Promise.resolve(void closed.push(symbol)));
    return ensemble;
  });
  await watch.look();
  await watch.look();
  expect([closed, notices]).toEqual([['ES', 'ES'], [expect.stringContaining('no answer')]]);
  down = false;
  await watch.look();
  const gold = bar(0);
  watch.observe([{ ...gold, record: { ...gold.record, symbol: 'GC' } }], HEALTH);
  await watch.stop();
  expect(await readObservedRun(store, 'shadow', CHALLENGER)).toMatchObject({ decisions: 1 });
  expect(closed.sort()).toEqual(['ES', 'ES', 'ES', 'GC']);
});

test('a store that does not answer is said once, and asked again', async () => {
  await shadow();
  let down = true;
  const list: ObjectStore['list'] = (prefix) => (down ? Promise.reject(new Error('no answer')) : store.list(prefix));
  const watch = watching({ ...store, list });
  await watch.look();
  await watch.look();
  expect(notices).toEqual([expect.stringContaining('no answer')]);
  down = false;
  await watch.look();
  watch.observe([bar(0)], HEALTH);
  await watch.stop();
  expect(await readObservedRun(store, 'shadow', CHALLENGER)).toMatchObject({ decisions: 1 });
});
