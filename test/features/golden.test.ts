/** Every C1 indicator against TA-Lib, in double precision and from the first value on (script and parameters: golden/generate.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bar } from '../../src/domain/bars';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { columnsOf } from '../../src/features/bar-series';
import { KernelSet } from '../../src/features/kernel-set';
import { computeFeatures } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';

type Listed = readonly (number | null)[];
interface Golden {
  readonly bars: { readonly start: readonly string[] } & Readonly<
    Record<Exclude<keyof Bar, 'start'>, readonly number[]>
  >;
  readonly columns: Readonly<Record<string, Listed>>;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden/talib.json'), 'utf8')) as Golden;
const rows = golden.bars.start.map((start, i) => ({
  bar: {
    start: Date.parse(start),
    open: golden.bars.open[i],
    high: golden.bars.high[i],
    low: golden.bars.low[i],
    close: golden.bars.close[i],
    volume: golden.bars.volume[i],
  },
  quote: null,
}));

/** The default schema and the indicators beside it, with the script's parameters. */
const SCHEMA = defineSchema([
  ...DEFAULT_SCHEMA.parameters,
  { kind: 'ppo-simple', name: 'ppo_simple', fast: 12, slow: 26 },
  { kind: 'stochastic-rsi', name: 'stochrsi', period: 14, fastK: 5, fastD: 3 },
  { kind: 'obv', name: 'obv', period: 20 },
  { kind: 'mfi', name: 'mfi', period: 14 },
]);
/** TA-Lib holds these back until its slowest output has a value; before that ours are either absent or their own. */
const HELD_BACK = new Set(['macd', 'stoch_k', 'stochrsi_k']);

/** Every column in double precision, as the kernels leave it. */
function kernelColumns(): ReadonlyMap<string, Float64Array> {
  const kernels = new KernelSet(SCHEMA, INSTRUMENTS.GC, rows.length);
  kernels.pushColumns(columnsOf(rows), 0, rows.length);
  return new Map(SCHEMA.columns.map((name, c) => [name, kernels.columns[c]]));
}

function deviationOf(values: Listed): number {
  const present = values.filter((value): value is number => value !== null);
  const mean = present.reduce((a, b) => a + b, 0) / present.length;
  return Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length);
}

describe('golden values', () => {
  const columns = kernelColumns();

  it.each(Object.keys(golden.columns))('%s equals TA-Lib within 1e-9 of its standard deviation', (name) => {
    const expected = golden.columns[name];
    const actual = columns.get(name);
    expect(actual).toBeDefined();
    const tolerance = 1e-9 * deviationOf(expected);
    const firstExpected = expected.findIndex((value) => value !== null);
    let worst = 0;
    expected.forEach((value, i) => {
      if (value !== null) worst = Math.max(worst, Math.abs(value - actual![i]));
      if (i < firstExpected && !HELD_BACK.has(name)) expect(actual![i]).toBeNaN();
    });
    expect(worst).toBeLessThanOrEqual(tolerance);
  });

  it('leaves the pipeline rounded to float32, unchanged otherwise', () => {
    const matrix = computeFeatures(rows, DEFAULT_SCHEMA, INSTRUMENTS.GC);
    const differing = DEFAULT_SCHEMA.columns.filter((name, c) =>
      columns
        .get(name)!
        .some((value, r) => !Object.is(matrix.values[r * DEFAULT_SCHEMA.columns.length + c], Math.fround(value))),
    );
    expect(differing).toEqual([]);
  });
});
