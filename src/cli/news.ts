/** `omega news`: reading and scoring the sources here and now, and what is stored. The schedule does the same through the workflow. */
import { Command } from 'commander';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NEWS_SOURCES } from '../config/news-settings';
import type { NewsSourceName } from '../config/news-settings';
import type { Article } from '../domain/article';
import { readSource } from '../domain/news-ingestion';
import type { NewsIngestionResult, NewsScored, SourceResult } from '../domain/news-ingestion';
import { ProviderError } from '../http/provider-error';
import { openArticleStore } from '../news/article-store';
import type { ArticleStore } from '../news/article-store';
import { openIngestion } from '../news/open-ingestion';
import type { Ingestion } from '../news/open-ingestion';
import { scoreNewest, openNewsScoring, type NewsScoring } from '../news/scoring/score-stored';
import { readSourceState } from '../news/source-states';
import { SupplyLinkError } from '../news/supply-chain/supply-links';
import type { ObjectStore } from '../storage/object-store';
import { isStoreError } from '../storage/object-store';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import { printResult } from './command-io';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { ingestionLines, listLines, showLines, sourceLines } from './news-lines';
import type { SourceStanding } from './news-lines';
import { newsScoreCommand } from './news-score';
import { similarCommand } from './news-similar';
import { learningPlace, withStore } from './store-place';
import { wholeNumber } from './whole-number';

const DATA_FOLDER = join(PACKAGE_ROOT, 'data');
const MINUTE_MS = 60_000;
const MOST = 10_000;
const SHORTEST_ID = 6;

interface IngestOptions {
  readonly once?: boolean;
  readonly source?: string;
  readonly pages?: string;
  readonly json?: boolean;
}

/** Opens the store and the sources; what they refuse is told in their own sentence. */
async function withIngestion(
  io: CommandIo,
  source: string | undefined,
  work: (ingestion: Ingestion, store: ObjectStore) => Promise<void>,
): Promise<void> {
  const { config } = currentConfig(io);
  const news = source === undefined ? config.news : { ...config.news, sources: parseSources(source) };
  await withStore(learningPlace(io), async (store) => {
    try {
      const place = { config: { ...config, news }, store, dataFolder: DATA_FOLDER, env: io.env, now: () => Date.now() };
      await work(await openIngestion(place), store);
    } catch (error) {
      if (error instanceof ProviderError) throw new CliError('DATA', error.message, { cause: error });
      throw error;
    }
  });
}

/** Throws USAGE. */
function parseSources(text: string): readonly NewsSourceName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(NEWS_SOURCES as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new CliError('USAGE', `There is no news source ${unknown.join(', ')}; there is ${NEWS_SOURCES.join(', ')}.`);
  return names as NewsSourceName[];
}

const ingest = (io: CommandIo, options: IngestOptions): Promise<void> =>
  withIngestion(io, options.source, async (ingestion, store) => {
    const { config } = currentConfig(io);
    const { pollMinutes, pagesPerRun } = config.news;
    const pages = options.pages === undefined ? pagesPerRun : wholeNumber('--pages', options.pages, 1, MOST);
    if (ingestion.sources.length === 0)
      throw new CliError(
        'CONFIG',
        ingestion.skipped.map(({ why }) => why).join(' ') || 'No news source is configured.',
      );
    const scoring = openNewsScoring({ config, store, dataFolder: DATA_FOLDER, env: io.env, now: Date.now });
    for (;;) {
      const read = await readAll(ingestion, pages);
      const anyNew = read.results.some(({ stored }) => stored > 0);
      const result = anyNew ? { ...read, scoring: await scored(scoring) } : read;
      printResult(io, options.json, documentOf(result, ingestion), ingestionLines(result, ingestion.sources));
      if (options.once === true) {
        if (result.results.every(({ failed }) => failed !== null)) throw new CommandExit(EXIT.failed);
        return;
      }
      await sleep(pollMinutes * MINUTE_MS);
    }
  });

/** One source after another: a story that two of them bring is known when the second one is read. */
async function readAll({ sources, skipped, ingest: page }: Ingestion, pages: number): Promise<NewsIngestionResult> {
  const results: SourceResult[] = [];
  for (const { name } of sources) results.push(await readSource(name, pages, page, sentenceOf));
  return { results, skipped };
}

/** The articles are stored: whatever becomes of their scores, the reading has done its work. */
async function scored(scoring: NewsScoring): Promise<NewsScored> {
  try {
    return await scoreNewest(scoring, Date.now());
  } catch (error) {
    if (error instanceof SupplyLinkError) return { scored: 0, spread: 0, why: error.message };
    throw error;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof ProviderError || isStoreError(error)) return error.message;
  throw error;
}

const documentOf = ({ results, skipped, scoring }: NewsIngestionResult, { sources }: Ingestion): object => ({
  sources: results.map((result) => ({ ...result, sample: result.source === 'sample' })),
  skipped,
  ...(scoring && { scoring }),
  notes: sources.filter(({ name }) => name === 'sample').map(({ description }) => `Sample, not news: ${description}.`),
});

interface ListOptions {
  readonly ticker?: string;
  readonly day?: string;
  readonly count: string;
  readonly json?: boolean;
}

/** A day that there is: February has no 30th. */
const isDate = (text: string): boolean => {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/** The newest articles, or those of one day; of one ticker or of all. Throws USAGE. */
const list = (io: CommandIo, options: ListOptions): Promise<void> =>
  withStore(learningPlace(io), async (store) => {
    const count = wholeNumber('--count', options.count, 1, MOST);
    const { day, ticker } = options;
    if (day !== undefined && !isDate(day))
      throw new CliError('USAGE', `--day needs YYYY-MM-DD, a day that there is, not ${day}.`);
    const wanted = ticker?.toUpperCase();
    const about = ({ relevant_tickers: tickers, macro_instruments: futures }: Article): boolean =>
      wanted === undefined || [...tickers, ...futures].includes(wanted);
    const articles = await newest(openArticleStore(store), day, count, about);
    printResult(io, options.json, articles, listLines(articles));
  });

async function newest(
  articles: ArticleStore,
  day: string | undefined,
  count: number,
  about: (article: Article) => boolean,
): Promise<readonly Article[]> {
  const days = day === undefined ? [...(await articles.days())].reverse() : [day];
  const found: Article[] = [];
  for (const at of days) {
    if (found.length >= count) break;
    found.push(...[...(await articles.day(at))].reverse().filter(about));
  }
  return found.slice(0, count);
}

const show = (io: CommandIo, id: string, json: boolean | undefined): Promise<void> =>
  withStore(learningPlace(io), async (store) => {
    if (!/^[0-9a-f]+$/.test(id) || id.length < SHORTEST_ID)
      throw new CliError(
        'USAGE',
        `Give the id of an article, or its first ${SHORTEST_ID} characters or more (omega news list).`,
      );
    const articles = openArticleStore(store);
    const found: Article[] = [];
    for (const day of await articles.days())
      found.push(...(await articles.day(day)).filter((article) => article.id.startsWith(id)));
    if (found.length === 0) throw new CliError('NOT_FOUND', `There is no article ${id} in ${store.location}.`);
    if (found.length > 1)
      throw new CliError('USAGE', `${found.length} articles begin with ${id}; give more of the id.`);
    printResult(io, json, found[0], showLines(found[0]));
  });

const sources = (io: CommandIo, json: boolean | undefined): Promise<void> =>
  withIngestion(io, undefined, async ({ sources: ready, skipped }, store) => {
    const standings: SourceStanding[] = [];
    for (const { name, description } of ready)
      standings.push({ source: name, ready: true, about: description, readAt: await readAt(store, name) });
    for (const { source, why } of skipped)
      standings.push({ source, ready: false, about: why, readAt: await readAt(store, source) });
    printResult(io, json, standings, sourceLines(standings));
  });

const readAt = async (store: ObjectStore, source: string): Promise<string | null> =>
  (await readSourceState(store, source))?.updated_at ?? null;

interface JsonOption {
  readonly json?: boolean;
}

export const newsCommand = (io: CommandIo): Command =>
  new Command('news')
    .description('news: read the sources, look into what is stored')
    .addCommand(
      new Command('ingest')
        .description(
          'read the sources into the store, score what is new; again and again; without any key the shipped sample',
        )
        .option('--once', 'one reading')
        .option(
          '--source <list>',
          `sources out of ${NEWS_SOURCES.join(', ')} (default: by configuration and data mode)`,
        )
        .option('--pages <n>', 'pages a source and reading (default: news.pagesPerRun)')
        .option('--json', 'print JSON')
        .action((options: IngestOptions) => ingest(io, options)),
    )
    .addCommand(
      new Command('list')
        .description('the newest stored articles')
        .option('--ticker <symbol>', 'about a stock or future')
        .option('--day <date>', 'published on that day (UTC)')
        .option('--count <n>', 'how many', '20')
        .option('--json', 'print JSON')
        .action((options: ListOptions) => list(io, options)),
    )
    .addCommand(
      new Command('show')
        .description('one article with its entities and scores')
        .argument('<id>')
        .option('--json', 'print JSON')
        .action((id: string, options: JsonOption) => show(io, id, options.json)),
    )
    .addCommand(
      new Command('sources')
        .description('which sources can answer here, and how far each was read')
        .option('--json', 'print JSON')
        .action((options: JsonOption) => sources(io, options.json)),
    )
    .addCommand(similarCommand(io))
    .addCommand(newsScoreCommand(io));
