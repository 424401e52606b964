/** The world outside as an instrument's features read it: stored series, the calendar, and the news of the instrument. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { OutsideValues } from '../features/outside/outside-values';
import { outsideReaders, type NamedEvent } from '../market-data/outside-readers';
import { readLibrary, type OutsideLibrary } from '../market-data/outside-library';
import { economicCalendar } from '../market-data/providers/economic-calendar';
import type { ObjectStore } from '../storage/object-store';

export interface OutsideSources {
  readonly store: ObjectStore;
  readonly config: Pick<Config, 'data'>;
  /** The data that ship with the program. */
  readonly dataFolder: string;
}

/** The calendar that ships: a small sample around the recorded days. */
export const shippedCalendar = (dataFolder: string): string => join(dataFolder, 'calendar', 'us_events.csv');

export interface OutsideWorld {
  readonly library: OutsideLibrary;
  readonly events: readonly NamedEvent[];
}

/** What is known, stored and on the calendar. Rejects with StoreError CORRUPT, ProviderError of the calendar. */
export async function readOutsideWorld({ store, config, dataFolder }: OutsideSources): Promise<OutsideWorld> {
  const calendar = config.data.economicCalendar ?? shippedCalendar(dataFolder);
  const [library, events] = await Promise.all([readLibrary(store), economicCalendar(calendar)]);
  return { library, events };
}

export async function openOutside(sources: OutsideSources): Promise<OutsideValues> {
  const { library, events } = await readOutsideWorld(sources);
  return outsideReaders(library, events);
}
