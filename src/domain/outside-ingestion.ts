/** What passes between the outside-ingestion workflow, its activities and whoever reads its result. JSON-safe. */

/** One series of one provider: FRED's name, a ticker. */
export interface OutsideSeries {
  readonly provider: string;
  readonly series: string;
}

/** What can be asked, and what cannot with one sentence why. */
export interface OutsidePlan {
  readonly ready: readonly OutsideSeries[];
  readonly skipped: readonly { readonly provider: string; readonly why: string }[];
}

export interface FetchedSeries extends OutsideSeries {
  /** Rows that were not stored before. */
  readonly added: number;
  readonly rejected: number;
  /** The first rejections, a sentence each. */
  readonly why: readonly string[];
}

export interface SeriesOutcome extends OutsideSeries {
  readonly added: number;
  readonly rejected: number;
  readonly why: readonly string[];
  /** The provider's sentence when it refused; null when it did not. */
  readonly failed: string | null;
}

export interface OutsideIngestionResult {
  readonly results: readonly SeriesOutcome[];
  readonly skipped: OutsidePlan['skipped'];
}

export interface OutsideActivities {
  outsideSeries(): Promise<OutsidePlan>;
  fetchOutsideSeries(series: OutsideSeries): Promise<FetchedSeries>;
}

/** Id of the schedule, which starts no run beside a running one, and the beginning of its runs' ids. */
export const OUTSIDE_INGESTION_WORKFLOW_ID = 'outside-ingestion';

/** Reads one series after another; what one refuses is its outcome and keeps no other from being read. */
export async function readOutside(
  { ready, skipped }: OutsidePlan,
  fetch: OutsideActivities['fetchOutsideSeries'],
  sentenceOf: (error: unknown) => string,
): Promise<OutsideIngestionResult> {
  const results: SeriesOutcome[] = [];
  for (const series of ready) {
    try {
      results.push({ ...(await fetch(series)), failed: null });
    } catch (error) {
      results.push({ ...series, added: 0, rejected: 0, why: [], failed: sentenceOf(error) });
    }
  }
  return { results, skipped };
}
