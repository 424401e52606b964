/** From the configuration to a schema: names, timeframes, and a sentence for each setting that is wrong. */
import type { IndicatorSetting } from '../../src/config/config';
import { configuredSchema, FEATURE_KINDS } from '../../src/features/configured-schema';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';

const schemaOf = (...indicators: IndicatorSetting[]) => configuredSchema({ indicators, modelColumns: null });

/** The shipped set's identity: models of earlier runs read it. */
const SHIPPED_HASH = 'a76cda780de5b2ec12459826f543908a2c41d87eae10f4cc34a2f880caf373c6';

test('without settings it is the shipped schema, whose hash stays', () => {
  expect(configuredSchema({ indicators: null, modelColumns: null })).toBe(DEFAULT_SCHEMA);
  expect(DEFAULT_SCHEMA.hash).toBe(SHIPPED_HASH);
  expect(configuredSchema({ indicators: null, modelColumns: ['rsi', 'ret_1'] }).modelColumns).toEqual(['rsi', 'ret_1']);
});

test('indicators take their name from their kind, their windows and timeframe from the setting', () => {
  const schema = schemaOf(
    { kind: 'rsi', period: 9 },
    { kind: 'rsi', period: 9, minutes: 15 },
    { kind: 'rsi', period: 21, name: 'slow_rsi', minutes: 1 },
    { kind: 'stochastic-rsi', period: 14, fastK: 5, fastD: 3, minutes: 60 },
    { kind: 'clock' },
  );
  expect(schema.columns.slice(0, 5)).toEqual([
    'rsi',
    'rsi_15m',
    'slow_rsi',
    'stochastic_rsi_k_60m',
    'stochastic_rsi_d_60m',
  ]);
  expect(schema.hash).toBe(
    defineSchema([
      { kind: 'rsi', name: 'rsi', period: 9 },
      { kind: 'rsi', name: 'rsi', period: 9, minutes: 15 },
      { kind: 'rsi', name: 'slow_rsi', period: 21 },
      { kind: 'stochastic-rsi', name: 'stochastic_rsi', period: 14, fastK: 5, fastD: 3, minutes: 60 },
      { kind: 'clock', name: '' },
    ]).hash,
  );
});

test('the shipped set can be written as settings', () => {
  const settings = DEFAULT_SCHEMA.parameters.map(({ name, ...rest }) => (name === '' ? rest : { name, ...rest }));
  expect(schemaOf(...(settings as unknown as IndicatorSetting[])).hash).toBe(SHIPPED_HASH);
});

test.each<[IndicatorSetting, RegExp]>([
  [{ kind: 'rsy', period: 14 }, /features\.indicators\[0\]: kind "rsy" is not known; give one of rsi, macd/],
  [{ period: 14 }, /kind is missing/],
  [{ kind: 'rsi' }, /\(rsi\): period must be a whole number of bars from 1/],
  [{ kind: 'rsi', period: 1.5 }, /period must be a whole number/],
  [{ kind: 'rsi', period: 14, minutes: 3 }, /minutes must be one of 1, 5, 10, 15, 60/],
  [{ kind: 'rsi', period: 14, window: 3 }, /window is not a setting of rsi/],
  [{ kind: 'clock', minutes: 5 }, /minutes is not a setting of clock/],
  [{ kind: 'sma', period: 5, name: 'my sma' }, /name must be letters/],
  [{ kind: 'macd', fast: 26, slow: 12, signal: 9 }, /fast \(26\) must be shorter than slow/],
])('%j is refused', (setting, message) => {
  expect(() => schemaOf(setting)).toThrow(message);
});

test('says everything that is wrong at once', () => {
  expect(() => schemaOf({ kind: 'rsi' }, { kind: 'atr', period: 0 })).toThrow(/indicators\[0\].*indicators\[1\]/);
  expect(FEATURE_KINDS).toHaveLength(22);
});
