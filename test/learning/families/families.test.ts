/** Every family that votes: its file answers as its trainer, the same seed gives the same file, and it can learn what can be learnt. */
import { Tensor } from 'onnxruntime-node';
import {
  ALL_FAMILY_NAMES,
  FAMILIES,
  FAMILY_NAMES,
  familyOf,
  OPTIONAL_FAMILIES,
} from '../../../src/learning/families/families';
import type { ModelRecipe } from '../../../src/learning/families/model-recipe';
import { selectColumns } from '../../../src/learning/evaluation/feature-selection';
import { windowsOf } from '../../../src/learning/networks/sequence-classifier';
import { openSession } from '../../../src/learning/onnx-session';
import { IN_THREAD } from '../networks/in-thread';
import { generatedData } from '../generated-data';

const KEPT = [0, 2, 3, 5];
const all = generatedData(400, 6, 3);
const data = selectColumns(all, KEPT);
const STARTS = [0, 150];
const CONTEXT = { starts: STARTS, ...IN_THREAD };

/** Answers of the file for all rows, given all columns. */
async function answers(recipe: ModelRecipe, file: Uint8Array): Promise<Float32Array> {
  const { window } = recipe;
  const x = window === null ? all.x : windowsOf(all.x, all.columns, window, STARTS);
  const dims = window === null ? [all.rows, all.columns] : [all.rows, window, all.columns];
  const session = await openSession(file);
  const outputs = await session.run({ features: new Tensor('float32', x, dims) });
  await session.release();
  return outputs.probabilities.data as Float32Array;
}

describe.each([...FAMILIES, ...OPTIONAL_FAMILIES].map((recipe) => [recipe.name, recipe] as const))(
  '%s',
  (_name, recipe) => {
    it('leaves as a file that reads all columns, picks its own and answers as the trainer', async () => {
      const model = await recipe.fit(data, 7, CONTEXT);
      const own = await model.predict(data.x, STARTS);
      const file = model.toOnnx({ symbol: 'ES' }, { total: all.columns, kept: KEPT });
      const answered = await answers(recipe, file);
      expect(answered).toHaveLength(own.length);
      expect(Math.max(...own.map((p, i) => Math.abs(p - answered[i])))).toBeLessThan(1e-5);
      const again = await recipe.fit(data, 7, CONTEXT);
      expect(Buffer.from(again.toOnnx({ symbol: 'ES' }, { total: all.columns, kept: KEPT })).equals(file)).toBe(true);
    });
  },
);

describe('families', () => {
  it('have names of their own, and an unknown one is refused with those there are', () => {
    expect(new Set(ALL_FAMILY_NAMES).size).toBe(FAMILIES.length + OPTIONAL_FAMILIES.length);
    expect(FAMILY_NAMES).not.toContain('k_neighbours');
    expect(familyOf('k_neighbours').family).toBe('KNeighborsClassifier');
    expect(familyOf('k_neighbours').tuned?.({ n_neighbors: 5 }).parameters).toMatchObject({ n_neighbors: 5 });
    expect(() => familyOf('svc').tuned?.({ n_neighbors: 5 })).toThrow(/svc has no parameter "n_neighbors"; it has C, /);
    expect(familyOf('gru').window).toBe(10);
    expect(() => familyOf('oracle')).toThrow(/no model family "oracle".*sgd,.*gru/);
  });

  it('record parameters that survive JSON, without the seed', () => {
    for (const { parameters } of [...FAMILIES, ...OPTIONAL_FAMILIES]) {
      expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
      expect(parameters).not.toHaveProperty('random_state');
    }
    expect(familyOf('boosting_depth_wise').parameters).toMatchObject({ num_leaves: null, max_depth: 4 });
  });
});
