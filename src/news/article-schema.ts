/** Stored articles as zod checks them when they are read back. */
import { z } from 'zod';
import { NEWS_TYPES } from '../domain/article';
import type { Article, ArticleAmendment } from '../domain/article';
import { FUTURE_SYMBOLS } from '../domain/instruments';

const fraction = z.number().min(0).max(1);
const score = z.number().min(-1).max(1);

const tickerScoreSchema = z.object({
  ticker: z.string(),
  score,
  relevance: fraction,
  impact: fraction,
  scorer: z.enum(['marketaux', 'tiingo', 'fnspid', 'language-model', 'lexicon']),
  indirect: z.boolean(),
  usable_from: z.number().optional(),
});

const entitySchema = z.object({
  name: z.string(),
  type: z.enum(['company', 'person', 'place', 'organisation', 'product', 'index', 'currency', 'commodity']),
  ticker: z.string().nullable(),
  match: fraction,
});

export const articleSchema: z.ZodType<Article> = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  source_tag: z.enum(['marketaux', 'tiingo', 'fnspid', 'file', 'sample']),
  source: z.string(),
  url: z.string(),
  title: z.string().min(1),
  summary: z.string(),
  entities: z.array(entitySchema),
  keywords: z.array(z.string()),
  topic: z.array(z.string()),
  main_topic: z.string(),
  news_type: z.enum(NEWS_TYPES),
  macro_topics: z.array(z.string()),
  macro_instruments: z.array(z.enum(FUTURE_SYMBOLS)),
  sentiment_score: score.nullable(),
  overall_sentiment_score: score.nullable(),
  similarity: fraction.nullable(),
  time_published: z.number(),
  time_published_dt: z.string(),
  first_seen: z.number(),
  usable_from: z.number(),
  relevant_tickers: z.array(z.string()),
  scores: z.array(tickerScoreSchema),
  same_story: z.array(z.string()).optional(),
});

export const amendmentSchema: z.ZodType<ArticleAmendment> = z.object({
  id: z.string(),
  scores: z.array(tickerScoreSchema).optional(),
  relevant_tickers: z.array(z.string()).optional(),
  similarity: fraction.optional(),
  same_story: z.array(z.string()).optional(),
});
