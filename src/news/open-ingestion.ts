/** Everything that reading news needs, opened once from the configuration: what the workflow's activities and `omega news` share. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { IngestedPage, SkippedSource } from '../domain/news-ingestion';
import { withProcessLock } from '../http/process-lock';
import { ProviderError } from '../http/provider-error';
import type { ObjectStore } from '../storage/object-store';
import { openArticleStore } from './article-store';
import type { ArticleStore } from './article-store';
import { readCompanies } from './companies';
import { EmbeddingError } from './embeddings/embedding-error';
import { updateSimilarity } from './embeddings/article-similarity';
import { openSentenceEmbedder } from './embeddings/sentence-embedder';
import type { SentenceEmbedder } from './embeddings/sentence-embedder';
import { ingestPage } from './ingest-page';
import { openNormaliser } from './normalise-article';
import type { Normaliser } from './normalise-article';
import type { NewsSource } from './sources/news-source';
import { openNewsSources } from './sources/open-sources';

export interface IngestionPlace {
  readonly config: Pick<Config, 'news' | 'data' | 'embeddings' | 'stateDir'>;
  readonly store: ObjectStore;
  /** The data that ship with the program. */
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

export interface Ingestion {
  readonly sources: readonly NewsSource[];
  readonly skipped: readonly SkippedSource[];
  /** One page of a source that is ready. Throws ProviderError, StoreError. */
  readonly ingest: (source: string) => Promise<IngestedPage>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Above the time-outs, retries and pauses of one page. */
const HOLD_MS = HOUR_MS / 4;

/** Throws ProviderError for a table of companies that cannot be read. */
export async function openIngestion({ config, store, dataFolder, env, now }: IngestionPlace): Promise<Ingestion> {
  const { news, data, stateDir } = config;
  const companies = await readCompanies(news.companiesFile ?? join(dataFolder, 'news', 'companies.csv'));
  const { ready, skipped } = openNewsSources({ news, data, companies, stateDir, dataFolder, env });
  const articles = openArticleStore(store);
  const judgeNovelty = noveltyJudge(store, articles, config.embeddings.folder, news.noveltyDays);
  let normaliser: Promise<Normaliser> | null = null;
  const sameStory = { titleSimilarity: news.titleSimilarity, windowMs: news.titleWindowHours * HOUR_MS };
  return {
    sources: ready,
    skipped,
    ingest: async (name) => {
      const source = ready.find((one) => one.name === name);
      if (source === undefined) throw new ProviderError('KEY_MISSING', name, notReady(name, skipped));
      // The language data take 60 MB: only who reads articles loads them.
      const normalise = await (normaliser ??= openNormaliser(news, companies));
      // A command beside the schedule: each asks for the page behind the one that the other has just stored, and knows its stories.
      return withProcessLock(
        join(stateDir, 'news', 'reading'),
        () => ingestPage({ store, source, normalise, sameStory, judgeNovelty, now, articles }),
        { holdMs: HOLD_MS },
      );
    },
  };
}

const notReady = (name: string, skipped: readonly SkippedSource[]): string =>
  skipped.find(({ source }) => source === name)?.why ?? `${name} is no source of news here; see omega news sources.`;

/** Without an embedding model there is no similarity, and everything else goes on (requirement D5). */
function noveltyJudge(store: ObjectStore, articles: ArticleStore, folder: string, lookBackDays: number) {
  let opened: Promise<SentenceEmbedder> | null = null;
  return async (days: readonly string[]): Promise<string | null> => {
    try {
      const embedder = await (opened ??= openSentenceEmbedder(folder));
      for (const { first, last } of spansOf(days))
        await updateSimilarity(store, articles, embedder, {
          from: Date.parse(first),
          to: Date.parse(last) + DAY_MS - 1,
          lookBackDays,
        });
      return null;
    } catch (error) {
      if (!(error instanceof EmbeddingError)) throw error;
      // It may be fetched while this process runs.
      opened = null;
      return days.length === 0 ? null : `no novelty: ${error.message}`;
    }
  };
}

/** Runs of neighbouring days; `days` ascend. */
function spansOf(days: readonly string[]): readonly { readonly first: string; readonly last: string }[] {
  const spans: { first: string; last: string }[] = [];
  for (const day of days) {
    const span = spans.at(-1);
    if (span !== undefined && Date.parse(day) - Date.parse(span.last) === DAY_MS) span.last = day;
    else spans.push({ first: day, last: day });
  }
  return spans;
}
