/** `omega models` on a store of its own: a run, a brought model, and what is refused. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CliError } from '../../src/cli/cli-error';
import { modelsCommand } from '../../src/cli/models';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { openFolderStore } from '../../src/storage/folder-store';
import { manifestKey } from '../../src/storage/model-registry';
import type { GateVerdict } from '../../src/learning/evaluation/gates';
import { readManifest } from '../../src/learning/model-run';
import { writeRunCard } from '../../src/learning/training/run-card';
import { storeRun } from '../learning/stored-run';

/** The package's own minutes take a second to read; that they are the default is looked at once. */
const FEW_MINUTES = gunzipSync(readFileSync(join(__dirname, '../../data/futures_1m/ES_201312_1m.csv.gz')))
  .toString()
  .split('\n')
  .slice(0, 100)
  .join('\n');
const LIST = ['list', '--data', 'few'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-models-cli-'));
  cpSync(join(__dirname, '../learning/brought'), join(folder, 'mine'), { recursive: true });
  mkdirSync(join(folder, 'few'));
  writeFileSync(join(folder, 'few', 'ES_201312_1m.csv'), FEW_MINUTES);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function omega(...args: readonly string[]): Promise<{ readonly text: string; readonly error: unknown }> {
  const out: string[] = [];
  const env = { IBKR_ACCOUNT: 'DU1', OMEGA_STORE: join(folder, 'store') };
  const io = { out: (text: string) => void out.push(text), err: () => undefined, env, folder };
  const error: unknown = await modelsCommand(io)
    .exitOverride()
    .parseAsync([...args], { from: 'user' })
    .then(
      () => null,
      (failure: unknown) => failure,
    );
  return { text: out.join('\n'), error };
}

const brought = (schemaHash: string): void =>
  writeFileSync(
    join(folder, 'mine', 'models.json'),
    JSON.stringify({
      format: 1,
      schema_hash: schemaHash,
      models: [
        {
          name: 'mine',
          family: 'LGBMClassifier',
          file: 'lightgbm.onnx',
          instruments: ['ES'],
          input: 'input',
          output: 'probabilities',
          classes: ['sell', 'hold', 'buy'],
        },
      ],
    }),
  );

test('a brought model is added before the first run, listed, and removed', async () => {
  brought(DEFAULT_SCHEMA.hash);
  expect(await omega('add', 'mine')).toMatchObject({
    error: null,
    text: expect.stringContaining('the next fit') as string,
  });
  expect((await omega(...LIST)).text).toContain('brought: mine (LGBMClassifier) for ES');
  const listed = JSON.parse((await omega(...LIST, '--json')).text) as { runs: unknown[]; brought: unknown[] };
  expect(listed).toMatchObject({ runs: [], brought: [{ instruments: ['ES'], model: { name: 'mine' } }] });
  expect((await omega('remove', 'mine')).error).toBeNull();
  expect((await omega('remove', 'mine')).error).toMatchObject({ code: 'NOT_FOUND' });
});

test('what a bad folder lacks is the answer, with the exit code of bad input, and nothing is kept', async () => {
  brought('b'.repeat(64));
  const { error } = await omega('add', 'mine');
  expect(error).toBeInstanceOf(CliError);
  expect(error).toMatchObject({ code: 'DATA', exitCode: 2, message: expect.stringContaining('schema') as string });
  expect((await omega(...LIST)).text).not.toContain('mine');
});

test('show names a run that is not there; schema prints hash and columns', async () => {
  expect((await omega('show')).error).toMatchObject({ code: 'NOT_FOUND' });
  expect((await omega('show', '20131009_220000')).error).toMatchObject({ code: 'NOT_FOUND', exitCode: 1 });
  expect(JSON.parse((await omega('schema', '--json')).text)).toMatchObject({
    schema_hash: DEFAULT_SCHEMA.hash,
    columns: DEFAULT_SCHEMA.modelColumns,
  });
  mkdirSync(join(folder, 'empty'));
  expect((await omega('add', 'empty')).error).toMatchObject({ code: 'DATA' });
});

describe('reviewing runs', () => {
  const [A, B] = ['20131008_220000', '20131009_220000'];
  const ada = ['--by', 'Ada', '--why', 'the figures of the hold-out'];
  const json = async (...args: readonly string[]) => JSON.parse((await omega(...args, '--json')).text) as unknown;
  beforeEach(async () => {
    const store = await openFolderStore(join(folder, 'store'));
    await storeRun(store, A);
    await storeRun(store, B, (manifest) => ({ ...manifest, seed: 2 }));
  });

  test('promote, reject, rollback: list, show and history tell', async () => {
    expect((await omega('promote', A, ...ada)).text).toBe(`${A} is promoted by Ada and votes from the next bar on`);
    expect(await json('promote', B, ...ada)).toMatchObject({
      run_id: B,
      kind: 'promoted',
      from: A,
      state: 'promoted',
      promoted: B,
    });
    expect((await omega('rollback', ...ada)).text).toBe(`${B} is rolled back by Ada; ${A} votes from the next bar on`);
    expect((await omega('reject', B, ...ada)).text).toBe(`${B} is rejected by Ada`);
    const listed = (await omega(...LIST)).text.split('\n');
    expect(listed[1]).toMatch(new RegExp(`^${A}\\s+promoted\\s`));
    expect(listed[2]).toMatch(new RegExp(`^${B}\\s+rejected\\s`));
    expect((await omega('show')).text).toContain(`${A}  promoted`);
    expect(await json('history')).toMatchObject({
      promoted: A,
      history: [
        { kind: 'promoted' },
        { kind: 'promoted', from: A },
        { kind: 'rolled-back', to: A },
        { kind: 'rejected' },
      ],
    });
    expect((await omega('history')).text).toContain('the figures of the hold-out');
  });

  test('show tells what the gates said, what the voters lean on and what is missing; list leaves calibrators out', async () => {
    const store = await openFolderStore(join(folder, 'store'));
    const C = '20131010_220000';
    const figures = { tradeDates: 11, trades: 60, sharpe: 1.2, auc: 0.51, aucLowerBound: 0.4 };
    const why = 'AUC is 0.510, 0.60 needed';
    const verdict: GateVerdict = { outcome: 'refused', figures, failures: [{ gate: 'auc', why }] };
    await storeRun(store, C, (manifest) => ({
      ...manifest,
      data: { ...manifest.data, days: [1, 2, 3, 4, 5, 6].map((day) => `2013-10-0${day}`) },
      instruments: manifest.instruments.map((instrument) => ({
        ...instrument,
        notes: ['no validator: too few signals'],
        models: [
          { ...instrument.models[0], importances: [{ column: 'rsi', rise: 0.0123, deviation: 0 }] },
          { ...instrument.models[0], name: 'small_calibrator', role: { role: 'calibrator', of: 'small' } },
        ],
      })),
    }));
    expect((await omega('show', C)).text).toContain('gates    not asked about this run');
    expect(await json('show', C)).toMatchObject({ gates: null });
    await writeRunCard(store, { manifest: await readManifest(store, C), verdict, instruments: [] });
    const { text } = await omega('show', C);
    expect(text).toContain(`gates    Refused: ${why}. Hold-out of 11 trade dates`);
    expect(text).toMatch(/\nsmall +rsi \+12\.3/);
    expect(text).toContain('no validator: too few signals');
    expect(text).toContain('data     2013-10-01 to 2013-10-06 (6 dates): ');
    expect(await json('show', C)).toMatchObject({ gates: { outcome: 'refused', figures: { auc_lower_bound: 0.4 } } });
    expect((await omega(...LIST)).text).not.toContain('small_calibrator');
    await store.put(`models/${C}/gates.json`, Buffer.from('{"outcome":'));
    expect((await omega('show', C)).error).toMatchObject({ message: expect.stringContaining('gates.json') as string });
  });

  test('list says what is promoted and whether there are new data, in stored names', async () => {
    expect(await json('list')).toMatchObject({
      runs: [{ run_id: A, state: 'candidate', code_version: 'test' }, { run_id: B }],
      promoted: null,
      last_trained: null,
      newest_data: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      new_data_available: true,
    });
    expect((await omega('list', '--data', 'nowhere')).error).toMatchObject({ code: 'DATA', exitCode: 2 });
  });

  test('diff shows parameters, features, metrics and data side by side', async () => {
    const { text } = await omega('diff', A, B);
    expect(text).toMatch(/seed +≠ +1 +2/);
    expect(text).toMatch(/ES small auc +0.55 +0.55/);
    expect(text).not.toContain('learning_rate');
    expect((await omega('diff', A, B, '--all')).text).toContain('learning_rate');
    expect(await json('diff', A, B)).toMatchObject({ a: A, b: B });
  });

  test.each([
    ['USAGE', 2, ['promote', B, '--why', 'x']],
    ['USAGE', 2, ['rollback', '--by', 'Ada']],
    ['USAGE', 2, ['reject', 'latest', ...ada]],
    ['NOT_FOUND', 1, ['promote', '20200101_000000', ...ada]],
    ['NOT_FOUND', 1, ['diff', A, '20200101_000000']],
    ['REFUSED', 4, ['approve', B, ...ada]],
    ['REFUSED', 4, ['rollback', ...ada]],
  ])('%s, exit code %i: %j', async (code, exitCode, args) => {
    expect((await omega(...args)).error).toMatchObject({ code, exitCode });
  });

  test('a damaged manifest is shown as such, and neither promoted nor in the way of the others', async () => {
    const store = await openFolderStore(join(folder, 'store'));
    await store.put(manifestKey(B), Buffer.from('{'));
    expect((await omega('promote', B, ...ada)).error).toMatchObject({ code: 'DATA', exitCode: 2 });
    const { text, error } = await omega(...LIST);
    expect([error, text]).toEqual([null, expect.stringContaining('is not JSON') as string]);
    expect((await omega('promote', A, ...ada)).error).toBeNull();
  });
});
