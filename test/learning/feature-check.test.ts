/** The feature checks pass what is sound and name the column that is not. */
import { INSTRUMENTS } from '../../src/domain/instruments';
import { columnsOf } from '../../src/features/bar-series';
import { computeFeaturesOfColumns } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import { checkFeatures } from '../../src/learning/feature-check';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';

const schema = defineSchema(
  DEFAULT_SCHEMA.parameters.filter(({ kind }) => ['rsi', 'ema', 'vwap', 'return'].includes(kind)),
);
const asked = { cuts: 8, seed: 3 };

async function esBars(): Promise<ReturnType<typeof columnsOf>> {
  const { contracts } = await loadRecordedMarket('data', { instruments: ['ES'] });
  return columnsOf(contracts[0].minutes.flatMap(({ bar, quote }) => (bar === null ? [] : [{ bar, quote }])));
}

test('the shipped columns neither look ahead nor remember beyond their warm-up', async () => {
  const result = checkFeatures(await esBars(), schema, INSTRUMENTS.ES, asked);
  expect(result.passed).toBe(true);
  expect(result.beginnings).toBeGreaterThan(1);
});

test('a column scaled by the whole series looks ahead', async () => {
  const scaled: typeof computeFeaturesOfColumns = (series, ...rest) => {
    const matrix = computeFeaturesOfColumns(series, ...rest);
    const width = matrix.columns.length;
    const last = series.close[series.length - 1];
    for (let row = 0; row < matrix.rows; row += 1) matrix.values[row * width] /= last;
    return matrix;
  };
  const result = checkFeatures(await esBars(), schema, INSTRUMENTS.ES, asked, scaled);
  expect(result.passed).toBe(false);
  expect(result.columns.filter(({ lookAhead }) => lookAhead > 0).map(({ column }) => column)).toEqual(['rsi']);
});

test('a warm-up too short for a recursive column is found', async () => {
  const result = checkFeatures(await esBars(), { ...schema, warmupBars: 30 }, INSTRUMENTS.ES, asked);
  const failed = result.columns.filter(({ passed }) => !passed).map(({ column }) => column);
  expect(failed).toEqual(expect.arrayContaining(['rsi', 'ema']));
  expect(failed).not.toContain('ret_1');
});

test('columns of longer bars neither look ahead nor remember; one that counts from the first bar is said to', async () => {
  const mixed = defineSchema([
    { kind: 'rsi', name: 'rsi', period: 5, minutes: 5 },
    { kind: 'sma', name: 'sma', period: 8, minutes: 15 },
    { kind: 'vwap', name: 'vwap', minutes: 15 },
    { kind: 'atr', name: 'atr', period: 2, minutes: 60 },
    { kind: 'obv', name: 'obv', period: 10 },
  ]);
  const result = checkFeatures(await esBars(), mixed, INSTRUMENTS.ES, asked);
  expect(result.columns.filter(({ passed }) => !passed)).toEqual([]);
  expect(result.beginnings).toBeGreaterThan(0);
  expect(result.columns.filter(({ warmUp }) => warmUp === null).map(({ column }) => column)).toEqual(['obv']);
});
