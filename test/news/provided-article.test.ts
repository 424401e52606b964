/** Strangers' text at the border: what of an item is kept, and how. */
import { verdictOn } from '../../src/news/provided-article';
import { marketauxFields } from '../../src/news/sources/marketaux';
import { tiingoFields } from '../../src/news/sources/tiingo';
import { NOW } from './sample-articles';

const ESCAPE = '\u001b[31mred\u0007\u202e';
const PUBLISHED = '2024-11-08T01:24:00.000000Z';

const marketaux = {
  title: 'Visa beats estimates',
  url: `https://example.com/v${ESCAPE}`,
  source: `example.com${ESCAPE}`,
  keywords: `bank${ESCAPE}, <b>gold</b>, ${'x'.repeat(5_000)}`,
  published_at: PUBLISHED,
  entities: [`V${ESCAPE}`, 'V', 'BRK.B', 'V'.repeat(500)].map((symbol) => ({
    symbol,
    name: `Visa${ESCAPE}${'x'.repeat(5_000)}`,
    type: 'equity',
    sentiment_score: 0.5,
  })),
};
const tiingo = {
  title: 'Visa beats estimates',
  url: `https://example.com/v${ESCAPE}`,
  source: `example.com${ESCAPE}`,
  publishedDate: PUBLISHED,
  crawlDate: PUBLISHED,
  tickers: [`v${ESCAPE}`, 'v', 'brk.b', 'v'.repeat(500)],
  tags: [`bank${ESCAPE}`, '', 'x'.repeat(5_000), ...Array.from({ length: 1_000 }, (_, n) => `tag ${n}`)],
};

test.each([
  ['MarketAux', marketaux, marketauxFields],
  ['Tiingo', tiingo, tiingoFields],
])('%s: names, words, tags and addresses are plain and short, tickers are tickers', (_, item, fields) => {
  const verdict = verdictOn(item, NOW, fields);
  if (verdict.kind !== 'article') throw new Error(verdict.rejected.why);
  const { article } = verdict;
  const text = JSON.stringify(article);
  expect(text).not.toMatch(/\\u00|\u202e|<b>/);
  expect(text.length).toBeLessThan(2_500);
  expect(article.url).toBe('https://example.com/v%1B[31mred%07%E2%80%AE');
  expect(article.tickers).toEqual(['V', 'BRK.B']);
  expect(article.scores.every(({ ticker }) => article.tickers.includes(ticker))).toBe(true);
});

test('a name that is cut in the middle of a character ends before it', () => {
  const verdict = verdictOn({ ...tiingo, source: `${'x'.repeat(99)}\u{1f600}` }, NOW, tiingoFields);
  expect(verdict).toMatchObject({ kind: 'article', article: { source: 'x'.repeat(99) } });
});
