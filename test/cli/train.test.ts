/** `omega train`: what it refuses before it fits anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { checkRequest, pinRequest } from '../../src/learning/training/request-pin';
import { trainingSet } from '../../src/learning/training/training-set';
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

const request = { runId: '20131009_220000', days: null, instruments: ['ES'], families: ['sgd'], seed: 1 } as const;

test('a run id is one request for good, and the other one is told what differs', async () => {
  const store = await openFolderStore(join(folder, 'store'));
  await checkRequest(store, request, 'hash');
  await pinRequest(store, request, 'hash');
  await pinRequest(store, { ...request }, 'hash');
  const other = { ...request, families: ['mlp'] };
  for (const asking of [checkRequest(store, other, 'hash'), pinRequest(store, other, 'hash')])
    await expect(asking).rejects.toMatchObject({
      code: 'RUN_ID_TAKEN',
      message: expect.stringMatching(/begun with other families \(families \["sgd"\]\)/) as unknown,
    });
});

test('omega train --json answers it at once, as one document and with exit code 2', async () => {
  const store = await openFolderStore(join(folder, '.omega', 'store'));
  await pinRequest(store, { ...request, families: ['mlp'] }, DEFAULT_SCHEMA.hash);
  const { code, said } = await omega('train', '--run-id', request.runId, '--families', 'sgd', '--json');
  expect(code).toBe(2);
  expect(said).toContain('RUN_ID_TAKEN');
  expect(said).not.toMatch(/\n\s+at /);
});

test('rows that a warm-up eats are told with the column', () => {
  const bars = 800;
  const block = markBreaks(
    columnsOf(
      Array.from({ length: bars }, (_item, i) => ({
        bar: { start: Date.UTC(2013, 9, 7, 14) + i * 60_000, open: 1, high: 1, low: 1, close: 1, volume: 1 },
        quote: { bid: 1, ask: 1.25, bidSize: 1, askSize: 1 },
      })) as unknown as Parameters<typeof columnsOf>[0],
    ),
  );
  const width = DEFAULT_SCHEMA.columns.length;
  const values = new Float32Array(bars * width);
  const rsi = DEFAULT_SCHEMA.columns.indexOf('rsi');
  for (let row = 0; row < bars; row += 1) values[row * width + rsi] = Number.NaN;
  const features = {
    columns: DEFAULT_SCHEMA.columns,
    rows: bars,
    starts: block.start,
    values,
    valid: new Uint8Array(bars),
  };
  const set = trainingSet(
    'ES',
    [{ contract: 'ESZ3', block, features }],
    ['2013-10-07'],
    DEFAULT_SCHEMA,
    INSTRUMENTS.ES,
  );
  expect(set).toMatch(/only 0 labelled rows .*rsi has a value on 0 of 800 bars.*shorter period/);
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
