/** Times as news sources write them: ISO 8601 with any number of decimals, or with a space and `UTC`; a date alone is its midnight. */

export interface UtcTime {
  /** Epoch ms. */
  readonly ms: number;
  /** No clock time was given, or only midnight's: the hour is not known. */
  readonly dateOnly: boolean;
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?\s*(Z|UTC|[+-]\d\d:?\d\d))?$/i;

/** Null for what is no such time, and for a clock time without a zone: guessing one would be wrong by hours. */
export function readUtcTime(text: string): UtcTime | null {
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const [, date, clock, fraction = '0', zone = 'Z'] = match as unknown as readonly [
    string,
    string,
    string?,
    string?,
    string?,
  ];
  const offset = /^(Z|UTC)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const millis = `${fraction}000`.slice(0, 3);
  const ms = clock === undefined ? dayOf(date) : Date.parse(`${date}T${clock.padEnd(8, ':00')}.${millis}${offset}`);
  if (Number.isNaN(ms)) return null;
  return { ms, dateOnly: clock === undefined || (/^00:00(:00)?$/.test(clock) && offset === 'Z') };
}

/** Midnight of a date, NaN where the month has no such day. */
function dayOf(date: string): number {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? ms : NaN;
}

/** Day of a time, `YYYY-MM-DD`, UTC. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
