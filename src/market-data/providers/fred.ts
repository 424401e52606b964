/**
 * FRED (requirement B2; https://fred.stlouisfed.org/docs/api/fred/series_observations.html): `GET /fred/series/observations` over a
 * real-time period, so that every value comes with the days on which it stood (`realtime_start` to `realtime_end`). A value counts from the
 * midnight after `realtime_start`: FRED tells the day of a release and not its minute.
 */
import { z } from 'zod';
import { addDays } from '../../domain/exchange-holidays';
import { utcOf } from '../../domain/exchange-time';
import type { ProviderClient } from '../../http/provider-client';
import { ProviderError } from '../../http/provider-error';
import { rowProblem } from './bar-page';
import {
  ANY_VALUE,
  outsideProblem,
  type OutsideProvider,
  type OutsideRequest,
  type OutsideRow,
} from './outside-provider';
import { utcDate } from './session-date';

/** The Federal Reserve Bank of St. Louis dates by its own clock. */
const ZONE = 'America/Chicago';
const PAGE = 100_000;
/** FRED answers for at most 2,000 release days at once: four years stay below it for a series of every day. */
const YEARS_PER_QUESTION = 4;
/** FRED's first and last days; a real-time period may not end after today, except by this word for "still in force". */
const LAST_DAY = '9999-12-31';
const MISSING = '.';

const answer = z.looseObject({
  count: z.number(),
  offset: z.number(),
  limit: z.number(),
  observations: z.array(z.unknown()),
});
const observation = z.looseObject({
  realtime_start: z.iso.date(),
  realtime_end: z.string(),
  date: z.iso.date(),
  value: z.string(),
});

export interface FredParts {
  readonly client: ProviderClient;
  /** UTC ms. */
  readonly now?: () => number;
}

export function fredSeries({ client, now = Date.now }: FredParts): OutsideProvider {
  return {
    name: 'fred',
    cannot: () => null,
    rows: async function* (request, aside = () => undefined) {
      const known = new Map<number, number>();
      for (const period of realTimePeriods(request, now())) {
        const rows: OutsideRow[] = [];
        for await (const raw of observations(client, request.series, period)) {
          const row = readRow(request.series, raw);
          if (typeof row === 'string') aside({ row: JSON.stringify(raw), reason: row });
          else if (row !== null) rows.push(row);
        }
        yield released(rows, known).filter(({ knownFrom }) => knownFrom >= request.from && knownFrom < request.to);
      }
    },
  };
}

/**
 * Rows in order of release, without those that tell nothing new: FRED cuts `realtime_start` off at the question's own first day, so what
 * stood before comes again with every question. `known` is the latest value by period and is brought up to date.
 */
function released(rows: readonly OutsideRow[], known: Map<number, number>): readonly OutsideRow[] {
  return rows
    .toSorted((a, b) => a.knownFrom - b.knownFrom || a.period - b.period)
    .filter(({ period, value }) => {
      const isNew = known.get(period) !== value;
      known.set(period, value);
      return isNew;
    });
}

interface RealTimePeriod {
  readonly start: string;
  readonly end: string;
}

/** Spans of release days that make up [from, to), the last one ending today or in force. */
function realTimePeriods({ from, to }: OutsideRequest, now: number): readonly RealTimePeriod[] {
  const periods: RealTimePeriod[] = [];
  // A value released on a day counts from the next midnight, which is the day before `from` for the first of them.
  const first = addDays(utcDate(from), -2);
  const last = utcDate(Math.min(to, now));
  for (let start = first; start <= last;) {
    const end = addDays(`${Number(start.slice(0, 4)) + YEARS_PER_QUESTION}-01-01`, -1);
    periods.push({ start, end: end >= last ? (to >= now ? LAST_DAY : last) : end });
    start = addDays(end, 1);
  }
  return periods;
}

async function* observations(
  client: ProviderClient,
  series: string,
  { start, end }: RealTimePeriod,
): AsyncIterable<unknown> {
  for (let offset = 0; ;) {
    const page = await client.getJson({
      path: '/fred/series/observations',
      query: {
        series_id: series,
        realtime_start: start,
        realtime_end: end,
        output_type: 1,
        sort_order: 'asc',
        limit: PAGE,
        offset,
        file_type: 'json',
      },
      schema: answer,
    });
    yield* page.observations;
    offset += page.observations.length;
    if (offset >= page.count) return;
    if (page.observations.length === 0) {
      const sentence = `${client.name}: ${series} has ${page.count} observations by its own count and ends after ${offset}; try again.`;
      throw new ProviderError('SCHEMA', client.name, sentence);
    }
  }
}

/** Null for an observation without a value: FRED writes a point where none was released. */
function readRow(series: string, raw: unknown): OutsideRow | string | null {
  const parsed = observation.safeParse(raw);
  if (!parsed.success) return rowProblem(parsed.error.issues, raw);
  const { date, realtime_start, value } = parsed.data;
  if (value === MISSING) return null;
  const row: OutsideRow = {
    series,
    period: Date.parse(date),
    knownFrom: utcOf(addDays(realtime_start, 1), 0, ZONE),
    value: value.trim() === '' ? Number.NaN : Number(value),
  };
  return outsideProblem(row, ANY_VALUE) ?? row;
}
