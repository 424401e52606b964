/** `omega search --set-and-forget`: what it refuses, and the parameters file that it trains with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { combined } from '../../src/cli/set-and-forget';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { featuresOf } from '../../src/features/configured-schema';
import { decodeParameters, encodeParameters, schemaOf } from '../../src/learning/search/parameters-file';

const folder = mkdtempSync(join(tmpdir(), 'omega-set-and-forget-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [['--set-and-forget', '--family', 'sgd'], /takes --families, a list, instead of --family/],
  [['--set-and-forget', '--families', 'sgd,oracle'], /Families to search are .*, not oracle/],
  [['--set-and-forget', '--workers'], /in this process: leave --workers out/],
  [['--set-and-forget', '--families', 'sgd', '--instruments', 'ES,GC'], /for one instrument, not for ES, GC/],
  [['--family', 'sgd,ridge'], /--family takes one family: search sgd,ridge with --set-and-forget --families/],
  [['--set-and-forget', '--search-id', 'tonight'], /--search-id needs YYYYMMDD_HHMMSS, not tonight/],
  [['--set-and-forget', '--search-id', '20991231_000000'], /--search-id 20991231_000000 lies in the future/],
  [['--family', 'oracle'], /Families to search are .*, not oracle/],
  [[], /Name the --family to search, or search all and train with --set-and-forget/],
])('search %j is refused with a sentence', async (args, sentence) => {
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  expect(await main(['search', ...args], { out: note, err: note, env: {}, folder })).toBe(2);
  expect(said.join('\n')).toMatch(sentence);
});

test('the file it trains with has every family’s parameters and the first one’s columns', () => {
  const features = featuresOf(DEFAULT_SCHEMA);
  const found = [
    { format: 1, search: 'a-ridge', families: [{ name: 'ridge', parameters: { alpha: 7 } }], features },
    { format: 1, search: 'a-sgd', families: [{ name: 'sgd', parameters: { alpha: 0.5 } }] },
  ] as const;
  const file = decodeParameters(
    'it',
    encodeParameters(
      combined(
        'a',
        found.map((one) => decodeParameters('one', encodeParameters(one as never))),
      ),
    ),
  );
  expect(file.families).toEqual([
    { name: 'ridge', parameters: { alpha: 7 } },
    { name: 'sgd', parameters: { alpha: 0.5 } },
  ]);
  expect(schemaOf(file)?.hash).toBe(DEFAULT_SCHEMA.hash);
  expect(schemaOf(combined('a', [{ format: 1, families: [{ name: 'sgd', parameters: {} }] }]))).toBeNull();
});
