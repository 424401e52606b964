/** Indicators of the technicalindicators library by name: the library's own batch values, block by block and bar by bar, and what is refused. */
import * as library from 'technicalindicators';
import type { BarWithQuote } from '../../src/domain/bars';
import { INSTRUMENTS } from '../../src/domain/instruments';
import type { IndicatorSetting } from '../../src/config/config';
import { columnsOf } from '../../src/features/bar-series';
import { CATALOGUE } from '../../src/features/catalogue/indicators';
import type { CatalogueIndicator } from '../../src/features/catalogue/indicators';
import { configuredSchema } from '../../src/features/configured-schema';
import { computeFeatures, createFeatureStream } from '../../src/features/pipeline';
import type * as pipeline from '../../src/features/pipeline';
import { checkFeatures } from '../../src/learning/feature-check';
import { syntheticBars } from './synthetic-bars';

const GC = INSTRUMENTS.GC;
const bars = syntheticBars(GC, { bars: 900, seed: 4 });
const schemaOf = (...indicators: IndicatorSetting[]) => configuredSchema({ indicators, modelColumns: null });

/** Different windows for every parameter, short enough for 900 bars. */
const parametersOf = ({ parameters }: CatalogueIndicator): Record<string, number> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, kind], i) => [
      name,
      kind === 'bars' ? 5 + 3 * i : name === 'step' ? 0.02 : name === 'max' ? 0.2 : 2,
    ]),
  );
const setting = (name: string): IndicatorSetting => ({ kind: 'catalogue', name, ...parametersOf(CATALOGUE[name]) });
const NAMES = Object.keys(CATALOGUE);
const ALL = schemaOf(...NAMES.map(setting));

/** The library's own batch call over all bars; what has no value at the beginning is left out by it. */
function libraryValues(name: string, rows: readonly BarWithQuote[]): readonly unknown[] {
  const of = (field: 'open' | 'high' | 'low' | 'close' | 'volume') => rows.map(({ bar }) => bar[field]);
  const input = {
    values: of('close'),
    open: of('open'),
    high: of('high'),
    low: of('low'),
    close: of('close'),
    volume: of('volume'),
  };
  const calculate = (library as unknown as Record<string, { calculate(input: object): unknown[] }>)[name];
  return calculate.calculate({
    ...input,
    SimpleMAOscillator: false,
    SimpleMASignal: false,
    useSMA: false,
    ...parametersOf(CATALOGUE[name]),
  });
}

const matrix = computeFeatures(bars, ALL, GC);
const column = (name: string) => {
  const index = ALL.columns.indexOf(name);
  return Array.from({ length: bars.length }, (_item, row) => matrix.values[row * ALL.columns.length + index]);
};

describe('the catalogue', () => {
  const measures = NAMES.filter((name) => CATALOGUE[name].input !== 'pattern' && name !== 'HeikinAshi');

  it.each(measures)("%s gives the library's own values", (name) => {
    const theirs = libraryValues(name, bars).slice(-500);
    CATALOGUE[name].outputs.forEach((output) => {
      const prefix = name.toLowerCase();
      const ours = column(output === '' ? prefix : `${prefix}_${output.toLowerCase()}`).slice(-500);
      const expected = theirs.map((value) =>
        Math.fround(output === '' ? (value as number) : (value as Record<string, number>)[output]),
      );
      expect(ours).toEqual(expected);
    });
  });

  it('judges a candlestick pattern with the bars up to its own', () => {
    const at = (row: number, field: 'open' | 'high' | 'low' | 'close') =>
      Array.from({ length: 5 }, (_item, i) => bars[row - 4 + i].bar[field]);
    const expected = bars.map((_bar, row) =>
      row < 4
        ? Number.NaN
        : Number(
            library.bullishengulfingpattern({
              open: at(row, 'open'),
              high: at(row, 'high'),
              low: at(row, 'low'),
              close: at(row, 'close'),
            }),
          ),
    );
    expect(column('bullishengulfingpattern')).toEqual(expected);
    expect(expected.filter((value) => value === 1).length).toBeGreaterThan(5);
  });

  it('gives the same bits bar by bar as in blocks, on longer bars too', () => {
    const schema = schemaOf(...NAMES.map(setting), {
      kind: 'catalogue',
      name: 'CCI',
      period: 6,
      minutes: 5,
      as: 'slow',
    });
    expect(schema.columns.at(-1)).toBe('slow_5m');
    const batch = computeFeatures(bars.slice(0, 400), schema, GC);
    const stream = createFeatureStream(schema, GC);
    const width = schema.columns.length;
    bars.slice(0, 400).forEach((bar, row) => {
      stream.push(bar);
      expect(stream.row()).toEqual(batch.values.slice(row * width, (row + 1) * width));
    });
  });

  it('neither looks ahead nor remembers beyond its warm-up, and has its values when it says', () => {
    const long = syntheticBars(GC, { bars: 2600, seed: 9 });
    const few = schemaOf(...NAMES.filter((name) => CATALOGUE[name].input !== 'pattern').map(setting), setting('doji'));
    const check = checkFeatures(columnsOf(long), few, GC, { cuts: 2, seed: 3 });
    expect(check.beginnings).toBeGreaterThan(0);
    expect(check.columns.filter(({ passed }) => !passed)).toEqual([]);
    NAMES.forEach((name) => {
      const { firstValueAfter, columns } = schemaOf(setting(name));
      const first = Math.max(...columns.map((one) => column(one).findIndex((value) => !Number.isNaN(value))));
      expect([name, first >= 0 && first < firstValueAfter]).toEqual([name, true]);
    });
  });

  it('keeps sums that count from the first bar from models', () => {
    expect(() => configuredSchema({ indicators: [{ kind: 'catalogue', name: 'ADL' }], modelColumns: ['adl'] })).toThrow(
      /counts from the first bar/,
    );
  });
});

test.each<[IndicatorSetting, RegExp]>([
  [
    { kind: 'catalogue', name: 'AwsomeOscillator' },
    /\[0\] \(catalogue\): the catalogue has no indicator "AwsomeOscillator"; it has SMA, EMA/,
  ],
  [{ kind: 'catalogue' }, /no indicator "undefined"/],
  [{ kind: 'catalogue', name: 'CCI' }, /\(catalogue\): period must be a whole number of bars from 1/],
  [{ kind: 'catalogue', name: 'CCI', period: 20, fast: 3 }, /fast is not a parameter of CCI; it has period/],
  [{ kind: 'catalogue', name: 'CCI', period: 20, minutes: 7 }, /minutes must be one of/],
  [{ kind: 'catalogue', name: 'PSAR', step: 0, max: 0.2 }, /step must be a number above 0/],
])('%j is refused in a sentence', (bad, message) => {
  expect(() => schemaOf(bad)).toThrow(message);
});

test('the library is loaded by the first schema that asks for it', () => {
  jest.isolateModules(() => {
    const load = jest.fn(() => library);
    jest.doMock('technicalindicators', load);
    const { computeFeatures: compute } = jest.requireActual<typeof pipeline>('../../src/features/pipeline');
    compute(bars.slice(0, 5), schemaOf({ kind: 'rsi', period: 3 }), GC);
    expect(load).not.toHaveBeenCalled();
    compute(bars.slice(0, 5), schemaOf(setting('CCI')), GC);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
