/** News for a drill: the file is the same for a seed and tells some stories twice; each stored line of an article is counted. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { articlePlaces, DRILLED_NEWS } from '../../../src/cli/drill/drilled-news';
import { fileMemo } from '../../../src/cli/drill/file-memo';
import { newsFile } from '../../../src/cli/drill/news-file';
import { createFnspidSource } from '../../../src/news/sources/fnspid';
import { articleId } from '../../../src/news/canonical-url';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-drilled-news-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the file is what the source reads: stories, some of them told again, and rows without a date', async () => {
  const rows = 600;
  expect(newsFile(rows, 1)).toBe(newsFile(rows, 1));
  expect(newsFile(rows, 2)).not.toBe(newsFile(rows, 1));
  const file = join(folder, 'news.csv');
  writeFileSync(file, newsFile(rows, 1));
  const tickers = new Set(
    newsFile(rows, 1)
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',')[2]),
  );
  const source = createFnspidSource({ files: [file], lateHours: 10, tickers, rowsAPage: rows });
  const { articles, rejected, others } = await source.fetchPage(null, Date.parse('2021-01-01T00:00:00Z'));
  expect([articles.length + rejected.length, others]).toEqual([rows, 0]);
  expect(rejected.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'DATE_UNREADABLE'));
  const addresses = new Set(articles.map(articleId));
  const titles = new Set(articles.map(({ title }) => title));
  expect(addresses.size).toBeLessThan(articles.length);
  expect(titles.size).toBeLessThan(articles.length);
  expect(Math.min(addresses.size, titles.size)).toBeGreaterThan(0.9 * rows);
});

test('an article that stands on two lines has two places, and is not what it was', () => {
  const day = join(folder, 'news', '2020-03-02');
  mkdirSync(day, { recursive: true });
  const lines = (...ids: readonly string[]): string => ids.map((id) => `${JSON.stringify({ id })}\n`).join('');
  writeFileSync(join(day, 'fnspid-1.jsonl'), lines('a', 'b'));
  writeFileSync(join(day, 'amended-1.jsonl'), lines('a'));
  expect(articlePlaces(folder).get('a')).toEqual(['news/2020-03-02/fnspid-1.jsonl']);
  const place = { paths: { store: folder } } as Parameters<typeof DRILLED_NEWS.finished>[0];
  const before = new Map(DRILLED_NEWS.finished(place) as ReadonlyMap<string, string>);
  writeFileSync(join(day, 'fnspid-2.jsonl'), lines('b', 'c'));
  const after = DRILLED_NEWS.finished(place) as ReadonlyMap<string, string>;
  const kept = (id: string): boolean => DRILLED_NEWS.keeps(before.get(id) ?? '', after.get(id) ?? '');
  expect([kept('a'), kept('b'), after.size]).toEqual([true, false, 3]);
});

test('a file is read again only when it has changed, and is forgotten when it is gone', () => {
  let reads = 0;
  const sizes = fileMemo((path) => {
    reads += 1;
    return path.length;
  });
  const file = join(folder, 'one');
  expect(sizes(file)).toBeNull();
  writeFileSync(file, 'a');
  expect([sizes(file), sizes(file), reads]).toEqual([file.length, file.length, 1]);
  writeFileSync(file, 'ab');
  expect([sizes(file), reads]).toEqual([file.length, 2]);
  rmSync(file);
  expect(sizes(file)).toBeNull();
});
