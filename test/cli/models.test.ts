/** `omega models` on a store of its own: a run, a brought model, and what is refused. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../src/cli/cli-error';
import { modelsCommand } from '../../src/cli/models';
import { DEFAULT_SCHEMA } from '../../src/features/schema';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-models-cli-'));
  cpSync(join(__dirname, '../learning/brought'), join(folder, 'mine'), { recursive: true });
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
  expect((await omega('list')).text).toContain('brought: mine (LGBMClassifier) for ES');
  const listed = JSON.parse((await omega('list', '--json')).text) as { runs: unknown[]; brought: unknown[] };
  expect(listed).toMatchObject({ runs: [], brought: [{ instruments: ['ES'], model: { name: 'mine' } }] });
  expect((await omega('remove', 'mine')).error).toBeNull();
  expect((await omega('remove', 'mine')).error).toMatchObject({ code: 'NOT_FOUND' });
});

test('what a bad folder lacks is the answer, with the exit code of bad input, and nothing is kept', async () => {
  brought('b'.repeat(64));
  const { error } = await omega('add', 'mine');
  expect(error).toBeInstanceOf(CliError);
  expect(error).toMatchObject({ code: 'DATA', exitCode: 2, message: expect.stringContaining('schema') as string });
  expect((await omega('list')).text).not.toContain('mine');
});

test('show names a run that is not there; schema prints hash and columns', async () => {
  expect((await omega('show')).error).toMatchObject({ code: 'NOT_FOUND' });
  expect((await omega('show', '20131009_220000')).error).toMatchObject({ code: 'FAILED' });
  expect(JSON.parse((await omega('schema', '--json')).text)).toMatchObject({
    schema_hash: DEFAULT_SCHEMA.hash,
    columns: DEFAULT_SCHEMA.modelColumns,
  });
  mkdirSync(join(folder, 'empty'));
  expect((await omega('add', 'empty')).error).toMatchObject({ code: 'DATA' });
});
