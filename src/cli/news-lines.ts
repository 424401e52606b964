/** What `omega news` says to people. Pure. */
import type { Article } from '../domain/article';
import type { NewsIngestionResult, NewsScored, SourceResult } from '../domain/news-ingestion';
import { clip, textTable } from './text-table';

const TITLE_WIDTH = 70;
const ID_WIDTH = 10;

export function ingestionLines(
  { results, skipped, scoring }: NewsIngestionResult,
  sources: readonly { readonly name: string; readonly description: string }[],
): readonly string[] {
  const sample = sources.find(({ name }) => name === 'sample');
  return [
    ...skipped.map(({ why }) => why),
    ...(sample === undefined ? [] : [`Sample, not news: ${sample.description}.`]),
    ...results.flatMap(resultLines),
    ...(scoring === undefined ? [] : [scoringLine(scoring)]),
  ];
}

function scoringLine({ scored, spread, why }: NewsScored): string {
  const links = spread > 0 ? `, ${spread} scores spread along supply links` : '';
  const rest = why === null ? '' : ` The lexicon's scores stay for the others: ${why}`;
  return `${scored} articles of the last three days scored by the language model${links}.${rest}`;
}

function resultLines(result: SourceResult): readonly string[] {
  const { source, stored, fetched, duplicates, amended, rejected, why, failed, more } = result;
  const parts = [
    `${stored} of ${fetched} articles stored`,
    ...(duplicates > 0
      ? [`${duplicates} known already${amended > 0 ? ` (${amended} of them with something new)` : ''}`]
      : []),
    ...(rejected > 0 ? [`${rejected} rejected and kept under news/rejected`] : []),
    ...(failed === null && more ? ['more to come with the next reading'] : []),
  ];
  return [
    `${source}: ${parts.join(', ')}.`,
    ...why.map((sentence) => `  ${sentence}`),
    ...(failed === null ? [] : [`  stopped: ${failed}`]),
  ];
}

const scoreText = (score: number | null): string => (score === null ? '–' : score.toFixed(2));

export const listLines = (articles: readonly Article[]): readonly string[] =>
  articles.length === 0
    ? ['No articles are stored for this: omega news ingest --once reads the sources.']
    : textTable(
        [
          { title: 'id', cell: ({ id }) => id.slice(0, ID_WIDTH) },
          { title: 'published', cell: ({ time_published_dt: time }) => time.slice(0, 16) },
          { title: 'from', cell: ({ source_tag: tag }) => tag },
          { title: 'score', align: 'right', cell: ({ overall_sentiment_score: score }) => scoreText(score) },
          { title: 'kind', cell: ({ news_type: kind }) => kind },
          {
            title: 'about',
            cell: ({ relevant_tickers: tickers, macro_instruments: futures }) =>
              clip([...tickers, ...futures].join(' '), 24),
          },
          { title: 'title', cell: ({ title }) => clip(title, TITLE_WIDTH) },
        ],
        articles,
      );

const isoOf = (ms: number): string => new Date(ms).toISOString();

export const showLines = (article: Article): readonly string[] => [
  article.title,
  `${article.source} ${article.url}`,
  `id ${article.id}, by source ${article.source_tag}${article.source_tag === 'sample' ? ' (shipped sample)' : ''}`,
  `published ${article.time_published_dt}, first seen ${isoOf(article.first_seen)}, usable from ${isoOf(article.usable_from)}`,
  `kind ${article.news_type}; topics ${article.topic.join(', ') || '–'}; keywords ${article.keywords.join(', ') || '–'}`,
  `macro ${article.macro_topics.join(', ') || '–'} → ${article.macro_instruments.join(' ') || '–'}`,
  '',
  article.summary,
  '',
  ...article.entities.map(
    ({ name, type, ticker, match }) =>
      `${type} ${name}${ticker === null ? '' : ` (${ticker})`}, match ${match.toFixed(2)}`,
  ),
  ...(article.scores.length === 0
    ? ['nobody scored it']
    : textTable(
        [
          { title: 'ticker', cell: ({ ticker }) => ticker },
          { title: 'score', align: 'right', cell: ({ score }) => score.toFixed(2) },
          { title: 'relevance', align: 'right', cell: ({ relevance }) => relevance.toFixed(2) },
          { title: 'impact', align: 'right', cell: ({ impact }) => impact.toFixed(2) },
          { title: 'by', cell: ({ scorer, indirect }) => `${scorer}${indirect ? ', indirect' : ''}` },
        ],
        article.scores,
      )),
];

export interface SourceStanding {
  readonly source: string;
  readonly ready: boolean;
  readonly about: string;
  /** ISO-8601 UTC of its last stored page; null when it was never read. */
  readonly readAt: string | null;
}

export const sourceLines = (standings: readonly SourceStanding[]): readonly string[] =>
  textTable(
    [
      { title: 'source', cell: ({ source }) => source },
      { title: 'state', cell: ({ ready }) => (ready ? 'ready' : 'skipped') },
      { title: 'last read', cell: ({ readAt }) => readAt ?? 'never' },
      { title: '', cell: ({ about }) => about },
    ],
    standings,
  );
