import fc from 'fast-check';
import { DEFAULT_NEWS } from '../../src/config/news-settings';
import type { Article } from '../../src/domain/article';
import { newsColumns, newsFeatures } from '../../src/news/news-features';
import { article } from './sample-articles';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const settings = DEFAULT_NEWS;

const news = fc
  .record({
    at: fc.integer({ min: 0, max: 96 * 60 }),
    score: fc.double({ min: -1, max: 1, noNaN: true }),
    late: fc.option(fc.integer({ min: 0, max: 600 })),
    similarity: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    symbol: fc.constantFrom('GC', 'ES'),
    topic: fc.constantFrom('gold', 'inflation'),
  })
  .map(({ at, score, late, similarity, symbol, topic }): Article => {
    const usable_from = at * MINUTE;
    const scored = { ticker: symbol, score, relevance: 0.8, impact: 0.5, scorer: 'lexicon', indirect: false } as const;
    const scores = late === null ? [scored] : [{ ...scored, usable_from: usable_from + late * MINUTE }];
    return article({
      usable_from,
      similarity,
      scores,
      macro_topics: [topic],
      macro_instruments: [symbol],
      relevant_tickers: [],
    });
  });

test('the future never changes a past row', () => {
  const closes = Array.from({ length: 60 }, (_, at) => at * 2 * HOUR);
  fc.assert(
    fc.property(fc.array(news, { maxLength: 30 }), fc.integer({ min: 0, max: 59 }), (articles, row) => {
      const cut = closes[row];
      const past = articles
        .filter(({ usable_from: from }) => from <= cut)
        .map((one) => ({ ...one, scores: one.scores.filter(({ usable_from: from = 0 }) => from <= cut) }));
      const whole = newsColumns(newsFeatures(articles, 'GC', settings), closes);
      const known = newsColumns(newsFeatures(past, 'GC', settings), closes);
      for (const [column, values] of Object.entries(known)) expect(values[row]).toBe(whole[column][row]);
    }),
  );
});

test('sentiment fades, counts are of a day, flags fall after an hour', () => {
  const from = 100 * HOUR;
  const scores = [{ ticker: 'GC', score: 0.8, relevance: 1, impact: 0.5, scorer: 'lexicon', indirect: false } as const];
  const one = article({
    usable_from: from,
    scores,
    macro_topics: ['gold'],
    macro_instruments: ['GC'],
    similarity: 0.25,
  });
  const { readers, absent } = newsFeatures([one], 'GC', settings);
  const at = (column: string, time: number) => readers.get(column)?.(time);
  expect(absent).toEqual([]);
  expect([...readers.keys()].sort()).toEqual([
    'news_count',
    'news_flag_gold',
    'news_flag_inflation',
    'news_novelty',
    'news_relevance',
    'news_sentiment',
  ]);
  expect(at('news_sentiment', from - 1)).toBe(0);
  expect(at('news_sentiment', from)).toBeCloseTo(0.4, 12);
  expect(at('news_sentiment', from + 24 * HOUR)).toBeCloseTo(0.4 / 1.5, 12);
  expect([from - 1, from, from + 24 * HOUR - 1, from + 24 * HOUR].map((time) => at('news_count', time))).toEqual([
    0, 1, 1, 0,
  ]);
  expect([from - 1, from, from + HOUR - 1, from + HOUR].map((time) => at('news_flag_gold', time))).toEqual([
    0, 1, 1, 0,
  ]);
  expect(at('news_flag_inflation', from)).toBe(0);
  expect(at('news_novelty', from)).toBeCloseTo(0.75, 12);
});

test('what cannot be computed is absent and says why', () => {
  expect(newsFeatures([], 'AAPL', settings)).toMatchObject({
    readers: new Map(),
    absent: [{ column: 'news_sentiment', why: expect.stringContaining('no news of AAPL') as string }, {}, {}, {}],
  });
  const { readers, absent } = newsFeatures([article()], 'AAPL', settings);
  expect([...readers.keys()]).toEqual(['news_sentiment', 'news_count', 'news_relevance']);
  expect(absent).toMatchObject([
    { column: 'news_novelty', why: expect.stringContaining('no embedding model') as string },
  ]);
});
