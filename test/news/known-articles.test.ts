/** De-duplication of a page that was stored in part before a crash: asked for again, it is parted as it was the first time. */
import * as fc from 'fast-check';
import type { Article } from '../../src/domain/article';
import { amended } from '../../src/news/article-store';
import { sortArticles } from '../../src/news/known-articles';
import { article } from './sample-articles';

const RULE = { titleSimilarity: 0.6, windowMs: 2 * 86_400_000 };
const HOUR_MS = 3_600_000;
const TIME = Date.parse('2020-03-02T00:00:00Z');

/** Few words and few addresses, so that titles are alike, not transitively, and addresses and titles contradict each other. */
const page = (least: number, most: number) =>
  fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: 8 }).map(String),
      title: fc
        .uniqueArray(fc.constantFrom('rate', 'bank', 'oil', 'deal', 'court', 'strike', 'gold'), {
          minLength: 4,
          maxLength: 6,
        })
        .map((words) => words.join(' ')),
      time_published: fc.integer({ min: 0, max: 72 }).map((hours) => TIME + hours * HOUR_MS),
      relevant_tickers: fc.constantFrom(['AAPL'], ['KO'], ['GE']),
    }),
    { minLength: least, maxLength: most },
  );

const amendments = (sorted: ReturnType<typeof sortArticles>): readonly unknown[] =>
  sorted.duplicates.flatMap(({ amendment }) => amendment ?? []);

test('whatever of a page was stored, the rest is new and duplicates amend the articles that they amended', () => {
  fc.assert(
    fc.property(
      page(0, 4),
      page(1, 12),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (old, rows, kept) => {
        const stored = sortArticles(old.map(article), [], RULE).fresh;
        const incoming = rows.map((row) => article(row));
        const first = sortArticles(incoming, stored, RULE);
        const survived = (_one: Article, index: number): boolean => kept[index];
        const lost = first.fresh.filter((one, index) => !survived(one, index));
        // As a store gives them: by time, not in the order of the page.
        const now = [...stored, ...first.fresh.filter(survived)].sort((a, b) => a.time_published - b.time_published);
        const again = sortArticles(incoming, now, RULE);
        expect(again.fresh).toEqual(lost);
        expect(amendments(again)).toEqual(amendments(first));
      },
    ),
    { numRuns: 500 },
  );
});

test('a title that was told before, at the address of a story that comes later in the page, adds to that story alone', () => {
  const [told, repeated, later] = [
    article({ id: '1', title: 'rate bank oil deal court', relevant_tickers: ['AAPL'] }),
    article({ id: '2', title: 'rate bank oil deal court', relevant_tickers: ['KO'] }),
    article({ id: '2', title: 'gold strike harvest copper freight', relevant_tickers: ['GE'] }),
  ];
  const { fresh, duplicates } = sortArticles([told, repeated, later], [], RULE);
  expect(fresh).toEqual([told, later]);
  expect(duplicates.map(({ of }) => of)).toEqual([later]);
});

/** One page after the other, each with what was stored of those before it. */
function storedAfter(pages: readonly (readonly Article[])[]): readonly Article[] {
  const known = new Map<string, Article>();
  for (const incoming of pages) {
    const { fresh, duplicates } = sortArticles(incoming, [...known.values()], RULE);
    for (const one of fresh) known.set(one.id, one);
    for (const { of, amendment } of duplicates) {
      const before = known.get(of.id);
      if (amendment !== null && before !== undefined) known.set(of.id, amended(before, amendment));
    }
  }
  return [...known.values()];
}

test('an address that was known by its title is that story on every later page, under whatever title', () => {
  const score = { ticker: 'KO', score: 0.9, relevance: 1, impact: 1, scorer: 'marketaux', indirect: false } as const;
  const first = article({ id: '1', title: 'rate bank oil deal court', scores: [] });
  const copy = article({ id: '2', title: 'rate bank oil deal court', scores: [score] });
  const renamed = { ...copy, title: 'gold strike harvest copper freight' };
  const other = article({ id: '3', title: 'gold strike harvest copper freight', scores: [] });
  const known = storedAfter([[first], [copy], [other], [renamed]]);
  expect(known.map(({ id, scores }) => [id, scores.length])).toEqual([
    ['1', 1],
    ['3', 0],
  ]);
  expect(known[0].same_story).toEqual(['2']);
});

test('over any pages one address adds to one article', () => {
  fc.assert(
    fc.property(fc.array(page(1, 4), { minLength: 1, maxLength: 5 }), (pages) => {
      const scored = pages.map((rows) =>
        rows.map(({ id, ...row }) => {
          const score = {
            ticker: `T${id}`,
            score: 1,
            relevance: 1,
            impact: 1,
            scorer: 'marketaux',
            indirect: false,
          } as const;
          return article({ ...row, id, scores: [score] });
        }),
      );
      const known = storedAfter(scored);
      const tickers = known.flatMap(({ scores }) => scores.map(({ ticker }) => ticker));
      expect(tickers.toSorted()).toEqual([...new Set(tickers)].sort());
    }),
    { numRuns: 500 },
  );
});
