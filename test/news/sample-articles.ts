/** Articles for tests, made and provided. */
import { createHash } from 'node:crypto';
import type { Article } from '../../src/domain/article';
import type { ProvidedArticle } from '../../src/news/provided-article';

export const NOW = Date.parse('2024-11-08T12:00:00Z');

export const provided = (changes: Partial<ProvidedArticle> = {}): ProvidedArticle => ({
  source_tag: 'tiingo',
  source: 'example.com',
  url: 'https://example.com/news/1',
  title: 'Apple Inc beats estimates as services grow',
  text: '',
  published: NOW - 3_600_000,
  firstSeen: NOW - 1_800_000,
  tickers: [],
  entities: [],
  keywords: [],
  topics: [],
  scores: [],
  ...changes,
});

export const article = (changes: Partial<Article> = {}): Article => ({
  id: 'a'.repeat(64),
  source_tag: 'tiingo',
  source: 'example.com',
  url: 'https://example.com/news/1',
  title: 'Apple Inc beats estimates as services grow',
  summary: '',
  entities: [],
  keywords: [],
  topic: [],
  main_topic: 'earnings',
  news_type: 'earnings',
  macro_topics: [],
  macro_instruments: [],
  sentiment_score: 0.5,
  overall_sentiment_score: 0.5,
  similarity: null,
  time_published: NOW,
  time_published_dt: new Date(NOW).toISOString(),
  first_seen: NOW,
  usable_from: NOW + 60_000,
  relevant_tickers: ['AAPL'],
  scores: [{ ticker: 'AAPL', score: 0.5, relevance: 1, impact: 0.8, scorer: 'lexicon', indirect: false }],
  ...changes,
});

/** An article of a file that nothing is known of but its title; its id is the title's hash, and it is usable a minute after it came. */
export const plainArticle = (title: string, published: number, changes: Partial<Article> = {}): Article =>
  article({
    id: createHash('sha256').update(title).digest('hex'),
    source_tag: 'file',
    url: '',
    title,
    main_topic: '',
    news_type: 'other',
    sentiment_score: null,
    overall_sentiment_score: null,
    time_published: published,
    time_published_dt: new Date(published).toISOString(),
    first_seen: published,
    usable_from: published + 60_000,
    relevant_tickers: [],
    scores: [],
    ...changes,
  });
