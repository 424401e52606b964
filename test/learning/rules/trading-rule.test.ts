/** Rules as data: what is accepted, what they say, and that the exported graph says the same. */
import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { BUY, HOLD, SELL } from '../../../src/learning/labels';
import { openSession } from '../../../src/learning/onnx-session';
import { ruleSide, sideProbabilities } from '../../../src/learning/rules/evaluate-rule';
import { exportRule } from '../../../src/learning/rules/export-rule';
import {
  columnsRead,
  readRule,
  ruleIdOf,
  windowOf,
  type RuleCondition,
  type TradingRule,
} from '../../../src/learning/rules/trading-rule';

const COLUMNS = ['rsi_14', 'atr_14', 'ret_1'];
const rsi = { column: 'rsi_14' };
const REVERT: TradingRule = {
  name: 'revert',
  buy: { crosses_above: [rsi, { number: 30 }] },
  sell: {
    all: [
      { greater: [rsi, { number: 70 }] },
      { less: [{ column: 'ret_1' }, { window: 'mean', column: 'ret_1', bars: 3 }] },
    ],
  },
  confidence: 0.7,
};
const read = (json: unknown): TradingRule | string => readRule(JSON.stringify(json), COLUMNS);
/** Rows oldest first. */
const windowOfRows = (...rows: readonly (readonly number[])[]) => ({
  values: Float32Array.from(rows.flat()),
  columns: COLUMNS,
});

describe('reading a rule', () => {
  test('a rule is what it was written as, with its reach and its columns', () => {
    expect(read(REVERT)).toEqual(REVERT);
    expect(windowOf(REVERT)).toBe(3);
    expect(columnsRead(REVERT)).toEqual(['ret_1', 'rsi_14']);
    expect(
      windowOf({
        ...REVERT,
        sell: {
          crosses_below: [
            { window: 'max', column: 'rsi_14', bars: 10 },
            { column: 'rsi_14', ago: 4 },
          ],
        },
      }),
    ).toBe(11);
    expect(ruleIdOf({ ...REVERT, name: 'other' })).toBe(ruleIdOf(REVERT));
    expect(ruleIdOf({ ...REVERT, confidence: 0.71 })).not.toBe(ruleIdOf(REVERT));
  });

  const nested = (depth: number): RuleCondition =>
    depth === 0 ? { less: [rsi, { number: 1 }] } : { not: nested(depth - 1) };
  test.each([
    ['no JSON', '{"name": ', 'not JSON'],
    ['code', { ...REVERT, buy: 'rsi_14 < 30' }, 'buy'],
    [
      'a wrong number deep inside',
      { ...REVERT, buy: { all: [REVERT.buy, { less: [rsi, { number: '1' }] }] } },
      'buy.all.1.less.1.number',
    ],
    ['text for a condition', { ...REVERT, sell: 'x' }, 'a condition is less, greater'],
    ['an unknown word', { ...REVERT, buy: { eval: 'process.exit()' } }, 'buy'],
    ['one word too many', { ...REVERT, run: 'rm -rf /' }, 'Unrecognized'],
    [
      'an unknown column',
      { ...REVERT, buy: { less: [{ column: 'secret' }, { number: 1 }] } },
      'no model column secret',
    ],
    [
      'an inherited name',
      { ...REVERT, buy: { less: [{ column: '__proto__' }, { number: 1 }] } },
      'no model column __proto__',
    ],
    ['two numbers', { ...REVERT, buy: { less: [{ number: 0 }, { number: 1 }] } }, 'compares no column'],
    ['the future', { ...REVERT, buy: { less: [{ column: 'rsi_14', ago: -1 }, { number: 1 }] } }, 'buy'],
    ['half a bar', { ...REVERT, buy: { less: [{ column: 'rsi_14', ago: 0.5 }, { number: 1 }] } }, 'buy'],
    [
      'too long a window',
      { ...REVERT, buy: { less: [{ window: 'mean', column: 'rsi_14', bars: 65 }, { number: 1 }] } },
      'buy',
    ],
    ['no side', { ...REVERT, buy: null, sell: null }, 'neither buy nor sell'],
    ['certainty', { ...REVERT, confidence: 1 }, 'confidence'],
    ['a name with a path', { ...REVERT, name: '../../x' }, 'name'],
    ['too deep', { ...REVERT, buy: nested(9) }, 'nested more than'],
    ['far too deep', `${'['.repeat(30_000 - 10_001)}`, 'nested too deeply'],
    [
      'too many parts',
      {
        ...REVERT,
        buy: { all: Array.from({ length: 8 }, () => ({ any: Array.from({ length: 8 }, () => nested(0)) })) },
      },
      'more than 64',
    ],
    ['too long', ' '.repeat(20_001), 'longer than'],
  ])('%s is refused', (_name, given, sentence) => {
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    expect(readRule(text, COLUMNS)).toMatch(sentence);
  });
});

describe('what a rule says', () => {
  test('crossings, windows and values before', () => {
    const quiet = [50, 1, 0];
    expect(ruleSide(REVERT, windowOfRows(quiet, [29, 1, 0], [31, 1, 0]))).toBe(BUY);
    expect(ruleSide(REVERT, windowOfRows(quiet, [30, 1, 0], [31, 1, 0]))).toBe(BUY);
    expect(ruleSide(REVERT, windowOfRows(quiet, [31, 1, 0], [32, 1, 0]))).toBe(HOLD);
    expect(ruleSide(REVERT, windowOfRows([71, 1, 3], [71, 1, 3], [71, 1, 2]))).toBe(SELL);
    expect(ruleSide(REVERT, windowOfRows([71, 1, 3], [71, 1, 3], [71, 1, 3]))).toBe(HOLD);
    const both: TradingRule = {
      ...REVERT,
      buy: { less: [{ number: 0 }, rsi] },
      sell: { not: { less: [rsi, { number: 0 }] } },
    };
    expect(ruleSide(both, windowOfRows([1, 1, 1]))).toBe(HOLD);
    expect(Array.from(sideProbabilities(REVERT, BUY))).toEqual([
      expect.closeTo(0.15, 12),
      expect.closeTo(0.15, 12),
      0.7,
    ]);
  });
});

const column = fc.constantFrom(...COLUMNS);
const number = fc.oneof(
  fc.record({ column }),
  fc.record({ column, ago: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    window: fc.constantFrom('mean' as const, 'min' as const, 'max' as const),
    column,
    bars: fc.integer({ min: 2, max: 5 }),
  }),
);
const constant = fc.record({ number: fc.integer({ min: -2, max: 2 }) });
const numbers = fc.oneof(fc.tuple(number, number), fc.tuple(number, constant), fc.tuple(constant, number));
const { condition } = fc.letrec<{ condition: RuleCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    numbers.map((less) => ({ less })),
    numbers.map((greater) => ({ greater })),
    numbers.map((pair) => ({ crosses_above: pair })),
    numbers.map((pair) => ({ crosses_below: pair })),
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((any) => ({ any })),
    tie('condition').map((not) => ({ not })),
  ),
}));
const anyRule = fc
  .record({
    buy: fc.option(condition),
    sell: fc.option(condition),
    confidence: fc.double({ min: 0.4, max: 0.95, noNaN: true }),
  })
  .filter(({ buy, sell }) => buy !== null || sell !== null)
  .map((parts): TradingRule => ({ name: 'any', ...parts }));

test('the exported graph says what the rule says, row for row (property)', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRule,
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 200, maxLength: 200 }),
      async (rule, values) => {
        expect(read(rule)).toEqual(rule);
        const window = windowOf(rule);
        const size = window * COLUMNS.length;
        const rows = Math.floor(values.length / size);
        const input = Float32Array.from(values.slice(0, rows * size), (value) => value / 3);
        const session = await openSession(exportRule(rule, COLUMNS, {}));
        try {
          const shape = window === 1 ? [rows, COLUMNS.length] : [rows, window, COLUMNS.length];
          const { probabilities } = await session.run({ features: new Tensor('float32', input, shape) });
          for (let row = 0; row < rows; row++) {
            const part = { values: input.slice(row * size, (row + 1) * size), columns: COLUMNS };
            const expected = sideProbabilities(rule, ruleSide(rule, part));
            const got = Array.from(probabilities.data as Float32Array).slice(row * 3, row * 3 + 3);
            got.forEach((p, i) => expect(p).toBeCloseTo(expected[i], 6));
          }
        } finally {
          await session.release();
        }
      },
    ),
    { numRuns: 120 },
  );
});
