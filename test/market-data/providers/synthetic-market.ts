/** One share's true days, and what each provider's documented API says of them: raw prices, splits and dividends are the truth. */
import type { Asked, Reply } from '../../http/local-provider';

export interface TrueDay {
  /** `YYYY-MM-DD`, a session of New York. */
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Paid to holders of the day before. */
  readonly dividend?: number;
  /** New shares for one old share from this day on. */
  readonly split?: number;
}

/** A week with a two-for-one split on Wednesday and a dividend on Friday, over the change to summer time (Sunday 2026-03-08). */
export const DAYS: readonly TrueDay[] = [
  { date: '2026-03-03', open: 100, high: 102, low: 99, close: 101, volume: 1_000_000 },
  { date: '2026-03-04', open: 50.5, high: 52, low: 50, close: 51.5, volume: 2_200_000, split: 2 },
  { date: '2026-03-05', open: 51.5, high: 53, low: 51, close: 52, volume: 1_900_000 },
  { date: '2026-03-06', open: 51, high: 52, low: 50.25, close: 51.25, volume: 1_800_000, dividend: 0.52 },
  { date: '2026-03-09', open: 51.25, high: 51.5, low: 50.75, close: 51, volume: 1_500_000 },
];

/** UTC ms of a wall-clock minute in New York that week. */
export const newYork = (date: string, minute: number): number =>
  Date.parse(`${date}T00:00:00Z`) + (date < '2026-03-08' ? 5 : 4) * 3_600_000 + minute * 60_000;

const after = (date: string): readonly TrueDay[] => DAYS.filter((day) => day.date > date);
export const sharesSince = (date: string): number => after(date).reduce((product, { split = 1 }) => product * split, 1);

/** By the method of CRSP, computed from the events one by one. */
export function trueFactor(date: string): number {
  let factor = 1;
  for (let i = 1; i < DAYS.length; i += 1) {
    const { split = 1, dividend = 0 } = DAYS[i];
    if (DAYS[i].date > date) factor *= (1 / split) * (1 - (dividend * split) / DAYS[i - 1].close);
  }
  return factor;
}

export const trueBars = DAYS.map(({ date, open, high, low, close, volume }) => ({
  start: Date.parse(`${date}T00:00:00Z`),
  open,
  high,
  low,
  close,
  volume,
  adjustmentFactor: trueFactor(date),
}));

/** Polygon: two pages of aggregates, splits, dividends. */
export function polygonReply({ path, query }: Asked): Reply {
  if (path === '/v3/reference/splits') {
    const results = DAYS.filter(({ split }) => split !== undefined).map(({ date, split }) => ({
      id: 'E1',
      ticker: 'SYN',
      execution_date: date,
      split_from: 1,
      split_to: split,
    }));
    return { body: { status: 'OK', request_id: 'r', results } };
  }
  if (path === '/v3/reference/dividends') {
    const results = DAYS.filter(({ dividend }) => dividend !== undefined).map(({ date, dividend }) => ({
      ticker: 'SYN',
      ex_dividend_date: date,
      cash_amount: dividend,
      currency: 'USD',
    }));
    return { body: { status: 'OK', request_id: 'r', results } };
  }
  const aggregates = DAYS.map(({ date, open, high, low, close, volume }) => ({
    t: newYork(date, 0),
    o: open,
    h: high,
    l: low,
    c: close,
    v: volume,
    vw: (high + low) / 2,
    n: 12,
  }));
  const second = query.cursor === 'c2';
  const results = second ? aggregates.slice(3) : aggregates.slice(0, 3);
  return {
    body: {
      ticker: 'SYN',
      queryCount: 5,
      resultsCount: results.length,
      adjusted: false,
      results,
      status: 'OK',
      request_id: 'r',
      ...(second ? {} : { next_url: `https://api.polygon.io${path}?cursor=c2` }),
    },
  };
}

/** Tiingo's days. */
export function tiingoReply(): Reply {
  return {
    body: DAYS.map(({ date, open, high, low, close, volume, dividend = 0, split = 1 }) => ({
      date: `${date}T00:00:00.000Z`,
      close,
      high,
      low,
      open,
      volume,
      adjClose: close * trueFactor(date),
      adjHigh: high * trueFactor(date),
      adjLow: low * trueFactor(date),
      adjOpen: open * trueFactor(date),
      adjVolume: volume * sharesSince(date),
      divCash: dividend,
      splitFactor: split,
    })),
  };
}

/** Yahoo: prices and volumes after splits in single precision, an adjusted close with dividends too, times of the opening. */
export function yahooReply(asked: Asked): Reply {
  if (asked.path === '/cookie') {
    return {
      status: 404,
      headers: { 'set-cookie': 'A3=abc; Max-Age=31536000; Domain=.yahoo.com; Path=/; Secure; HttpOnly' },
      body: '',
    };
  }
  const column = (value: (day: TrueDay) => number): readonly number[] =>
    DAYS.map((day) => Math.fround(value(day) / sharesSince(day.date)));
  const splits = Object.fromEntries(
    DAYS.filter(({ split }) => split !== undefined).map(({ date, split }) => [
      newYork(date, 570) / 1_000,
      { date: newYork(date, 570) / 1_000, numerator: split, denominator: 1, splitRatio: `${split}:1` },
    ]),
  );
  return {
    body: {
      chart: {
        result: [
          {
            meta: { currency: 'USD', symbol: 'SYN', exchangeTimezoneName: 'America/New_York' },
            timestamp: DAYS.map(({ date }) => newYork(date, 570) / 1_000),
            events: { splits },
            indicators: {
              quote: [
                {
                  open: column(({ open }) => open),
                  high: column(({ high }) => high),
                  low: column(({ low }) => low),
                  close: column(({ close }) => close),
                  volume: DAYS.map((day) => day.volume * sharesSince(day.date)),
                },
              ],
              adjclose: [{ adjclose: DAYS.map(({ date, close }) => close * trueFactor(date)) }],
            },
          },
        ],
        error: null,
      },
    },
  };
}
