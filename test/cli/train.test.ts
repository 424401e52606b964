/** `omega train`: what it refuses before it fits anything. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { main } from '../../src/cli/main';
import { trainedLines } from '../../src/cli/train';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { checkRequest, pinRequest } from '../../src/learning/training/request-pin';
import type { LearningData } from '../../src/learning/training/learning-data';
import { prepareTraining } from '../../src/learning/training/prepare-training';
import { setKey } from '../../src/learning/training/training-parts';
import { trainingSet } from '../../src/learning/training/training-set';
import type { ContractSeries } from '../../src/learning/training-rows';
import { openFolderStore } from '../../src/storage/folder-store';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-train-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function omega(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  return { code: await main(args, { out: note, err: note, env: {}, folder }), said: said.join('\n') };
}

test.each([
  [['--families', 'sgd,sgd'], /--families names sgd twice/],
  [['--instruments', 'ES,GC,ES'], /ES.* twice/],
])('refuses %j', async (args, sentence) => {
  const { code, said } = await omega('train', ...args);
  expect([code, said]).toEqual([2, expect.stringMatching(sentence)]);
  expect(said).toContain('twice');
});

test('so does retrain, before it looks for a server', async () => {
  const { code, said } = await omega('retrain', '--families', 'sgd,mlp,sgd');
  expect([code, said]).toEqual([2, '--families names sgd twice.']);
});

test.each([
  [['train', '--instruments', 'FOO'], /"FOO" is not an instrument/],
  [['train', '--days', '2013-13-01'], /"2013-13-01" is not a date/],
  [['retrain', '--days', 'today'], /"today" is not a date/],
  [['search', '--family', 'sgd', '--instruments', 'FOO'], /"FOO" is not an instrument/],
  [['drift', '--day', 'today'], /"today" is not a date/],
])('%j is refused with a sentence, as a document with --json', async (args, sentence) => {
  expect(await omega(...args)).toEqual({ code: 2, said: expect.stringMatching(sentence) as string });
  const { code, said } = await omega(...args, '--json');
  expect([code, JSON.parse(said)]).toEqual([
    2,
    { error: { code: 'USAGE', message: expect.stringMatching(sentence) as string } },
  ]);
});

const request = { runId: '20131009_220000', days: null, instruments: ['ES'], families: ['sgd'], seed: 1 } as const;

const SETS = { ES: 'a'.repeat(64) };

test('a run id is one request for good, and the other one is told what differs', async () => {
  const store = await openFolderStore(join(folder, 'store'));
  await checkRequest(store, request, 'hash');
  await pinRequest(store, request, 'hash', SETS);
  await pinRequest(store, { ...request }, 'hash', SETS);
  const other = { ...request, families: ['mlp'] };
  for (const asking of [checkRequest(store, other, 'hash'), pinRequest(store, other, 'hash', SETS)])
    await expect(asking).rejects.toMatchObject({
      code: 'RUN_ID_TAKEN',
      message: expect.stringMatching(/begun with other families \(families \["sgd"\]\)/) as unknown,
    });
});

test('omega train --json answers it at once, as one document and with exit code 2', async () => {
  const store = await openFolderStore(join(folder, '.omega', 'store'));
  await pinRequest(store, { ...request, families: ['mlp'] }, DEFAULT_SCHEMA.hash, SETS);
  const { code, said } = await omega('train', '--run-id', request.runId, '--families', 'sgd', '--json');
  expect(code).toBe(2);
  expect(said).toContain('RUN_ID_TAKEN');
  expect(said).not.toMatch(/\n\s+at /);
});

const BARS = 800;
const RSI = DEFAULT_SCHEMA.columns.indexOf('rsi');
const DAY = '2013-10-07';

/** ES on one trade date, a move of two points every bar; `rsi` in every row. */
function series(rsi: number): readonly ContractSeries[] {
  const block = markBreaks(
    columnsOf(
      Array.from({ length: BARS }, (_item, i) => {
        const price = 1_650 + (i % 40 < 20 ? i % 40 : 40 - (i % 40));
        return {
          bar: {
            start: Date.UTC(2013, 9, 7, 2) + i * 60_000,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: 1,
          },
          quote: { time: 0, bid: price, ask: price + 0.25, bidSize: 1, askSize: 1 },
        };
      }),
    ),
  );
  const width = DEFAULT_SCHEMA.columns.length;
  const values = new Float32Array(BARS * width);
  for (let row = 0; row < BARS; row += 1) values[row * width + RSI] = rsi;
  const features = {
    columns: DEFAULT_SCHEMA.columns,
    rows: BARS,
    starts: block.start,
    values,
    valid: new Uint8Array(BARS).fill(Number(Number.isFinite(rsi))),
  };
  return [{ contract: 'ESZ3', block, features }];
}

test('rows that a warm-up eats are told with the column', () => {
  const set = trainingSet('ES', series(Number.NaN), [DAY], DEFAULT_SCHEMA, INSTRUMENTS.ES);
  expect(set).toMatch(/only 0 labelled rows .*rsi has a value on 0 of 800 bars.*shorter period/);
});

test('an instrument without rows on the held-out dates is left out: nothing could judge it', () => {
  expect(trainingSet('ES', series(50), [DAY], DEFAULT_SCHEMA, INSTRUMENTS.ES)).toMatchObject({ holdOutDays: [] });
  const set = trainingSet('ES', series(50), [DAY, '2013-10-08'], DEFAULT_SCHEMA, INSTRUMENTS.ES);
  expect(set).toMatch(/no labelled rows on the held-out 2013-10-08/);
});

test('days may be named in any order; other data under the same run id are refused before anything is overwritten', async () => {
  const store = await openFolderStore(join(folder, 'prepared'));
  const asked: (readonly string[])[] = [];
  const data = (rsi: number): LearningData => ({
    folder: 'minutes',
    tradeDates: [DAY],
    quotes: 'recorded',
    series: (_symbol, days) => {
      asked.push(days);
      return series(rsi);
    },
  });
  const two: LearningData = { ...data(50), tradeDates: [DAY, '2013-10-08'] };
  const wanted = { ...request, runId: '20131010_220000', days: ['2013-10-08', DAY] };
  await expect(prepareTraining(store, two, wanted, DEFAULT_SCHEMA)).rejects.toThrow('NOTHING_TO_TRAIN');
  expect(asked).toEqual([[DAY, '2013-10-08']]);

  const first = await prepareTraining(store, data(50), request, DEFAULT_SCHEMA);
  expect(await prepareTraining(store, data(50), request, DEFAULT_SCHEMA)).toEqual(first);
  const bytes = await store.get(setKey(request.runId, 'ES'));
  await expect(prepareTraining(store, data(51), request, DEFAULT_SCHEMA)).rejects.toThrow(/RUN_ID_TAKEN.*other data/);
  expect(await store.get(setKey(request.runId, 'ES'))).toEqual(bytes);
});

test('an instrument that is left out is said with its reason', () => {
  const skipped = [{ symbol: 'ES', why: 'it has no labelled rows on the held-out 2013-10-11' }];
  const figures = { tradeDates: 1, trades: 0, sharpe: null, auc: null, aucLowerBound: null };
  const verdict = { outcome: 'insufficient', code: 'GATE_INSUFFICIENT_DATA', figures, why: 'few' } as const;
  const trained = { manifest: { runId: 'R', instruments: [], skipped }, verdict, instruments: [] };
  const lines = trainedLines(trained as unknown as Parameters<typeof trainedLines>[0], 'here');
  expect(lines).toContain('ES left out: it has no labelled rows on the held-out 2013-10-11');
});

test('a run id is an instant of the calendar, and none to come', async () => {
  for (const [id, sentence] of [
    ['20261199_000000', 'needs YYYYMMDD_HHMMSS'],
    ['20131007_240000', 'needs YYYYMMDD_HHMMSS'],
    ['29991231_235959', 'lies in the future'],
  ] as const) {
    const { code, said } = await omega('train', '--run-id', id, '--families', 'sgd');
    expect([code, said]).toEqual([2, expect.stringContaining(sentence)]);
  }
});

test('features check says where it could not look: too few bars to begin later are no proof', async () => {
  const minutes = gunzipSync(readFileSync(join(__dirname, '../../data/futures_1m/ES_201312_1m.csv.gz'))).toString();
  mkdirSync(join(folder, 'few'));
  writeFileSync(join(folder, 'few', 'ES_201312_1m.csv'), minutes.split('\n').slice(0, 200).join('\n'));
  const { code, said } = await omega('features', 'check', '--data', 'few', '--cuts', '2');
  expect([code, said]).toEqual([0, expect.stringMatching(/0 later beginnings.*passed\ntoo few bars to begin later/)]);
});

test('config check includes the features', async () => {
  const indicators = [
    { kind: 'rsi', period: 14, minutes: 1 },
    { kind: 'rsi', period: 14, minutes: 1 },
  ];
  writeFileSync(join(folder, 'omega.config.json'), JSON.stringify({ features: { indicators } }));
  const { code, said } = await omega('config', 'check');
  rmSync(join(folder, 'omega.config.json'));
  expect([code, said]).toEqual([2, expect.stringContaining('twice')]);
});
