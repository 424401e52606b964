import { readSource } from '../../src/domain/news-ingestion';
import type { IngestedPage } from '../../src/domain/news-ingestion';

const page = (changes: Partial<IngestedPage> = {}): IngestedPage => ({
  source: 'tiingo',
  fetched: 10,
  stored: 6,
  duplicates: 3,
  amended: 1,
  rejected: 1,
  why: ['rejected, NO_TITLE: It has no title.'],
  more: true,
  ...changes,
});
const failing = (error: unknown): string => (error as Error).message;

test('pages add up until there is no more', async () => {
  const pages = [page(), page({ why: [] }), page({ more: false })];
  const asked: string[] = [];
  const result = await readSource(
    'tiingo',
    10,
    (source) => (asked.push(source), Promise.resolve(pages[asked.length - 1])),
    failing,
  );
  expect(asked).toEqual(['tiingo', 'tiingo', 'tiingo']);
  expect(result).toMatchObject({
    pages: 3,
    fetched: 30,
    stored: 18,
    duplicates: 9,
    amended: 3,
    rejected: 3,
    failed: null,
    more: false,
  });
  expect(result.why).toEqual(['rejected, NO_TITLE: It has no title.']);
});

test('a run has so many pages; the rest is said to be left', async () => {
  const result = await readSource('tiingo', 2, () => Promise.resolve(page()), failing);
  expect(result).toMatchObject({ pages: 2, more: true, failed: null });
});

test('what pages say is told once each, five at most', async () => {
  let pages = 0;
  const next = () => Promise.resolve(page({ why: ['no novelty', `rejected: row ${(pages += 1)}`] }));
  expect((await readSource('tiingo', 9, next, failing)).why).toEqual([
    'no novelty',
    'rejected: row 1',
    'rejected: row 2',
    'rejected: row 3',
    'rejected: row 4',
  ]);
});

test('a failure keeps what was read before it; what is no failure of the source is thrown', async () => {
  let calls = 0;
  const second = () => ((calls += 1) === 2 ? Promise.reject(new Error('no plan')) : Promise.resolve(page()));
  expect(await readSource('tiingo', 9, second, failing)).toMatchObject({
    pages: 1,
    stored: 6,
    failed: 'no plan',
    more: true,
  });
  const strict = (error: unknown): string => {
    throw error;
  };
  await expect(readSource('tiingo', 9, () => Promise.reject(new TypeError('bug')), strict)).rejects.toThrow('bug');
});
