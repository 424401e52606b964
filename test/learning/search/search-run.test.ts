/** A whole search in process: drawn by its seed, kept trial by trial, resumed without repeating any. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finishSearchStep, prepareSearchStep } from '../../../src/activities/search-steps';
import type { SearchParts } from '../../../src/activities/search-steps';
import { DEFAULT_CONFIG } from '../../../src/config/config';
import { runSearch } from '../../../src/domain/hyperparameter-search';
import type { SearchOutcome, SearchProgress, SearchRequest } from '../../../src/domain/hyperparameter-search';
import { DEFAULT_SCHEMA, defineSchema } from '../../../src/features/schema';
import { stockSchema } from '../../../src/features/stock-schema';
import { tunedFamily } from '../../../src/learning/families/tuned-family';
import { drawWindows, withWindows } from '../../../src/learning/search/indicator-windows';
import { decodeParameters, schemaOf } from '../../../src/learning/search/parameters-file';
import { drawParameters, SEARCHABLE_FAMILIES } from '../../../src/learning/search/search-space';
import { bestKey, searchPrefix } from '../../../src/learning/search/search-store';
import { judgeTrialHere, runTrialHere } from '../../../src/learning/search/trial-job';
import { stockData } from '../../../src/learning/training/learning-data';
import { loadRecordedStock } from '../../../src/market-data/recorded-equity';
import type { RecordedStock } from '../../../src/market-data/recorded-equity';
import { openFolderStore } from '../../../src/storage/folder-store';

describe('draws', () => {
  const numbers = Array.from({ length: 40 }, (_item, i) => i + 1);

  it.each(SEARCHABLE_FAMILIES)('of %s are what the family takes, the same for a seed, others for another', (family) => {
    const drawn = numbers.map((trial) => drawParameters(family, 7, trial));
    expect(drawn).toEqual(numbers.map((trial) => drawParameters(family, 7, trial)));
    if (family !== 'linear') expect(drawn).not.toEqual(numbers.map((trial) => drawParameters(family, 8, trial)));
    for (const parameters of drawn) expect(tunedFamily(family, parameters).parameters).toMatchObject(parameters);
    expect(drawn[0]).toEqual({});
  });

  it('of windows make a schema that is allowed', () => {
    const schema = stockSchema(DEFAULT_SCHEMA);
    expect(withWindows(schema, drawWindows(schema, 7, 1)).hash).toBe(schema.hash);
    const hashes = numbers.map((trial) => withWindows(schema, drawWindows(schema, 7, trial)).hash);
    expect(new Set(hashes).size).toBeGreaterThan(35);
    expect(hashes).toEqual(numbers.map((trial) => withWindows(schema, drawWindows(schema, 7, trial)).hash));
  });
});

const REQUEST: SearchRequest = {
  searchId: 'test',
  symbol: 'SPY',
  days: null,
  family: 'logistic_regression',
  trials: 5,
  seed: 3,
  windows: true,
};
const SCHEMA = defineSchema([
  { kind: 'rsi', name: 'rsi', period: 14 },
  { kind: 'sma', name: 'sma', period: 20 },
  { kind: 'atr', name: 'atr', period: 14 },
  { kind: 'return', name: 'ret_5', period: 5 },
]);

describe('a search', () => {
  let stock: RecordedStock;
  let root: string;
  let whole: SearchOutcome;
  let wholeRoot: string;

  /** `stopAfter` trials' rungs the process dies. */
  async function search(folder: string, stopAfter = Infinity, request = REQUEST) {
    const store = await openFolderStore(folder);
    const storage = { ...DEFAULT_CONFIG.storage, kind: 'folder', root: folder } as const;
    const days = stock.tradeDates.slice(0, 4);
    const source = () => Promise.resolve({ data: stockData(stock), schema: SCHEMA });
    const parts: SearchParts = { storage, store, source };
    const told: SearchProgress[] = [];
    let done = 0;
    const outcome = await runSearch(
      request,
      {
        prepareSearch: (asked) => prepareSearchStep(parts, { ...asked, days }),
        runTrial: async (task) => {
          if (done >= stopAfter) throw new Error('killed');
          done += 1;
          return runTrialHere(store, task);
        },
        judgeTrial: (task) => judgeTrialHere(store, task),
        finishSearch: (plan, end) => finishSearchStep(parts, plan, end),
      },
      { parallel: 1, onProgress: (now) => told.push(now) },
    ).catch((error: unknown) => {
      if (stopAfter === Infinity) throw error;
      return null;
    });
    return { outcome, told };
  }

  const place = (folder: string, name: string): string => join(folder, searchPrefix('test'), name);
  const written = (folder: string): ReadonlyMap<string, number> =>
    new Map(readdirSync(place(folder, '')).map((name) => [name, statSync(place(folder, name)).mtimeMs]));

  beforeAll(async () => {
    stock = await loadRecordedStock('data', 'SPY');
    wholeRoot = mkdtempSync(join(tmpdir(), 'omega-search-'));
    const { outcome, told } = await search(wholeRoot);
    whole = outcome as SearchOutcome;
    expect(told.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['preparing', 'rung-1', 'rung-2', 'judging']),
    );
    expect(told.at(-1)).toMatchObject({ phase: 'done', best: { trial: expect.any(Number) as number } });
  }, 60_000);
  afterAll(() => rmSync(wholeRoot, { recursive: true, force: true }));
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'omega-search-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('keeps every trial and leaves parameters that training takes', () => {
    for (let trial = 1; trial <= 5; trial += 1) expect(written(wholeRoot).has(`trial-${trial}.json`)).toBe(true);
    const best = decodeParameters('best.json', readFileSync(join(wholeRoot, bestKey('test'))));
    expect(best.families).toEqual([
      { name: 'logistic_regression', parameters: drawParameters('logistic_regression', 3, whole.best) },
    ]);
    expect(schemaOf(best)?.hash).toBe(withWindows(SCHEMA, drawWindows(SCHEMA, 3, whole.best)).hash);
    expect(whole.outer.filter(({ trial }) => trial === 1)).toHaveLength(3);
    expect(whole.failed).toBe(0);
  });

  it('killed twice, it ends as it would have, and what was finished is not run again', async () => {
    await search(root, 3);
    const before = written(root);
    expect([...before.keys()].filter((name) => name.startsWith('trial')).sort()).toEqual([
      'trial-1.json',
      'trial-2.json',
      'trial-3.json',
    ]);
    await search(root, 6);
    const { outcome } = await search(root);
    expect(outcome).toEqual(whole);
    const scores = (folder: string, trial: number): unknown => {
      const record = JSON.parse(readFileSync(place(folder, `trial-${trial}.json`), 'utf8')) as object;
      return { ...record, seconds: 0 };
    };
    for (let trial = 1; trial <= 5; trial += 1) expect(scores(root, trial)).toEqual(scores(wholeRoot, trial));
    const ended = written(root);
    await search(root);
    const again = written(root);
    const kept = [...ended.keys()].filter((name) => /^(trial|outer|set|plan)/.test(name));
    expect(kept.map((name) => again.get(name))).toEqual(kept.map((name) => ended.get(name)));
  });

  it('more trials leave those before as they are and end as if asked for at once; another search under the id is refused; a cut file is run again', async () => {
    await search(root, Infinity, { ...REQUEST, trials: 2 });
    const before = written(root);
    writeFileSync(place(root, 'trial-2.json'), '{"half');
    await search(root, Infinity, { ...REQUEST, trials: 3 });
    expect(written(root).get('trial-1.json')).toBe(before.get('trial-1.json'));
    const { outcome } = await search(root);
    expect(outcome).toEqual(whole);
    await expect(search(root, Infinity, { ...REQUEST, seed: 4 })).rejects.toThrow(/SEARCH_DAMAGED: test is a search/);
    await expect(search(root, Infinity, { ...REQUEST, family: 'svc' })).rejects.toThrow(/no search space for "svc"/);
  });
});
