/** Brings the stored series of the world outside up to date from their providers. Times UTC ms. */
import type { DataConfig } from '../config/data-settings';
import type { FetchedSeries, OutsidePlan, OutsideSeries } from '../domain/outside-ingestion';
import { ProviderError } from '../http/provider-error';
import type { ObjectStore } from '../storage/object-store';
import { addRows, isSeriesName, readSeries } from './outside-library';
import type { ProvidedSeries } from './outside-library';
import type { OutsideProvider, OutsideProviderName, OutsideRow } from './providers/outside-provider';
import { openOutsideProviders } from './providers/open-outside-providers';

export interface OutsidePlaces {
  readonly data: DataConfig;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DAY_MS = 86_400_000;
/** Revisions and late releases of this long are asked for again. */
const OVERLAP_MS = 7 * DAY_MS;
/** How far back a series is read the first time. */
const FIRST_MS = Date.UTC(2000, 0);
const TOLD = 5;

const seriesOf = (provider: OutsideProviderName, { fred, outsideTickers }: DataConfig): readonly string[] =>
  provider === 'fred' ? fred.series : outsideTickers;

/** What the configuration asks of whom. */
export function outsidePlan(places: OutsidePlaces): OutsidePlan {
  const { providers, skipped } = openOutsideProviders(places);
  return {
    ready: providers.flatMap(({ name }) => seriesOf(name, places.data).map((series) => ({ provider: name, series }))),
    skipped: skipped.map(({ name, reason }) => ({ provider: name, why: reason })),
  };
}

/** Reads what was released since the last time and keeps it. Throws ProviderError, StoreError. */
export async function fetchSeries(
  places: OutsidePlaces & { readonly store: ObjectStore; readonly now: () => number },
  { provider: name, series }: OutsideSeries,
): Promise<FetchedSeries> {
  const provider = openOutsideProviders(places).providers.find((one) => one.name === name);
  if (provider === undefined)
    throw new ProviderError('KEY_MISSING', name, `${name} is skipped; see omega data providers.`);
  if (!isSeriesName(series))
    throw new ProviderError('BAD_REQUEST', name, `"${series}" names no series: use letters, digits and . _ - =.`);
  return fetchFrom(provider, series, places);
}

async function fetchFrom(
  provider: OutsideProvider,
  series: string,
  { store, now }: { readonly store: ObjectStore; readonly now: () => number },
): Promise<FetchedSeries> {
  const named: ProvidedSeries = `${provider.name}/${series}`;
  const last = (await readSeries(store, named)).at(-1)?.knownFrom;
  const why: string[] = [];
  let rejected = 0;
  const known = last === undefined || provider.isFile === true ? FIRST_MS : last - OVERLAP_MS;
  const pages = provider.rows({ series, from: known, to: now() }, ({ row, reason }) => {
    rejected += 1;
    if (why.length < TOLD) why.push(`${reason}: ${row}`);
  });
  // Kept when the last page is there: the next question begins at the newest row, and what a lost page held may be older.
  const rows: OutsideRow[] = [];
  for await (const page of pages) rows.push(...page);
  const added = await addRows(store, named, rows);
  return { provider: provider.name, series, added, rejected, why };
}
