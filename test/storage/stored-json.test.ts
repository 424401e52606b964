import fc from 'fast-check';
import { parseStoredJson, storedJson, storedNames } from '../../src/storage/stored-json';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}([A-Z][a-z0-9]{0,4}){0,3}$/);
const { tree } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
  tree: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('whatever is stored is read back as it was', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(parseStoredJson(storedJson({ value }))).toEqual({ value });
    }),
    { seed: 1 },
  );
});

test('names are snake_case, those below parameters stay', () => {
  const value = { holdOut: { logLoss: 1, parameters: { minSplit: 2, learning_rate: 0.1 } }, list: [{ testDays: [] }] };
  expect(storedNames(value)).toEqual({
    hold_out: { log_loss: 1, parameters: { minSplit: 2, learning_rate: 0.1 } },
    list: [{ test_days: [] }],
  });
  expect(parseStoredJson(storedJson(value))).toEqual(value);
});

test('a name that would come back as another is refused on writing', () => {
  expect(() => storedJson({ importances: { bb_width: 1 } })).toThrow(/"bb_width" would be read back as "bbWidth"/);
});
