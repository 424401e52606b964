/** Columns of the world outside in a schema: batch and stream alike, absent where nobody provides the series. */
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../../src/domain/instruments';
import { configuredSchema } from '../../../src/features/configured-schema';
import { releasedReader } from '../../../src/features/outside/known-steps';
import { joinedOutside, namedOutside, NOTHING_OUTSIDE } from '../../../src/features/outside/outside-values';
import { computeFeatures, createFeatureStream } from '../../../src/features/pipeline';
import { syntheticBars } from '../synthetic-bars';

const schema = configuredSchema({
  indicators: [
    { kind: 'return', period: 1 },
    { kind: 'outside', name: 'rate', series: 'macro/FEDFUNDS/level' },
  ],
  modelColumns: null,
});
const rows = syntheticBars(INSTRUMENTS.ES, { bars: 40, seed: 7, holes: 0 });
// Released within the eleventh minute: the row of that minute is the first to know.
const release = rows[10].bar.start + 30_000;
const outside = joinedOutside([
  NOTHING_OUTSIDE,
  namedOutside(
    new Map([['macro/FEDFUNDS/level', releasedReader([{ period: 0, knownFrom: release, value: 0.25 }], 'level')]]),
  ),
]);

it('reads what was known when the bar closed', () => {
  expect(schema.modelColumns).toEqual(['return', 'rate']);
  const { values } = computeFeatures(rows, schema, INSTRUMENTS.ES, outside);
  const rate = rows.map((_row, index) => values[index * 2 + 1]);
  expect(rate.slice(0, 10).every(Number.isNaN)).toBe(true);
  expect(rate.slice(10)).toEqual(Array.from({ length: 30 }, () => 0.25));
  expect(release).toBeLessThan(rows[10].bar.start + MINUTE_MS);
});

it('is the same in a stream', () => {
  const { values } = computeFeatures(rows, schema, INSTRUMENTS.ES, outside);
  const stream = createFeatureStream(schema, INSTRUMENTS.ES, outside);
  const streamed = rows.map((row) => {
    stream.push(row);
    return [...(stream.row() ?? [])];
  });
  expect(streamed.flat()).toEqual([...values]);
});

it('has no value, and is named, where nobody provides the series', () => {
  const stream = createFeatureStream(schema, INSTRUMENTS.ES);
  for (const row of rows) stream.push(row);
  expect(stream.missing()).toEqual(['rate']);
});

it.each([
  [{ kind: 'outside', name: 'rate' }, 'series must name a series'],
  [{ kind: 'outside', name: 'rate', series: 'FEDFUNDS' }, 'series must name a series'],
  [{ kind: 'outside', name: 'rate', series: 'macro/FEDFUNDS', minutes: 5 }, 'minutes is not a setting of outside'],
])('refuses %j', (setting, sentence) => {
  expect(() => configuredSchema({ indicators: [setting as never], modelColumns: null })).toThrow(sentence);
});
