/** A run from recorded days to votes: speed, determinism, refusals, damaged and foreign files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import { loadEnsemble } from '../../src/learning/ensemble';
import type { Ensemble } from '../../src/learning/ensemble';
import { FIRST_MODELS } from '../../src/learning/families/families';
import { recipeSeed } from '../../src/learning/families/model-recipe';
import type { FittedModel } from '../../src/learning/families/model-recipe';
import type { Probabilities } from '../../src/learning/dataset';
import { fitRun } from '../../src/learning/fit-run';
import type { FitRunRequest } from '../../src/learning/fit-run';
import { labelBand, medianSpread } from '../../src/learning/labels';
import type { RunManifest } from '../../src/learning/manifest';
import { readManifest } from '../../src/learning/model-run';
import type { ModelRunError } from '../../src/learning/model-run-error';
import { contractSeries, labelledRows } from '../../src/learning/training-rows';
import type { RecordedMarket } from '../../src/market-data/recorded-market';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { openFolderStore } from '../../src/storage/folder-store';
import { lastTrained, latestRun, listRuns, manifestKey, modelKey } from '../../src/storage/model-registry';
import type { ObjectStore } from '../../src/storage/object-store';

const DATA = join(__dirname, '../../data');
const DAYS = ['2013-10-07', '2013-10-08'];
const RUN = '20131008_220000';

let market: RecordedMarket;
const folders: string[] = [];

async function freshStore(): Promise<ObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), 'omega-models-'));
  folders.push(folder);
  return openFolderStore(folder);
}

const request = (store: ObjectStore, changes: Partial<FitRunRequest> = {}): FitRunRequest => ({
  market,
  days: DAYS,
  instruments: ['ES', 'GC'],
  schema: DEFAULT_SCHEMA,
  seed: 1,
  runId: RUN,
  store,
  codeVersion: 'test',
  ...changes,
});

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'done';
  } catch (error) {
    return (error as ModelRunError).code;
  }
}

async function contentOf(store: ObjectStore, runId: string): Promise<ReadonlyMap<string, string>> {
  const keys = await store.list(`models/${runId}/`);
  return new Map(
    await Promise.all(keys.map(async (key) => [key, Buffer.from(await store.get(key)).toString('base64')] as const)),
  );
}

beforeAll(async () => {
  market = await loadRecordedMarket(DATA);
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('a run of two recorded days', () => {
  let store: ObjectStore;
  let manifest: RunManifest;
  let seconds: number;

  beforeAll(async () => {
    store = await freshStore();
    const before = process.cpuUsage();
    manifest = await fitRun(request(store));
    const { user, system } = process.cpuUsage(before);
    seconds = (user + system) / 1e6;
  });

  it('takes less than 5 seconds of processor time for both instruments', () => {
    expect(seconds).toBeLessThan(5);
  });

  it('says in its manifest what it was made of', async () => {
    expect(await readManifest(store, RUN)).toEqual(manifest);
    expect(manifest.instruments.map(({ symbol, contracts }) => [symbol, contracts])).toEqual([
      ['ES', ['ESZ3']],
      ['GC', ['GCZ3']],
    ]);
    expect(manifest.data).toMatchObject({ days: DAYS, from: '2013-10-06T22:00:00.000Z' });
    expect(manifest.schema.hash).toBe(DEFAULT_SCHEMA.hash);
    for (const { rows, classCounts, label, models } of manifest.instruments) {
      expect(rows).toBeGreaterThan(2000);
      expect(classCounts.sell + classCounts.hold + classCounts.buy).toBe(rows);
      expect(label.bandPoints).toBeCloseTo(label.spreadPoints + label.feePoints + label.tickPoints, 12);
      expect(models.map(({ name }) => name)).toEqual(['sgd', 'random_forest']);
      for (const { holdOut } of models) {
        expect(holdOut).toMatchObject({ testDays: ['2013-10-08'] });
        expect(holdOut?.logLoss).toBeLessThan(2);
        expect(holdOut?.auc).toBeGreaterThan(0);
      }
    }
    expect(await latestRun(store)).toBe(RUN);
    expect(await lastTrained(store)).toMatchObject({
      runId: RUN,
      dataTo: '2013-10-08',
      dataHash: manifest.data.sha256,
    });
  });

  it('gives the same bytes again, and others with another seed', async () => {
    const again = await freshStore();
    await fitRun(request(again));
    expect(await contentOf(again, RUN)).toEqual(await contentOf(store, RUN));
    const other = await freshStore();
    await fitRun(request(other, { seed: 2, instruments: ['GC'] }));
    const key = modelKey(RUN, 'GC/random_forest.onnx');
    expect((await contentOf(other, RUN)).get(key)).not.toBe((await contentOf(store, RUN)).get(key));
  });

  it('reads nothing but the days given', async () => {
    const shortened: RecordedMarket = {
      ...market,
      contracts: market.contracts.map((contract) => ({
        ...contract,
        minutes: contract.minutes.filter(({ start }) => start < Date.parse('2013-10-08T22:00:00Z')),
      })),
    };
    const cut = await freshStore();
    await fitRun(request(cut, { market: shortened }));
    expect(await contentOf(cut, RUN)).toEqual(await contentOf(store, RUN));
  });

  it('is answered, not fitted again, when asked for again; other data under its id are refused and change nothing', async () => {
    const before = await contentOf(store, RUN);
    expect(await fitRun(request(store, { codeVersion: 'later' }))).toEqual(manifest);
    expect(await codeOf(fitRun(request(store, { seed: 2 })))).toBe('RUN_EXISTS');
    expect(await codeOf(fitRun(request(store, { days: ['2013-10-07'] })))).toBe('RUN_EXISTS');
    expect(await contentOf(store, RUN)).toEqual(before);
  });

  it('votes through ONNX as the trainers do, bar after bar', async () => {
    const series = contractSeries(market, 'GC', ['2013-10-09'], DEFAULT_SCHEMA, INSTRUMENTS.GC);
    const trained = contractSeries(market, 'GC', DAYS, DEFAULT_SCHEMA, INSTRUMENTS.GC);
    const band = labelBand(medianSpread(trained.map(({ block }) => block))!, INSTRUMENTS.GC);
    const { data } = labelledRows(trained, band, DEFAULT_SCHEMA);
    const ensemble = await loadEnsemble(store, RUN, 'GC');
    expect([ensemble.models, ensemble.skipped]).toEqual([['sgd', 'random_forest'], []]);
    const fitted: FittedModel[] = [];
    for (const recipe of FIRST_MODELS) fitted.push(await recipe.fit(data, recipeSeed(1, 'GC', recipe.name)));
    const { columns, values, valid, rows } = series[0].features;
    let voted = 0;
    for (let r = 0; r < rows; r += 1) {
      const row = values.slice(r * columns.length, (r + 1) * columns.length);
      const { votes, skipped } = await ensemble.vote(row);
      expect([votes.length, skipped.length]).toEqual(valid[r] === 1 ? [2, 0] : [0, 2]);
      if (valid[r] === 0) continue;
      voted += 1;
      const input = Float32Array.from(DEFAULT_SCHEMA.modelColumns, (name) => row[columns.indexOf(name)]);
      const expected: Probabilities[] = [];
      for (const model of fitted) expected.push(await model.predict(input));
      const worst = votes.map(({ probabilities }, m) =>
        Math.max(...probabilities.map((p, c) => Math.abs(p - expected[m][c]))),
      );
      expect(Math.max(...worst)).toBeLessThanOrEqual(1e-5);
    }
    expect(voted).toBeGreaterThan(1000);
    await ensemble.close();
  });

  describe('with files that cannot be trusted', () => {
    const stream = () => {
      const features = createFeatureStream(DEFAULT_SCHEMA, INSTRUMENTS.GC);
      const [{ block }] = contractSeries(market, 'GC', ['2013-10-09'], DEFAULT_SCHEMA, INSTRUMENTS.GC);
      for (let i = 0; i < 400; i += 1) {
        const [start, open, high, low, close] = [block.start, block.open, block.high, block.low, block.close].map(
          (c) => c[i],
        );
        const quote = {
          time: start,
          bid: block.bid[i],
          ask: block.ask[i],
          bidSize: block.bidSize[i],
          askSize: block.askSize[i],
        };
        features.push({ bar: { start, open, high, low, close, volume: block.volume[i] }, quote });
      }
      return features;
    };
    const notices = ({ skipped }: Pick<Ensemble, 'skipped'>) => skipped.map(({ model, why }) => `${model}: ${why}`);
    const sgdKey = modelKey(RUN, 'GC/sgd.onnx');

    async function copy(): Promise<ObjectStore> {
      const target = await freshStore();
      for (const key of await store.list('models/')) await target.put(key, await store.get(key));
      return target;
    }

    it.each([
      [
        'a flipped byte',
        /^sgd: .*damaged/,
        (bytes: Uint8Array) => bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
      ],
      ['half a file', /^sgd: .*damaged/, (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
      ['no bytes', /^sgd: .*damaged/, () => new Uint8Array()],
      ['no file', /^sgd: .*missing/, () => null],
    ])('skips the model with %s, says so in every ballot, and lets the others vote', async (_name, notice, damage) => {
      const damaged = await copy();
      const content = damage(await damaged.get(sgdKey));
      if (content === null) await damaged.delete(sgdKey);
      else await damaged.put(sgdKey, content);
      const ensemble = await loadEnsemble(damaged, RUN, 'GC');
      expect(ensemble.models).toEqual(['random_forest']);
      const ballot = await ensemble.vote(stream().row()!);
      expect(ballot.votes.map(({ model }) => model)).toEqual(['random_forest']);
      expect(notices(ballot)).toEqual([expect.stringMatching(notice)]);
    });

    it('skips a file that ONNX Runtime refuses although its hash is right', async () => {
      const damaged = await copy();
      const bytes = Buffer.from('not an onnx file');
      await damaged.put(sgdKey, bytes);
      const edited = structuredClone(manifest);
      const { createHash } = await import('node:crypto');
      edited.instruments[1].models[0].sha256 = createHash('sha256').update(bytes).digest('hex');
      await damaged.put(manifestKey(RUN), Buffer.from(JSON.stringify(edited)));
      const ensemble = await loadEnsemble(damaged, RUN, 'GC');
      expect(notices(ensemble)).toEqual([expect.stringMatching(/^sgd: ONNX Runtime refuses/)]);
    });

    it('skips models of another feature schema, and rows that lack a value or a column', async () => {
      const other = await copy();
      const edited = structuredClone(manifest);
      edited.instruments[1].models[0].schemaHash = defineSchema(DEFAULT_SCHEMA.parameters, ['rsi', 'ppo']).hash;
      await other.put(manifestKey(RUN), Buffer.from(JSON.stringify(edited)));
      const foreign = await loadEnsemble(other, RUN, 'GC');
      expect(foreign.models).toEqual(['random_forest']);
      expect(notices(foreign)[0]).toMatch(/^sgd: .*feature schema .*fit it again/);
      const ensemble = await loadEnsemble(store, RUN, 'GC');
      const row = stream().row()!;
      row[DEFAULT_SCHEMA.columns.indexOf('imbalance')] = NaN;
      expect(notices(await ensemble.vote(row))).toEqual([
        'sgd: no value for imbalance',
        'random_forest: no value for imbalance',
      ]);
      expect((await ensemble.vote(row.slice(1))).votes).toEqual([]);
    });

    it('says that an instrument was not fitted, and refuses a run that is not there or has a broken manifest', async () => {
      expect(notices(await loadEnsemble(store, RUN, 'NQ'))).toEqual([expect.stringMatching(/^\*: .*no models for NQ/)]);
      expect(await codeOf(loadEnsemble(store, '20130101_000000', 'GC'))).toBe('RUN_NOT_FOUND');
      expect(await codeOf(loadEnsemble(store, 'latest', 'GC'))).toBe('RUN_ID_INVALID');
      const broken = await copy();
      for (const text of ['{', '{}', JSON.stringify({ ...manifest, runId: '20130101_000000' })]) {
        await broken.put(manifestKey(RUN), Buffer.from(text));
        expect(await codeOf(loadEnsemble(broken, RUN, 'GC'))).toBe('MANIFEST_INVALID');
      }
    });
  });
});

describe('what cannot be fitted', () => {
  it('is refused with a sentence, and nothing is stored', async () => {
    const store = await freshStore();
    for (const days of [[], ['2013-09-30']]) {
      await expect(fitRun(request(store, { days }))).rejects.toThrow(/NO_TRAINING_DATA: .*give earlier days of data/);
    }
    expect(await codeOf(fitRun(request(store, { runId: 'mine' })))).toBe('RUN_ID_INVALID');
    expect(await store.list('models/')).toEqual([]);
  });

  it('leaves an instrument without data out and says why', async () => {
    const store = await freshStore();
    const { instruments, skipped } = await fitRun(request(store, { instruments: ['GC', 'NQ'], days: ['2013-10-07'] }));
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['GC']);
    expect(skipped).toEqual([{ symbol: 'NQ', why: 'no bars with two-sided quotes on these days' }]);
    // A single day is split in time: its end is held out.
    expect(instruments[0].models[0].holdOut?.testDays).toEqual(['2013-10-07']);
  });

  it('leaves no run that can be loaded when the store fails half-way, and is repeated whole', async () => {
    const inner = await freshStore();
    let writes = 0;
    const failing: ObjectStore = {
      ...inner,
      put: async (key, bytes) => {
        writes += 1;
        if (writes > 2) throw new Error('disk gone');
        await inner.put(key, bytes);
      },
    };
    const wanted = { days: ['2013-10-07'] };
    await expect(fitRun(request(failing, wanted))).rejects.toThrow('disk gone');
    expect(await listRuns(inner)).toEqual([]);
    expect((await fitRun(request(inner, wanted))).runId).toBe(RUN);
    expect(await listRuns(inner)).toEqual([RUN]);
  });
});
