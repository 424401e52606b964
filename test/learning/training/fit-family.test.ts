import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familyOf } from '../../../src/learning/families/families';
import { fitFamily } from '../../../src/learning/training/fit-family';
import { FIT_TARGETS } from '../../../src/learning/training/fit-part';
import type { FitTarget } from '../../../src/learning/training/fit-part';
import { partStore, setKey, trainingPrefix } from '../../../src/learning/training/training-parts';
import { decodeTrainingSet, encodeTrainingSet, hashOf } from '../../../src/learning/training/training-set-file';
import { holdOutDaysOf } from '../../../src/learning/training/training-set';
import { openFolderStore } from '../../../src/storage/folder-store';
import { generatedSet } from './generated-set';

const RUN = '20131011_210000';
const set = generatedSet();
const bytes = encodeTrainingSet(set);
const recipe = familyOf('sgd');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'omega-training-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const partsOf = async (hash = hashOf(bytes)) => partStore(await openFolderStore(folder), RUN, 'GC', hash);

async function fit(hash = hashOf(bytes), stopAfter?: FitTarget) {
  const fitted: FitTarget[] = [];
  const kept: FitTarget[] = [];
  const all = await fitFamily({
    set,
    recipe,
    seed: 1,
    schemaHash: 'f'.repeat(64),
    parts: await partsOf(hash),
    onPart: (target, was) => {
      (was ? kept : fitted).push(target);
      if (target === stopAfter) throw new Error('killed');
    },
  }).catch((error: unknown) => {
    if (stopAfter === undefined) throw error;
    return [];
  });
  return { fitted, kept, all };
}

describe('a training set', () => {
  it('comes back from its file as it was, and a file cut anywhere is refused', () => {
    expect(decodeTrainingSet(bytes)).toEqual(set);
    for (const length of [0, 10, bytes.indexOf(10) + 1, bytes.length - 1]) {
      expect(() => decodeTrainingSet(bytes.slice(0, length))).toThrow('SET_DAMAGED');
    }
  });

  it('holds out the latest quarter of the days', () => {
    expect(holdOutDaysOf(['1'])).toEqual([]);
    expect(holdOutDaysOf(['1', '2'])).toEqual(['2']);
    expect(holdOutDaysOf(Array.from({ length: 43 }, (_item, i) => String(i)))).toHaveLength(11);
  });
});

describe('the fits of a family', () => {
  it('are five folds over the learning rows, the hold-out and the final one', async () => {
    const { fitted, all } = await fit();
    expect(fitted).toEqual(FIT_TARGETS);
    const tested = all.filter(({ target }) => target.startsWith('fold')).map(({ result }) => result.testRows);
    expect(tested.reduce((sum, rows) => sum + rows, 0)).toBe(set.learning.length);
    const [holdOut, final] = all.slice(-2);
    expect(holdOut.result).toMatchObject({ trainRows: set.learning.length, testRows: set.holdOut.length });
    expect(final.result).toMatchObject({ trainRows: set.rows.data.rows, testRows: 0 });
    for (const { probabilities, result } of all) expect(probabilities).toHaveLength(3 * result.testRows);
    expect(all.map(({ importances }) => importances?.map(({ column }) => column))).toEqual([
      ...Array<undefined>(5).fill(undefined),
      holdOut.result.columns,
      undefined,
    ]);
    expect(Math.max(...(holdOut.importances ?? []).map(({ mean }) => mean))).toBeGreaterThan(0.01);
    // What is read back is what was fitted.
    expect((await fit()).all).toEqual(all);
    for (const { result } of all.slice(0, -1)) expect(result.auc).toBeGreaterThan(0.6);
    expect((await (await partsOf()).file('sgd', 'final')).length).toBeGreaterThan(100);
  });

  it('go on after the last stored one, and end as they would have', async () => {
    const whole = await fit();
    rmSync(join(folder, 'processed'), { recursive: true });
    const killed = await fit(undefined, 'fold-3');
    expect(killed.fitted).toEqual(['fold-1', 'fold-2', 'fold-3']);
    const second = await fit();
    expect(second.kept).toEqual(['fold-1', 'fold-2', 'fold-3']);
    expect(second.fitted).toEqual(['fold-4', 'fold-5', 'hold-out', 'final']);
    const withoutTime = (parts: typeof whole.all) => parts.map(({ seconds: _seconds, ...part }) => part);
    expect(withoutTime(second.all)).toEqual(withoutTime(whole.all));
  });

  it('are repeated when a part is damaged or of another set, and a damaged file is named', async () => {
    await fit();
    const place = join(folder, trainingPrefix(RUN), 'GC', 'sgd');
    writeFileSync(join(place, 'fold-2.json'), '{"half":');
    expect((await fit()).fitted).toEqual(['fold-2']);
    // A file that was cut, and one that is gone: asked for again, they are made again.
    const whole = readFileSync(join(place, 'final.onnx'));
    writeFileSync(join(place, 'final.onnx'), whole.subarray(0, 100));
    rmSync(join(place, 'hold-out.onnx'));
    expect((await fit()).fitted).toEqual(['hold-out', 'final']);
    expect(readFileSync(join(place, 'final.onnx'))).toEqual(whole);
    expect((await fit('0'.repeat(64))).kept).toEqual([]);
    writeFileSync(join(place, 'final.onnx'), 'x');
    await expect((await partsOf('0'.repeat(64))).file('sgd', 'final')).rejects.toThrow(
      /PART_DAMAGED: .*GC\/sgd\/final\.onnx/,
    );
    expect(setKey(RUN, 'GC')).toBe(`${trainingPrefix(RUN)}GC/set.bin`);
  });
});
