/** The sources that can answer here, and why the others cannot: one line each (requirement D5). */
import { join } from 'node:path';
import type { DataConfig } from '../../config/data-settings';
import type { NewsConfig, NewsSourceName } from '../../config/news-settings';
import { missingKey, providerKey } from '../../config/provider-keys';
import type { SkippedSource } from '../../domain/news-ingestion';
import { createProviderClient } from '../../http/provider-client';
import type { ProviderClient } from '../../http/provider-client';
import { allLimits, sharedRateLimit } from '../../http/rate-limit';
import type { Company } from '../companies';
import { createFnspidSource } from './fnspid';
import { createMarketauxSource } from './marketaux';
import type { NewsSource } from './news-source';
import { createSampleSource } from './sample';
import { createTiingoNewsSource } from './tiingo';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface SourcePlace {
  readonly news: NewsConfig;
  readonly data: Pick<DataConfig, 'mode' | 'tiingo'>;
  readonly companies: readonly Company[];
  readonly stateDir: string;
  /** The shipped data (`data/news` is in it). */
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OpenedSources {
  readonly ready: readonly NewsSource[];
  readonly skipped: readonly SkippedSource[];
}

type Opened = { readonly source: NewsSource } | { readonly why: string };

export function openNewsSources(place: SourcePlace): OpenedSources {
  const { sources } = place.news;
  const byMode: readonly NewsSourceName[] = place.data.mode === 'legacy' ? ['fnspid'] : ['marketaux', 'tiingo'];
  const wanted = sources ?? byMode;
  const opened = wanted.map((name) => ({ name, ...OPENERS[name](place) }));
  const ready = opened.flatMap((one) => ('source' in one ? [one.source] : []));
  const skipped = opened.flatMap((one) => ('why' in one ? [{ source: one.name, why: one.why }] : []));
  // Nothing was chosen and nothing can answer: the shipped articles show how it works, and say what they are.
  return ready.length === 0 && sources === null
    ? { ready: [createSampleSource(join(place.dataFolder, 'news'))], skipped }
    : { ready, skipped };
}

const OPENERS: Readonly<Record<NewsSourceName, (place: SourcePlace) => Opened>> = {
  marketaux: (place) => {
    const { env, news, stateDir } = place;
    const key = providerKey(env, 'marketaux');
    if (key === null) return { why: missingKey('marketaux', 'marketaux') };
    const { baseUrl, requestsPerDay } = news.marketaux;
    const client = createProviderClient({
      name: 'marketaux',
      baseUrl,
      auth: { kind: 'query', name: 'api_token', value: key },
      rateLimit: sharedRateLimit(stateDir, 'marketaux', { requests: requestsPerDay, perMs: 24 * HOUR_MS }),
    });
    return { source: createMarketauxSource({ client, settings: news.marketaux, ...pollingOf(place) }) };
  },
  tiingo: (place) => {
    const key = providerKey(place.env, 'tiingo');
    if (key === null) return { why: missingKey('tiingo', 'tiingo') };
    const { baseUrl } = place.data.tiingo;
    const client = tiingoClient(place, key);
    return { source: createTiingoNewsSource({ client, settings: place.news.tiingo, baseUrl, ...pollingOf(place) }) };
  },
  fnspid: (place) => {
    const { files, lateHours } = place.news.fnspid;
    if (files.length === 0)
      return { why: 'fnspid is skipped: name its news files in news.fnspid.files of omega.config.json to use them.' };
    return { source: createFnspidSource({ files, lateHours, tickers: new Set(tickersOf(place)) }) };
  },
  sample: ({ dataFolder }) => ({ source: createSampleSource(join(dataFolder, 'news')) }),
};

const tickersOf = ({ news, companies }: SourcePlace): readonly string[] =>
  news.tickers ?? companies.map(({ ticker }) => ticker);

const pollingOf = (place: SourcePlace) => ({
  tickers: tickersOf(place),
  polling: {
    firstLookBackMs: place.news.firstLookBackHours * HOUR_MS,
    overlapMs: place.news.overlapMinutes * MINUTE_MS,
  },
});

function tiingoClient({ data, stateDir }: SourcePlace, key: string): ProviderClient {
  const { baseUrl, requestsPerHour, requestsPerDay } = data.tiingo;
  return createProviderClient({
    name: 'tiingo',
    baseUrl,
    auth: { kind: 'header', name: 'Authorization', value: `Token ${key}` },
    rateLimit: allLimits([
      sharedRateLimit(stateDir, 'tiingo', { requests: requestsPerDay, perMs: 24 * HOUR_MS }),
      sharedRateLimit(stateDir, 'tiingo', { requests: requestsPerHour, perMs: HOUR_MS }),
    ]),
  });
}
