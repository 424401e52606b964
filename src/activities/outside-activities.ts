/**
 * The steps of the outside-ingestion workflow as activities. What a provider refuses ends the series for this run (the client has retried
 * already, the next run is an hour away); a store that is away is tried again.
 */
import type { OutsideActivities } from '../domain/outside-ingestion';
import { fetchSeries, outsidePlan, type OutsidePlaces } from '../market-data/fetch-outside';
import type { ObjectStore } from '../storage/object-store';
import { heartbeating } from './heartbeating';
import { providedFailure } from './provided-failure';

export interface OutsideDeps extends OutsidePlaces {
  readonly store: ObjectStore;
  readonly now: () => number;
}

export const createOutsideActivities = (deps: OutsideDeps): OutsideActivities => ({
  outsideSeries: () => Promise.resolve(outsidePlan(deps)),
  fetchOutsideSeries: (series) => heartbeating(() => fetchSeries(deps, series), providedFailure),
});
