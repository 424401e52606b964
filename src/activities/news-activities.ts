/**
 * The steps of the news-ingestion workflow as activities. A page heartbeats while it is fetched and read; what the provider refuses ends the
 * source for this run (the client has retried already, the next run is minutes away), what the store can't do now is tried again.
 */
import { Context } from '@temporalio/activity';
import type { IngestedPage, NewsActivities } from '../domain/news-ingestion';
import type { Ingestion } from '../news/open-ingestion';
import { providedFailure } from './provided-failure';

const HEARTBEAT_MS = 1_000;

export interface NewsDeps {
  readonly ingestion: () => Promise<Ingestion>;
  readonly pagesPerRun: number;
}

export function createNewsActivities({ ingestion, pagesPerRun }: NewsDeps): NewsActivities {
  let opened: Promise<Ingestion> | null = null;
  // A table of companies that could not be read may be there next time.
  const open = (): Promise<Ingestion> =>
    (opened ??= ingestion().catch((error: unknown) => {
      opened = null;
      throw providedFailure(error);
    }));
  return {
    newsSources: async ({ sources }) => {
      const { sources: ready, skipped } = await open();
      const wanted = (name: string): boolean => sources === null || sources.includes(name);
      return {
        ready: ready.map(({ name }) => name).filter(wanted),
        skipped: skipped.filter(({ source }) => wanted(source)),
        pagesPerRun,
      };
    },
    ingestNewsPage: async (source): Promise<IngestedPage> => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        return await (await open()).ingest(source);
      } catch (error) {
        throw providedFailure(error);
      } finally {
        clearInterval(beat);
      }
    },
  };
}
