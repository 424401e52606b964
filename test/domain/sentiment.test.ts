import fc from 'fast-check';
import type { TickerScore } from '../../src/domain/article';
import { countedScore, decayedSentiment, tickerSentiments } from '../../src/domain/sentiment';

const HOUR = 3_600_000;
const decay = { halfLifeMs: HOUR };
const news = fc.record({
  usableFrom: fc.integer({ min: 0, max: 48 * HOUR }),
  score: fc.double({ min: -1, max: 1, noNaN: true }),
  relevance: fc.double({ min: 0, max: 1, noNaN: true }),
});
const score = (scorer: TickerScore['scorer'], value: number, indirect = false): TickerScore => ({
  ticker: 'AAPL',
  score: value,
  relevance: 1,
  impact: 0.5,
  scorer,
  indirect,
});

test('an article counts half after a half-life, and nothing is not zero', () => {
  const one = [{ usableFrom: 0, score: 0.8, relevance: 1 }];
  expect(decayedSentiment(one, 0, decay)).toEqual({ sentiment: 0.4, mean: 0.8, weight: 1, count: 1, relevance: 1 });
  expect(decayedSentiment(one, HOUR, decay)?.sentiment).toBeCloseTo(0.4 / 1.5, 12);
  expect(decayedSentiment(one, HOUR, decay)?.mean).toBeCloseTo(0.8, 12);
  expect(decayedSentiment(one, -1, decay)).toBeNull();
  expect(decayedSentiment(one, 10 * HOUR + 1, decay)).toBeNull();
  expect(decayedSentiment([], 0, decay)).toBeNull();
  expect(decayedSentiment([{ ...one[0], relevance: 0 }], 0, decay)).toMatchObject({ sentiment: 0, mean: 0, count: 1 });
});

test('what is no score names itself', () => {
  expect(() => decayedSentiment([{ usableFrom: 0, score: NaN, relevance: 1 }], 0, decay)).toThrow('not NaN');
  expect(() => decayedSentiment([{ usableFrom: 0, score: 0, relevance: 1.1 }], 0, decay)).toThrow('not 1.1');
  expect(() => decayedSentiment([], 0, { halfLifeMs: 0 })).toThrow('above 0 ms');
});

test('sentiment is bounded, fades, does not depend on the order and never sees the future', () => {
  fc.assert(
    fc.property(fc.array(news, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 60 * HOUR }), (all, at) => {
      const now = decayedSentiment(all, at, decay);
      const past = all.filter(({ usableFrom }) => usableFrom <= at);
      expect(decayedSentiment(past, at, decay)).toEqual(now);
      if (now === null) return;
      expect(Math.abs(now.sentiment)).toBeLessThanOrEqual(Math.abs(now.mean));
      expect(Math.abs(now.mean)).toBeLessThanOrEqual(1);
      expect(decayedSentiment([...all].reverse(), at, decay)?.sentiment).toBeCloseTo(now.sentiment, 12);
      const later = decayedSentiment(past, at + HOUR, { ...decay, lookBackMs: 1_000 * HOUR });
      const wide = decayedSentiment(past, at, { ...decay, lookBackMs: 1_000 * HOUR });
      expect(Math.abs(later?.sentiment ?? 0)).toBeLessThanOrEqual(Math.abs(wide?.sentiment ?? 0) + 1e-15);
    }),
  );
});

test('an article counts once: direct before indirect, a reader before a counter of words', () => {
  const scores = [score('lexicon', -0.5), score('marketaux', 0.7), score('language-model', 0.2, true)];
  expect(countedScore({ scores }, 'AAPL', 0)).toMatchObject({ scorer: 'marketaux' });
  expect(countedScore({ scores: scores.slice(2) }, 'AAPL', 0)).toMatchObject({ indirect: true });
  expect(countedScore({ scores }, 'MSFT', 0)).toBeNull();
  const late = [{ ...score('language-model', 0.9), usable_from: 10 }, score('lexicon', -0.5)];
  expect(countedScore({ scores: late }, 'AAPL', 9)).toMatchObject({ scorer: 'lexicon' });
  expect(countedScore({ scores: late }, 'AAPL', 10)).toMatchObject({ scorer: 'language-model' });
  const again = [...late, { ...score('language-model', 0.1), usable_from: 20 }];
  expect([19, 20].map((at) => countedScore({ scores: again }, 'AAPL', at)?.score)).toEqual([0.9, 0.1]);
  const reduced = tickerSentiments([{ usable_from: 0, scores }], ['AAPL', 'MSFT'], 0, decay);
  expect(reduced.get('AAPL')).toMatchObject({ count: 1, mean: 0.7 });
  expect(reduced.get('MSFT')).toBeNull();
});
