import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArticleStore } from '../../src/news/article-store';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { NOW, article } from './sample-articles';

const DAY = 86_400_000;
let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-articles-'));
  store = await openFolderStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (id: string, time: number) =>
  article({ id: id.repeat(64), time_published: time, time_published_dt: new Date(time).toISOString() });
const idsOf = (found: readonly { id: string }[]): string => found.map(({ id }) => id[0]).join('');

test('what is written is read back by day and span, each once, oldest first', async () => {
  const articles = openArticleStore(store);
  const [a, b, c] = [at('a', NOW), at('b', NOW - 1_000), at('c', NOW - 400 * DAY)];
  await articles.write([a, b, c]);
  await articles.write([b, a, c]);
  expect(readdirSync(join(folder, 'news', '2024-11-08'))).toHaveLength(1);
  expect(await articles.days()).toEqual(['2023-10-05', '2024-11-08']);
  expect(await openArticleStore(store).day('2024-11-08')).toEqual([b, a]);
  const spans: readonly (readonly [number, number])[] = [
    [0, Number.MAX_SAFE_INTEGER],
    [NOW - 500, NOW],
    [NOW - 900 * DAY, NOW - 500],
    [NOW + 1, NOW + DAY],
  ];
  const found = await Promise.all(spans.map(([from, to]) => articles.between(from, to)));
  expect(found.map(idsOf)).toEqual(['cba', 'a', 'cb', '']);
});

test('amendments change the article they name: scores by scorer, tickers and similarity', async () => {
  const articles = openArticleStore(store);
  const one = at('a', NOW);
  await articles.write([one]);
  const [lexicon] = one.scores;
  const model = { ...lexicon, scorer: 'language-model', score: -0.9, usable_from: NOW + 5 } as const;
  await articles.amend('2024-11-08', [{ id: one.id, scores: [model], similarity: 0.3 }]);
  await articles.amend('2024-11-08', [{ id: 'f'.repeat(64), similarity: 0.9 }]);
  await articles.amend('2024-11-08', [{ id: one.id, relevant_tickers: ['MSFT', 'AAPL'] }]);
  await articles.amend('2024-11-08', []);
  expect(await articles.day('2024-11-08')).toEqual([
    { ...one, scores: [lexicon, model], similarity: 0.3, relevant_tickers: ['AAPL', 'MSFT'] },
  ]);
});

test('a damaged line names its file and number', async () => {
  const articles = openArticleStore(store);
  await articles.write([at('a', NOW), at('b', NOW)]);
  const [name] = readdirSync(join(folder, 'news', '2024-11-08'));
  writeFileSync(join(folder, 'news', '2024-11-08', name), `${JSON.stringify(at('a', NOW))}\n{"id":`);
  await expect(openArticleStore(store).day('2024-11-08')).rejects.toMatchObject({
    code: 'CORRUPT',
    message: expect.stringContaining(`${name} line 2`) as string,
  });
});
