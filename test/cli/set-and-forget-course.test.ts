/** The course of `omega search --set-and-forget`: which family chooses the windows, what a family without a fit costs, what is trained. */
import { Command } from 'commander';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchHere } from '../../src/cli/search-here';
import { setAndForget } from '../../src/cli/set-and-forget';
import { trainCommand } from '../../src/cli/train';
import type { Config } from '../../src/config/config';
import { NothingFittedError } from '../../src/domain/hyperparameter-search';
import { featuresOf } from '../../src/features/configured-schema';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { decodeParameters, encodeParameters, schemaOf } from '../../src/learning/search/parameters-file';
import { bestKey } from '../../src/learning/search/search-store';
import { openFolderStore } from '../../src/storage/folder-store';

jest.mock('../../src/cli/search-here');
jest.mock('../../src/cli/train');

const folder = mkdtempSync(join(tmpdir(), 'omega-set-and-forget-course-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it over searches that find something for every family but `failing`; what was searched, said, and asked of the training. */
async function unattended(families: readonly string[], failing: readonly string[]) {
  const root = mkdtempSync(join(folder, 'store-'));
  const store = await openFolderStore(root);
  const searched: (readonly [family: string, windows: boolean])[] = [];
  const said: string[] = [];
  const trained: { readonly options: unknown; readonly file: string }[] = [];
  jest.mocked(searchHere).mockImplementation(async (_place, { family, searchId, windows }) => {
    searched.push([family, windows]);
    if (failing.includes(family)) throw new NothingFittedError(`${family} has too few rows`);
    const features = windows ? { features: featuresOf(DEFAULT_SCHEMA) } : {};
    const best = { format: 1, search: searchId, families: [{ name: family, parameters: {} }], ...features } as const;
    await store.put(bestKey(searchId), encodeParameters(decodeParameters('one', encodeParameters(best as never))));
    return { searchId, best: 1, innerAuc: 0.5, nestedAuc: 0.5, shippedAuc: 0.5, outer: [], failed: 0 };
  });
  jest.mocked(trainCommand).mockImplementation(() =>
    new Command('train')
      .allowUnknownOption()
      .allowExcessArguments()
      .option('--families <list>')
      .option('--threads <n>')
      .option('--run-id <id>')
      .option('--parameters <file>')
      .action((options: { readonly parameters: string }) => {
        trained.push({ options, file: readFileSync(options.parameters, 'utf8') });
      }),
  );
  const note = (text: string): void => void said.push(text);
  const every = { searchId: '20260102_030405', symbol: 'ES', days: null, trials: 2, seed: 1, windows: true } as const;
  const place = { config: { features: {} } as Config, storage: { kind: 'folder', root } as never, store, folder };
  const plan = { every, families, parallel: 5, set: 'futures' };
  const ended = setAndForget(place, plan, { out: note, err: note, env: {}, folder });
  return { ended, searched, said, trained };
}

test('a family of which no trial could be fitted is told and left out; the next one chooses the windows', async () => {
  const { ended, searched, said, trained } = await unattended(['lstm', 'ridge', 'sgd'], ['lstm']);
  await ended;
  expect(searched).toEqual([
    ['lstm', true],
    ['ridge', true],
    ['sgd', false],
  ]);
  expect(said.join('\n')).toContain('lstm is left out, no trial could be fitted: lstm has too few rows');
  expect(trained).toHaveLength(1);
  expect(trained[0].options).toMatchObject({ families: 'ridge,sgd', threads: '5', runId: '20260102_030405' });
  const file = decodeParameters('it', Buffer.from(trained[0].file));
  expect(file.families.map(({ name }) => name)).toEqual(['ridge', 'sgd']);
  expect(schemaOf(file)?.hash).toBe(DEFAULT_SCHEMA.hash);
});

test('when no family could be fitted, nothing is trained', async () => {
  const { ended, trained } = await unattended(['lstm', 'ridge'], ['lstm', 'ridge']);
  await expect(ended).rejects.toThrow('ridge has too few rows');
  expect(trained).toEqual([]);
});
