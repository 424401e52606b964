/**
 * Events of the economic calendar (requirements B2, C7) from a CSV file: columns `event,time` and optionally `known_from`. `time` is the
 * instant of the release in ISO-8601 with its zone; `known_from` is when its date was announced, 30 days before where the cell is empty.
 */
import { ProviderError } from '../../http/provider-error';
import { csvRows, timeIn, type CsvRow } from './csv-rows';
import type { RejectedOutside } from './outside-provider';

/** UTC ms. */
export interface EconomicEvent {
  /** Such as `FOMC` or `CPI`. */
  readonly event: string;
  readonly time: number;
  readonly knownFrom: number;
}

const NAME = 'economic calendar';
const COLUMNS = ['event', 'time'] as const;
const ANNOUNCED_BEFORE_MS = 30 * 86_400_000;

/** Events in order of time, each once. Throws ProviderError NOT_FOUND or SCHEMA. */
export async function economicCalendar(
  path: string,
  aside: (rejected: RejectedOutside) => void = () => undefined,
): Promise<readonly EconomicEvent[]> {
  const rows = await csvRows(NAME, path, COLUMNS);
  if (rows === null) throw new ProviderError('NOT_FOUND', NAME, `There is no file ${path}; correct ECONOMIC_CALENDAR.`);
  const events = new Map<string, EconomicEvent>();
  for (const row of rows) {
    const event = eventOf(row);
    if (typeof event === 'string') aside({ row: JSON.stringify(row), reason: event });
    else events.set(`${event.event}/${event.time}`, event);
  }
  return [...events.values()].toSorted((a, b) => a.time - b.time || (a.event < b.event ? -1 : 1));
}

function eventOf(row: CsvRow): EconomicEvent | string {
  if (row.event === '') return 'no event';
  // A date alone is no instant: minutes to it would be wrong by hours.
  const time = row.time.includes(':') ? timeIn(row.time) : null;
  if (time === null) return `time "${row.time}" is no instant with its zone, such as 2013-10-09T18:00:00Z`;
  const announced = row.known_from ?? '';
  const knownFrom = announced === '' ? time - ANNOUNCED_BEFORE_MS : timeIn(announced);
  if (knownFrom === null) return `known_from "${announced}" is no time`;
  return knownFrom > time ? 'announced after it happened' : { event: row.event, time, knownFrom };
}
