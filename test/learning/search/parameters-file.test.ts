import { FAMILIES } from '../../../src/learning/families/families';
import { tunedFamily } from '../../../src/learning/families/tuned-family';
import { DEFAULT_SCHEMA } from '../../../src/features/schema';
import { stockSchema } from '../../../src/features/stock-schema';
import type { ParametersFile } from '../../../src/learning/search/parameters-file';
import { featuresOf } from '../../../src/features/configured-schema';
import { decodeParameters, encodeParameters, schemaOf } from '../../../src/learning/search/parameters-file';

const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

it('comes back as it was written, with the same schema by hash', () => {
  const schema = stockSchema(DEFAULT_SCHEMA);
  const file: ParametersFile = {
    format: 1,
    search: 'a',
    families: [{ name: 'boosting_leaf_wise', parameters: { num_leaves: 7, max_depth: null } }],
    features: featuresOf(schema),
  };
  const back = decodeParameters('best.json', encodeParameters(file));
  expect(back).toEqual(file);
  expect(schemaOf(back)?.hash).toBe(schema.hash);
});

it.each([
  ['{', 'it is not JSON'],
  [text({ format: 1 }), 'families'],
  [text({ format: 1, families: [{ name: 'boost', parameters: {} }] }), 'There is no model family "boost"'],
  [
    text({ format: 1, families: [{ name: 'sgd', parameters: { alhpa: 1 } }] }),
    'sgd has no parameter "alhpa"; it has alpha',
  ],
  [text({ format: 1, families: [{ name: 'sgd', parameters: { alpha: 'x' } }] }), 'alpha is "x"; give a number'],
  [
    text({
      format: 1,
      families: [{ name: 'sgd', parameters: {} }],
      features: { indicators: [{ kind: 'rsi' }], model_columns: [] },
    }),
    'period must be a whole number of bars',
  ],
])('is refused with the reason: %s', (bytes, why) => {
  expect(() => decodeParameters('best.json', Buffer.from(bytes))).toThrow(why);
});

it('changes a family and leaves the shipped one as it is; its own parameters change nothing', () => {
  for (const { name, parameters } of FAMILIES) expect(tunedFamily(name, parameters).parameters).toEqual(parameters);
  expect(tunedFamily('sgd', { alpha: 0.5 }).parameters).toMatchObject({ alpha: 0.5, average: true });
  expect(tunedFamily('sgd', undefined).parameters).toMatchObject({ alpha: 0.01 });
});
