import { join } from 'node:path';
import fc from 'fast-check';
import { DEFAULT_NEWS } from '../../src/config/news-settings';
import type { Article } from '../../src/domain/article';
import { readCompanies } from '../../src/news/companies';
import type { Company } from '../../src/news/companies';
import { createCompanyFinder } from '../../src/news/extraction/companies-in-text';
import { openNormaliser } from '../../src/news/normalise-article';
import type { Normaliser } from '../../src/news/normalise-article';
import { NOW, provided } from './sample-articles';

let companies: readonly Company[];
let normalise: Normaliser;

beforeAll(async () => {
  companies = await readCompanies(join(__dirname, '../../data/news/companies.csv'));
  normalise = await openNormaliser(DEFAULT_NEWS, companies);
});

const read = (title: string, text = ''): Article => normalise(provided({ title, text }));
const scoreOf = (title: string): number => read(title).overall_sentiment_score ?? NaN;

test.each([
  ['Ford Motor Company (F) Stock Is a Great Buy', ['F']],
  ['AT&T to sell its DirecTV stake', ['T']],
  ['Visa Inc. raises its dividend', ['V']],
  ['$T and $V lead telecoms', ['T', 'V']],
  ['Class F shares and plan T, V-shaped recovery in sight', []],
  ['A look at vitamin C and plan B', []],
  ['Analysts target apple growers in a visa row', []],
  ['Target of the probe is Apple pie', []],
  ['Shares of Apple Inc and Target Corp rise', ['AAPL', 'TGT']],
  ['Bank of America beats, says JPMorgan', ['BAC', 'JPM']],
  ['Harley-Davidson (HOG) Shares Cross 3% Yield Mark', ['HOG']],
  ['The CAT sat where the COST was LOW', []],
  ['(NYSE: CAT) and (NASDAQ: MSFT) report', ['CAT', 'MSFT']],
  ['IBM and MSFT partner on clouds', ['IBM', 'MSFT']],
  ['STOCKS IN FOCUS: IBM AND OTHERS TO WATCH', []],
  ['$ES is Eversource', []],
])('%s → %j', (title, tickers) => {
  expect([...read(title).relevant_tickers].sort()).toEqual(tickers);
});

test.each([
  ['Federal Reserve raises interest rates', ['ES', 'NQ', '6B', '6E', '6A']],
  ['Inflation cools as consumer prices fall', ['ES', 'NQ', '6B', '6E', '6A', 'GC']],
  ['Gold slips from record', ['GC']],
  ['Goldman Sachs names a partner', []],
  ['Technology shares rally', ['NQ']],
  ['Banks pass the stress test', ['ES', 'NQ']],
  ['Farmers fed up with the weather', []],
  ['FED CUTS RATES', ['ES', 'NQ', '6B', '6E', '6A']],
])('%s → %j by the macro table', (title, instruments) => {
  expect(read(title).macro_instruments).toEqual(instruments);
});

test.each([
  ['Company beats estimates, raises guidance', 0.5, 1],
  ['Profit warning sends shares plunging', -1, -0.5],
  ['Shares fall as earnings miss estimates', -1, -0.4],
  ['The company does not expect profit to fall', 0.05, 1],
  ['Earnings did not beat estimates', -1, -0.05],
  ['Losses narrow at the airline', 0.1, 0.7],
  ['Losses widen at the airline', -0.7, -0.1],
  ['Unemployment falls to a new low', 0.1, 0.9],
  ['Inflation rises sharply', -0.9, -0.1],
  ['Profit falls at the airline', -0.7, -0.1],
  ['Sales and profit rise', 0.1, 0.8],
])('the lexicon on “%s” is within %d and %d', (title, low, high) => {
  expect(scoreOf(title)).toBeGreaterThanOrEqual(low);
  expect(scoreOf(title)).toBeLessThanOrEqual(high);
});

test('without a word that weighs there is no verdict', () => {
  expect(read('Board of Apple Inc meets on Tuesday')).toMatchObject({ overall_sentiment_score: null, scores: [] });
});

test('a degree word makes it more or less', () => {
  const [sharply, plain, slightly] = ['sharply ', '', 'slightly '].map((degree) =>
    scoreOf(`Shares ${degree}fall in London`),
  );
  expect(sharply).toBeLessThan(plain);
  expect(plain).toBeLessThan(slightly);
  expect(slightly).toBeLessThan(0);
});

test('each company is scored by its own sentences', () => {
  const { scores } = read(
    'Airlines and makers of planes',
    'Boeing shares soar on a record order. Delta Air Lines warns of a loss and falls.',
  );
  const of = (wanted: string) => scores.find(({ ticker }) => ticker === wanted)?.score ?? NaN;
  expect(of('BA')).toBeGreaterThan(0.2);
  expect(of('DAL')).toBeLessThan(-0.1);
});

test('kind, topics, entities, keywords, summary', () => {
  const text =
    'Apple Inc said on Tuesday that quarterly revenue rose 8% to $58 billion. Tim Cook pointed to strong demand in China. ' +
    'The weather in Cupertino was fine. Analysts at Goldman Sachs had expected $56 billion of revenue for the quarter. ' +
    'Separately, Hooli Holdings Inc was named as a supplier of the company. It did not answer a request for comment on the matter.';
  const article = read('Apple Inc earnings beat estimates', text);
  expect(article).toMatchObject({ news_type: 'earnings', main_topic: 'earnings', relevant_tickers: ['AAPL', 'GS'] });
  expect(article.entities).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ticker: 'AAPL', type: 'company' }),
      expect.objectContaining({ name: 'Hooli Holdings Inc', type: 'company', ticker: null }),
      expect.objectContaining({ name: 'Tim Cook', type: 'person' }),
      expect.objectContaining({ name: 'China', type: 'place' }),
    ]),
  );
  expect(article.keywords).toContain('revenue');
  expect(article.summary.length).toBeLessThanOrEqual(400);
  for (const sentence of article.summary.split(/(?<=\.) /)) expect(text).toContain(sentence);
});

test('nothing uses an article before the later of publication and first sight, and the delay', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: NOW }), fc.integer({ min: 0, max: NOW }), (published, firstSeen) => {
      const { usable_from: from, time_published_dt: iso } = normalise(provided({ published, firstSeen }));
      expect(from).toBe(Math.max(published, firstSeen) + 60_000);
      expect(Date.parse(iso)).toBe(published);
    }),
    { numRuns: 20 },
  );
});

test("the source's own score comes first, with the impact of its kind of news", () => {
  const own = { ticker: 'AAPL', score: -0.4, relevance: 0.9, impact: 0, scorer: 'marketaux', indirect: false } as const;
  const article = normalise(provided({ tickers: ['AAPL'], scores: [own] }));
  expect(article.sentiment_score).toBe(-0.4);
  expect(article.scores.map(({ scorer, impact }) => [scorer, impact])).toEqual([
    ['marketaux', 0.8],
    ['lexicon', 0.8],
  ]);
});

test('the ticker of a stock that is the symbol of a future brings no score to the future', () => {
  const own = { ticker: 'ES', score: 0.9, relevance: 1, impact: 0, scorer: 'marketaux', indirect: false } as const;
  const article = normalise(provided({ title: 'Eversource reports', tickers: ['ES'], scores: [own] }));
  expect(article).toMatchObject({ relevant_tickers: [], scores: [] });
});

test('any text gives scores in their bounds', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'grapheme' }), (title, text) => {
      const { scores, overall_sentiment_score: overall } = read(`x ${title}`, text);
      expect(Math.abs(overall ?? 0)).toBeLessThanOrEqual(1);
      for (const { score, relevance } of scores) {
        expect(Math.abs(score)).toBeLessThanOrEqual(1);
        expect(relevance).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});

test('a company finder without companies finds cashtags alone', () => {
  expect(createCompanyFinder([])('$TSLA and Apple')).toMatchObject([{ ticker: 'TSLA', match: 1 }]);
});
