/** Everything that reading news needs, opened once from the configuration: what the workflow's activities and `omega news` share. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { IngestedPage, SkippedSource } from '../domain/news-ingestion';
import { ProviderError } from '../http/provider-error';
import type { ObjectStore } from '../storage/object-store';
import { openArticleStore } from './article-store';
import { readCompanies } from './companies';
import { ingestPage } from './ingest-page';
import { openNormaliser } from './normalise-article';
import type { Normaliser } from './normalise-article';
import type { NewsSource } from './sources/news-source';
import { openNewsSources } from './sources/open-sources';

export interface IngestionPlace {
  readonly config: Pick<Config, 'news' | 'data' | 'stateDir'>;
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

/** Throws ProviderError for a table of companies that cannot be read. */
export async function openIngestion({ config, store, dataFolder, env, now }: IngestionPlace): Promise<Ingestion> {
  const { news, data, stateDir } = config;
  const companies = await readCompanies(news.companiesFile ?? join(dataFolder, 'news', 'companies.csv'));
  const { ready, skipped } = openNewsSources({ news, data, companies, stateDir, dataFolder, env });
  const articles = openArticleStore(store);
  let normaliser: Promise<Normaliser> | null = null;
  const sameStory = { titleSimilarity: news.titleSimilarity, windowMs: news.titleWindowHours * HOUR_MS };
  return {
    sources: ready,
    skipped,
    ingest: async (name) => {
      const source = ready.find((one) => one.name === name);
      if (source === undefined) throw new ProviderError('KEY_MISSING', name, notReady(name, skipped));
      // The language model takes 90 MB: only who reads articles loads it.
      const normalise = await (normaliser ??= openNormaliser(news, companies));
      return ingestPage({ store, source, normalise, sameStory, now, articles });
    },
  };
}

const notReady = (name: string, skipped: readonly SkippedSource[]): string =>
  skipped.find(({ source }) => source === name)?.why ?? `${name} is no source of news here; see omega news sources.`;
