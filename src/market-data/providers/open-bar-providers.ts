/**
 * The bar providers of the configuration, in the order in which they are asked: the broker, those of the data mode (requirement B1), files
 * of the user's own, and the shipped sample last. One that cannot be used is skipped with a line that says why.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataConfig, DataMode } from '../../config/data-settings';
import { missingKey, providerKey } from '../../config/provider-keys';
import { createProviderClient, type ProviderClient } from '../../http/provider-client';
import { responseCache } from '../../http/response-cache';
import { shippedBars } from '../bar-store/shipped-bars';
import { csvHistory } from './csv-history';
import { fnspidPrices } from './fnspid-prices';
import { ibkrBars, type IbkrHistory } from './ibkr';
import { polygonBars } from './polygon';
import { polygonQuotes } from './polygon-quotes';
import { givingUp } from './giving-up';
import type { BarProvider, ProviderName } from './provider';
import { providerLimits } from './provider-limits';
import type { QuoteProvider } from './quote-provider';
import { tiingoBars } from './tiingo';
import { tiingoQuotes } from './tiingo-quotes';
import { yahooBars } from './yahoo';

export interface ProviderPlaces {
  readonly data: DataConfig;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface BarProviderPlaces extends ProviderPlaces {
  /** The data that ship with the repository. */
  readonly sampleFolder: string;
  /** The broker's history, where somebody holds a connection. */
  readonly ibkr?: IbkrHistory;
  /** One line why nobody does. */
  readonly ibkrAbsent?: string;
}

export interface SkippedProvider {
  readonly name: string;
  /** One line. */
  readonly reason: string;
}

export interface OpenedProviders<Provider> {
  readonly providers: readonly Provider[];
  readonly skipped: readonly SkippedProvider[];
}

/** A provider, or why there is none. */
type Opening<Provider> = { readonly provider: Provider } | SkippedProvider;

const sorted = <Provider>(openings: readonly Opening<Provider>[]): OpenedProviders<Provider> => ({
  providers: openings.flatMap((one) => ('provider' in one ? [one.provider] : [])),
  skipped: openings.flatMap((one) => ('provider' in one ? [] : [one])),
});

type BarOpener = (places: BarProviderPlaces) => Opening<BarProvider>;

const OPENERS: Readonly<Record<ProviderName, BarOpener>> = {
  ibkr: ({ ibkr, ibkrAbsent }) =>
    ibkr === undefined
      ? { name: 'ibkr', reason: ibkrAbsent ?? 'IBKR is skipped: there is no connection to a gateway here.' }
      : { provider: ibkrBars(ibkr) },
  polygon: (places) => withClient(polygonClient(places), polygonBars),
  fnspid: ({ data }) => fnspidIn(data.fnspidFolder),
  tiingo: (places) => withClient(tiingoClient(places), tiingoBars),
  yahoo: (places) => ({ provider: yahooOf(places) }),
  csv: ({ data: { historicalFolder: folder } }) =>
    existsSync(folder)
      ? { provider: csvHistory(folder) }
      : { name: 'csv', reason: `CSV history is skipped: there is no folder ${folder}.` },
  sample: ({ sampleFolder }) => ({ provider: shippedBars(sampleFolder) }),
};

const OF_MODE: Readonly<Record<DataMode, readonly ProviderName[]>> = {
  legacy: ['ibkr', 'polygon', 'fnspid', 'csv', 'sample'],
  current: ['ibkr', 'tiingo', 'yahoo', 'csv', 'sample'],
};

/** Each as it is asked from now on: one that refused the key or cannot be reached is not asked again. */
export function openBarProviders(places: BarProviderPlaces): OpenedProviders<BarProvider> {
  const names = places.data.providers ?? OF_MODE[places.data.mode];
  const { providers, skipped } = sorted(names.map((name) => OPENERS[name](places)));
  return { providers: providers.map(givingUp), skipped };
}

/** Best bid and ask, for spreads: Polygon's in legacy mode, Tiingo's (IEX) in current mode. */
export const openQuoteProviders = (places: ProviderPlaces): OpenedProviders<QuoteProvider> =>
  sorted([
    places.data.mode === 'legacy'
      ? withClient(polygonClient(places), polygonQuotes)
      : withClient(tiingoClient(places), tiingoQuotes),
  ]);

const withClient = <Provider>(
  client: ProviderClient | SkippedProvider,
  open: (client: ProviderClient) => Provider,
): Opening<Provider> => ('reason' in client ? client : { provider: open(client) });

const fnspidIn = (folder: string | null): Opening<BarProvider> =>
  folder === null
    ? { name: 'fnspid', reason: 'FNSPID is skipped: name its unpacked Stock_price/full_history in FNSPID_PRICES.' }
    : { provider: fnspidPrices(folder) };

const cacheOf = (stateDir: string) => responseCache(join(stateDir, 'http-cache'));

function polygonClient({ data, stateDir, env }: ProviderPlaces): ProviderClient | SkippedProvider {
  const key = providerKey(env, 'polygon');
  if (key === null) return { name: 'polygon', reason: missingKey('Polygon', 'polygon') };
  return createProviderClient({
    name: 'Polygon',
    baseUrl: data.polygon.baseUrl,
    rateLimit: providerLimits(stateDir, data).polygon,
    auth: { kind: 'header', name: 'Authorization', value: `Bearer ${key}` },
    cache: cacheOf(stateDir),
  });
}

function tiingoClient({ data, stateDir, env }: ProviderPlaces): ProviderClient | SkippedProvider {
  const key = providerKey(env, 'tiingo');
  if (key === null) return { name: 'tiingo', reason: missingKey('Tiingo', 'tiingo') };
  return createProviderClient({
    name: 'Tiingo',
    baseUrl: data.tiingo.baseUrl,
    rateLimit: providerLimits(stateDir, data).tiingo,
    auth: { kind: 'header', name: 'Authorization', value: `Token ${key}` },
    cache: cacheOf(stateDir),
  });
}

const yahooOf = ({ data, stateDir }: ProviderPlaces): BarProvider =>
  yahooBars({
    baseUrl: data.yahoo.baseUrl,
    cookieUrl: data.yahoo.cookieUrl,
    folder: stateDir,
    rateLimit: providerLimits(stateDir, data).yahoo,
  });
