/**
 * The steps of the news-ingestion workflow as activities. A page heartbeats while it is fetched and read; what the provider refuses ends the
 * source for this run (the client has retried already, the next run is minutes away), what the store can't do now is tried again.
 */
import type { IngestedPage, NewsActivities, NewsScored } from '../domain/news-ingestion';
import type { Ingestion } from '../news/open-ingestion';
import { scoreNewest, type NewsScoring } from '../news/scoring/score-stored';
import { heartbeating } from './heartbeating';
import { providedFailure } from './provided-failure';

export interface NewsDeps {
  readonly ingestion: () => Promise<Ingestion>;
  readonly pagesPerRun: number;
  readonly scoring: () => NewsScoring;
  readonly now: () => number;
  /** Told once why no language model is asked. */
  readonly say: (why: string) => void;
}

export function createNewsActivities(deps: NewsDeps): NewsActivities {
  const { ingestion, pagesPerRun } = deps;
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
    ingestNewsPage: (source): Promise<IngestedPage> =>
      heartbeating(async () => (await open()).ingest(source), providedFailure),
    scoreNews: scorer(deps),
  };
}

function scorer({ scoring, now, say }: NewsDeps): NewsActivities['scoreNews'] {
  let opened: NewsScoring | null = null;
  return () =>
    heartbeating(async (): Promise<NewsScored> => {
      const known = opened;
      opened ??= scoring();
      if (known === null && opened.model === null && opened.why !== null) say(opened.why);
      return scoreNewest(opened, now());
    }, providedFailure);
}
