/** What passes between the news-ingestion workflow, its activities and whoever reads its result. JSON-safe. */

export interface NewsIngestionInput {
  /** Sources to ask; null: all that can answer. */
  readonly sources: readonly string[] | null;
}

/** A source that cannot be asked, and one sentence why (no key, no file). */
export interface SkippedSource {
  readonly source: string;
  readonly why: string;
}

export interface NewsSources {
  readonly ready: readonly string[];
  readonly skipped: readonly SkippedSource[];
  /** Pages that one run asks of one source. */
  readonly pagesPerRun: number;
}

export interface IngestedPage {
  readonly source: string;
  /** Items of the page, whatever became of them. */
  readonly fetched: number;
  readonly stored: number;
  /** Known by address or title. */
  readonly duplicates: number;
  /** Stored articles that a duplicate added scores or stocks to. */
  readonly amended: number;
  readonly rejected: number;
  /** The first rejections, and what else could not be done, a sentence each. */
  readonly why: readonly string[];
  readonly more: boolean;
}

/** What one run brought of one source. */
export interface SourceResult {
  readonly source: string;
  readonly pages: number;
  readonly fetched: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly amended: number;
  readonly rejected: number;
  /** Each sentence once. */
  readonly why: readonly string[];
  /** Why it stopped before the end: the provider's sentence; null when it did not. */
  readonly failed: string | null;
  /** There is more: the next run goes on there. */
  readonly more: boolean;
}

/** What was made of the newest articles once they were stored. */
export interface NewsScored {
  /** Articles that a language model scored, now or by an answer that was kept. */
  readonly scored: number;
  /** Scores that reached another company along a supply link. */
  readonly spread: number;
  /** Why articles stay with the lexicon's score, the first sentence; null when none does. */
  readonly why: string | null;
}

export interface NewsIngestionResult {
  readonly results: readonly SourceResult[];
  readonly skipped: readonly SkippedSource[];
  /** Absent where nothing new was stored. */
  readonly scoring?: NewsScored;
}

export interface NewsActivities {
  newsSources(input: NewsIngestionInput): Promise<NewsSources>;
  ingestNewsPage(source: string): Promise<IngestedPage>;
  /** Asks the language model about the newest articles without its score, within its budget. Without a model it does nothing. */
  scoreNews(): Promise<NewsScored>;
}

/** Id of the schedule, which starts no run beside a running one, and the beginning of its runs' ids. */
export const NEWS_INGESTION_WORKFLOW_ID = 'news-ingestion';

const TOLD = 5;

export const noResult = (source: string): SourceResult => ({
  source,
  pages: 0,
  fetched: 0,
  stored: 0,
  duplicates: 0,
  amended: 0,
  rejected: 0,
  why: [],
  failed: null,
  more: true,
});

/** A source's result with one more page. Pure. */
export const withPage = (result: SourceResult, page: IngestedPage): SourceResult => ({
  ...result,
  pages: result.pages + 1,
  fetched: result.fetched + page.fetched,
  stored: result.stored + page.stored,
  duplicates: result.duplicates + page.duplicates,
  amended: result.amended + page.amended,
  rejected: result.rejected + page.rejected,
  why: [...new Set([...result.why, ...page.why])].slice(0, TOLD),
  more: page.more,
});

/** Reads one source to its end or to `pages`; a failure of the provider ends this source alone. `failureOf` turns it into its sentence. */
export async function readSource(
  source: string,
  pages: number,
  ingest: NewsActivities['ingestNewsPage'],
  failureOf: (error: unknown) => string,
): Promise<SourceResult> {
  let result = noResult(source);
  try {
    while (result.more && result.pages < pages) result = withPage(result, await ingest(source));
    return result;
  } catch (error) {
    return { ...result, failed: failureOf(error) };
  }
}
