/** The world outside as an instrument's features read it: stored series, the calendar, and the news of the instrument. */
import { join } from 'node:path';
import type { DataConfig } from '../config/data-settings';
import type { NewsConfig } from '../config/news-settings';
import { readsOutside, withoutAbsent } from '../features/outside/absent-columns';
import type { ProvidedSchema } from '../features/outside/absent-columns';
import { joinedOutside } from '../features/outside/outside-values';
import type { OutsideOf, OutsideReader, OutsideValues } from '../features/outside/outside-values';
import type { FeatureSchema } from '../features/schema';
import { outsideReaders, type NamedEvent } from '../market-data/outside-readers';
import { readLibrary, type OutsideLibrary } from '../market-data/outside-library';
import { economicCalendar } from '../market-data/providers/economic-calendar';
import type { RejectedOutside } from '../market-data/providers/outside-provider';
import { openArticleStore } from '../news/article-store';
import { newsFeatures } from '../news/news-features';
import type { ObjectStore } from '../storage/object-store';

/** JSON-safe: it crosses threads. */
export interface OutsideSettings {
  readonly data: Pick<DataConfig, 'economicCalendar'>;
  readonly news: Pick<NewsConfig, 'halfLifeHours' | 'macroFlagMinutes' | 'macroTopics'>;
  /** The data that ship with the program. */
  readonly dataFolder: string;
}

/** The calendar that ships: a small sample around the recorded days. */
export const shippedCalendar = (dataFolder: string): string => join(dataFolder, 'calendar', 'us_events.csv');

export interface OutsideWorld {
  readonly library: OutsideLibrary;
  readonly events: readonly NamedEvent[];
  /** Rows of the calendar that are no events. */
  readonly aside: readonly RejectedOutside[];
}

/** What is known, stored and on the calendar. Rejects with StoreError CORRUPT, ProviderError of the calendar. */
export async function readOutsideWorld(store: ObjectStore, settings: OutsideSettings): Promise<OutsideWorld> {
  const calendar = settings.data.economicCalendar ?? shippedCalendar(settings.dataFolder);
  const aside: RejectedOutside[] = [];
  const [library, events] = await Promise.all([
    readLibrary(store),
    economicCalendar(calendar, (rejected) => aside.push(rejected)),
  ]);
  return { library, events, aside };
}

/** `since`: news published before (UTC ms) is not read. Rejects as readOutsideWorld does. */
export async function openOutside(store: ObjectStore, settings: OutsideSettings, since = 0): Promise<OutsideOf> {
  const { library, events } = await readOutsideWorld(store, settings);
  const articles = await openArticleStore(store).between(since, Number.MAX_SAFE_INTEGER);
  const world = outsideReaders(library, events);
  return (symbol) => joinedOutside([world, newsOf(newsFeatures(articles, symbol, settings.news).readers)]);
}

/** `news/sentiment` is the column `news_sentiment`. */
const newsOf = (readers: ReadonlyMap<string, (at: number) => number>): OutsideValues => ({
  reader: (series) => readers.get(series.replace('/', '_')) ?? null,
});

/** The recorded data with the world outside of their days, where a column of `schema` reads it. */
export const withOutside = async <Data extends object>(
  data: Data,
  schema: FeatureSchema,
  store: ObjectStore,
  settings: OutsideSettings,
): Promise<Data & { readonly outside?: OutsideOf }> =>
  readsOutside(schema) ? { ...data, outside: await openOutside(store, settings) } : data;

/** The columns of `schema` that somebody provides for every one of the instruments, and a sentence for each of the others. */
export async function providedSchema(
  schema: FeatureSchema,
  symbols: readonly string[],
  store: ObjectStore,
  settings: OutsideSettings,
): Promise<ProvidedSchema> {
  if (!readsOutside(schema)) return { schema, absent: [] };
  const worlds = symbols.map(await openOutside(store, settings));
  return withoutAbsent(schema, { reader: (series) => sharedReader(worlds, series) });
}

/** Some instrument's reader when every instrument has one. */
function sharedReader(worlds: readonly OutsideValues[], series: string): OutsideReader | null {
  const readers = worlds.map((world) => world.reader(series));
  return readers.includes(null) ? null : (readers[0] ?? null);
}
