/** A lane's rows: for a run that answers beside the one that votes, and with the book's depth where a run's columns ask for it. */
import { join } from 'node:path';
import { InstrumentLane } from '../../src/activities/market-feed/instrument-lane';
import type { Depth, MarketDataPort, StreamHandlers } from '../../src/broker/market-data-port';
import type { BarWithQuote } from '../../src/domain/bars';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { computeFeatures, createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema, type FeatureSchema } from '../../src/features/schema';
import { frontSeries } from '../../src/market-data/front-series';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import type { MarketJournal } from '../../src/storage/market-journal';
import { ES_CONTRACT } from '../es-contract';

const ES = INSTRUMENTS.ES;
const OTHER = defineSchema([
  { kind: 'rsi', name: 'rsi', period: 9 },
  { kind: 'ema', name: 'ema', period: 7 },
]);
const DEPTH = defineSchema([...OTHER.parameters, { kind: 'depth', name: '', levels: 2 }]);
const WARM = 300;
const WINDOW = 6;

let bars: readonly BarWithQuote[];
beforeAll(async () => {
  const market = await loadRecordedMarket(join(__dirname, '../../data'), { instruments: ['ES'] });
  bars = frontSeries(market, 'ES', ['2013-10-09'])
    .flatMap(({ bar, quote }) => (bar === null ? [] : [{ bar, quote }]))
    .slice(0, WARM + 10);
});

interface Opened {
  readonly lane: InstrumentLane;
  /** Tells the subscriber of depth. */
  readonly depths: ((depth: Depth) => void)[];
  readonly journal: BarWithQuote[];
}

/** Warmed up on the first bars by history; each later minute comes from history, too. */
async function openLane(schema = DEFAULT_SCHEMA): Promise<Opened> {
  let now = bars[WARM].bar.start;
  const depths: ((depth: Depth) => void)[] = [];
  const appended: BarWithQuote[] = [];
  const data = {
    marketTime: () => Promise.resolve(now),
    lastMarketTime: () => now,
    history: (_contract: unknown, { from, to }: { readonly from: number; readonly to: number }) => {
      now = Math.max(now, to);
      return Promise.resolve(bars.map(({ bar }) => bar).filter(({ start }) => start >= from && start < to));
    },
    subscribe: (_contract: unknown, { onDepth }: StreamHandlers) => {
      if (onDepth !== undefined) depths.push(onDepth);
      return () => undefined;
    },
  };
  const journal = {
    read: () => Promise.resolve(bars.slice(0, WARM)),
    append: (_symbol: string, row: BarWithQuote) => Promise.resolve(appended.push(row) > 0),
    appendAll: () => Promise.resolve(),
  };
  const parts = {
    instrument: ES,
    contract: ES_CONTRACT,
    data: data as unknown as MarketDataPort,
    journal: journal as unknown as MarketJournal,
    features: createFeatureStream(schema, ES),
    ensemble: null,
    judged: new Map<number, never>(),
    onHeard: () => undefined,
  };
  const lane = await InstrumentLane.open(parts, bars[0].bar.start);
  lane.noteGap(bars[WARM + 9].bar.start);
  return { lane, depths, journal: appended };
}

/** The last rows of a batch over `count` bars; quotes are the journal's until the warm-up ends. */
function lastRows(schema: FeatureSchema, count: number): readonly number[][] {
  const consumed = bars.slice(0, count).map((row, i) => (i < WARM ? row : { ...row, quote: null }));
  const { values, rows } = computeFeatures(consumed, schema, ES);
  const width = schema.columns.length;
  return Array.from({ length: WINDOW }, (_item, i) =>
    Array.from(values.subarray((rows - WINDOW + i) * width, (rows - WINDOW + i + 1) * width)),
  );
}

test('the rows of another schema and window follow the bars, from the first one on', async () => {
  const { lane, depths } = await openLane();
  const reader = { schema: OTHER, window: WINDOW };
  const asked = () => lane.rowsFor(reader).map((row) => Array.from(row));
  expect(lane.rowsFor({ schema: DEFAULT_SCHEMA, window: WINDOW }).map((row) => Array.from(row))).toEqual(
    lastRows(DEFAULT_SCHEMA, WARM),
  );
  expect(asked()).toEqual(lastRows(OTHER, WARM));
  for (let next = WARM; next < WARM + 5; next += 1) {
    await lane.close(bars[next].bar.start + MINUTE_MS);
    expect(asked()).toEqual(lastRows(OTHER, next + 1));
  }
  expect(depths).toEqual([]);
  await lane.stop();
});

test('depth is asked for once where columns are made of it: on disk with its minute, and in the row', async () => {
  const { lane, depths, journal } = await openLane(DEPTH);
  expect(depths).toHaveLength(1);
  const reader = { schema: DEPTH, window: 1 };
  const close = (i: number) => lane.close(bars[i].bar.start + MINUTE_MS);
  await close(WARM);
  expect(lane.rowsFor(reader)).toEqual([]);
  const book = { bids: [{ price: 1650, size: 3 }], asks: [{ price: 1650.25, size: 1 }] };
  depths[0](book);
  await close(WARM + 1);
  await close(WARM + 2);
  const time = bars[WARM + 2].bar.start + MINUTE_MS;
  expect(journal.map((row) => row.book ?? null)).toEqual([
    null,
    { time: time - MINUTE_MS, ...book },
    { time, ...book },
  ]);
  const [row] = lane.rowsFor(reader);
  expect(row[DEPTH.columns.indexOf('depth_imbalance_2')]).toBeCloseTo(0.5, 6);
  lane.noteGap(time);
  await close(WARM + 3);
  expect(lane.rowsFor(reader)).toEqual([]);
  await lane.stop();
});
