/**
 * The world outside by the names that features use: `macro/FEDFUNDS/level`, `etf-flows/SPY/change`, `calendar/FOMC/minutes_to`.
 * A value counts LATENCY_MS after its release: by then the hourly ingestion has brought it and the feed has read it, so that what is
 * learnt from is what is decided on. The calendar is known long before and counts to the minute.
 */
import { minutesSince, minutesTo } from '../features/outside/event-minutes';
import type { CalendarEvent } from '../features/outside/event-minutes';
import { releasedReader } from '../features/outside/known-steps';
import type { ReleasedValue, StepMeasure } from '../features/outside/known-steps';
import type { OutsideReader, OutsideValues } from '../features/outside/outside-values';
import type { OutsideLibrary } from './outside-library';
import type { OutsideProviderName } from './providers/outside-provider';

export const LATENCY_MS = 90 * 60_000;

/** First word of a series' name, by provider. */
export const OUTSIDE_NAMES: Readonly<Record<OutsideProviderName, string>> = {
  fred: 'macro',
  'etf-flows': 'etf-flows',
  'options-flow': 'options-flow',
  'social-sentiment': 'social-sentiment',
};
const PROVIDERS = new Map(Object.entries(OUTSIDE_NAMES).map(([provider, name]) => [name, provider]));
const CALENDAR = 'calendar';

const MEASURES: ReadonlySet<string> = new Set<StepMeasure>(['level', 'change']);
const isMeasure = (text: string): text is StepMeasure => MEASURES.has(text);

export interface NamedEvent extends CalendarEvent {
  readonly event: string;
}

/** Readers of what is stored and of the calendar's events; each is made when it is first asked for. */
export function outsideReaders(library: OutsideLibrary, events: readonly NamedEvent[]): OutsideValues {
  const made = new Map<string, OutsideReader | null>();
  return {
    reader: (series) => {
      const known = made.get(series);
      if (known !== undefined) return known;
      const reader = readerOf(library, events, series);
      made.set(series, reader);
      return reader;
    },
  };
}

function readerOf(library: OutsideLibrary, events: readonly NamedEvent[], series: string): OutsideReader | null {
  const [source, name, measure, ...more] = series.split('/');
  if (name === undefined || measure === undefined || more.length > 0) return null;
  if (source === CALENDAR) return eventReader(events, name, measure);
  const rows = library.get(`${PROVIDERS.get(source) ?? ''}/${name}`);
  if (rows === undefined || rows.length === 0 || !isMeasure(measure)) return null;
  return releasedReader(rows.map(later), measure);
}

const later = (row: ReleasedValue): ReleasedValue => ({ ...row, knownFrom: row.knownFrom + LATENCY_MS });

function eventReader(events: readonly NamedEvent[], name: string, measure: string): OutsideReader | null {
  const own = events.filter(({ event }) => event === name);
  if (own.length === 0) return null;
  if (measure === 'minutes_to') return minutesTo(own);
  return measure === 'minutes_since' ? minutesSince(own) : null;
}

/** Every name that can be asked for. */
export function outsideNames(library: OutsideLibrary, events: readonly NamedEvent[]): readonly string[] {
  const values = [...library].flatMap(([stored, rows]) => {
    const [provider, name] = stored.split('/');
    const source = OUTSIDE_NAMES[provider as OutsideProviderName] as string | undefined;
    return rows.length === 0 || source === undefined
      ? []
      : [...MEASURES].map((measure) => `${source}/${name}/${measure}`);
  });
  const names = [...new Set(events.map(({ event }) => event))];
  return [
    ...values,
    ...names.flatMap((event) => ['minutes_to', 'minutes_since'].map((of) => `${CALENDAR}/${event}/${of}`)),
  ].sort();
}
