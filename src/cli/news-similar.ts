/** `omega news similar "…"`: stored articles like a text, as they could be known at an instant. */
import { Command } from 'commander';
import { openArticleStore } from '../news/article-store';
import { EmbeddingError } from '../news/embeddings/embedding-error';
import { openSentenceEmbedder, type SentenceEmbedder } from '../news/embeddings/sentence-embedder';
import { findSimilarNews, type SimilarArticle, type SimilarNews } from '../news/embeddings/similar-news';
import { CliError } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { embeddingFailure } from './models-pull';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

interface SimilarOptions {
  readonly asOf?: string;
  readonly days?: string;
  readonly count: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
const MOST = 1_000;
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** An instant as the command line gives it: a date is its beginning in UTC, a time needs its zone. Throws USAGE. */
export function instantOf(option: string, text: string): number {
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new CliError('USAGE', `${option} takes a date (its beginning, UTC) or a time such as 2013-10-09T18:00Z.`);
  return time;
}

async function embedderOrNone(folder: string): Promise<SentenceEmbedder | null> {
  try {
    return await openSentenceEmbedder(folder);
  } catch (error) {
    if (error instanceof EmbeddingError && error.code === 'MODEL_ABSENT') return null;
    throw embeddingFailure(error);
  }
}

async function similar(io: CommandIo, text: string, options: SimilarOptions): Promise<void> {
  if (text.trim() === '') throw new CliError('USAGE', 'Give the text that articles shall be like.');
  const asOf = options.asOf === undefined ? Date.now() : instantOf('--as-of', options.asOf);
  const days = options.days === undefined ? null : wholeNumber('--days', options.days, 1, 100_000);
  const query = {
    text,
    asOf,
    since: days === null ? 0 : asOf - days * DAY_MS,
    count: wholeNumber('--count', options.count, 1, MOST),
  };
  const embedder = await embedderOrNone(currentConfig(io).config.embeddings.folder);
  await withStore(learningPlace(io), async (store) => {
    const found = await findSimilarNews(store, openArticleStore(store), embedder, query);
    printResult(io, options.json, documentOf(found, asOf), linesOf(found, asOf));
  });
}

const NOTES: Readonly<Record<SimilarNews['method'], string>> = {
  meaning: 'by meaning: cosine of all-MiniLM-L6-v2 vectors',
  words: 'by common words only (TF-IDF): there is no embedding model; omega models pull minilm fetches it',
};

const documentOf = ({ method, searched, searchMs, articles }: SimilarNews, asOf: number): object => ({
  as_of: new Date(asOf).toISOString(),
  method,
  note: NOTES[method],
  searched,
  search_ms: Number(searchMs.toFixed(3)),
  articles: articles.map(({ article, similarity }) => ({
    similarity: Number(similarity.toFixed(6)),
    id: article.id,
    title: article.title,
    source: article.source,
    url: article.url,
    time_published_dt: article.time_published_dt,
    usable_from_dt: new Date(article.usable_from).toISOString(),
    relevant_tickers: article.relevant_tickers,
  })),
});

function linesOf({ method, searched, searchMs, articles }: SimilarNews, asOf: number): readonly string[] {
  const scope = `${searched} articles usable by ${new Date(asOf).toISOString()} searched in ${searchMs.toFixed(1)} ms, ${NOTES[method]}`;
  if (articles.length === 0) return [`Nothing similar: ${scope}.`];
  const table = textTable<SimilarArticle>(
    [
      { title: 'similarity', align: 'right', cell: ({ similarity }) => similarity.toFixed(3) },
      { title: 'published', cell: ({ article }) => article.time_published_dt.slice(0, 16) },
      { title: 'tickers', cell: ({ article }) => article.relevant_tickers.slice(0, 4).join(' ') },
      { title: 'title', cell: ({ article }) => article.title },
    ],
    articles,
  );
  return [...table, scope];
}

export const similarCommand = (io: CommandIo): Command =>
  new Command('similar')
    .description('stored articles like a text')
    .argument('<text>')
    .option(
      '--as-of <instant>',
      'only articles that could be known then: a date (its beginning, UTC) or a time (default: now)',
    )
    .option('--days <n>', 'only those published in the last n days before that')
    .option('--count <n>', 'how many', '10')
    .option('--json', 'print JSON')
    .action((text: string, options: SimilarOptions) => similar(io, text, options));
