/** What a search may see: inner folds of the training rows of an outer fold, never its test rows, never the hold-out. */
import { INNER_FOLDS, OUTER_SCOPES, SEARCH_SCOPES, innerFoldsOf } from '../../../src/domain/hyperparameter-search';
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import { tradeDateOf } from '../../../src/domain/calendar';
import { defineSchema } from '../../../src/features/schema';
import { stockSchema } from '../../../src/features/stock-schema';
import { EMBARGO_MS, purgedFolds } from '../../../src/learning/evaluation/purged-folds';
import type { ModelRecipe } from '../../../src/learning/families/model-recipe';
import { HORIZON_BARS } from '../../../src/learning/labels';
import { innerSplits, rowsOfScope, scoreInner, scoreOuter } from '../../../src/learning/search/evaluate-trial';
import { decodeSearchSet, encodeSearchSet, searchRows, searchSet } from '../../../src/learning/search/search-set';
import type { SearchSet } from '../../../src/learning/search/search-set';
import { stockData } from '../../../src/learning/training/learning-data';
import type { LabelledRows } from '../../../src/learning/training-rows';
import { loadRecordedStock } from '../../../src/market-data/recorded-equity';

const ROWS = 900;

/** The first column of a row is its number. */
const rows: LabelledRows = {
  data: {
    rows: ROWS,
    columns: 2,
    classes: 3,
    x: Float32Array.from({ length: 2 * ROWS }, (_item, i) => (i % 2 === 0 ? i / 2 : (i * 7919) % 101)),
    y: Uint8Array.from({ length: ROWS }, (_item, row) => ((row * 31) % 7) % 3),
  },
  starts: Float64Array.from({ length: ROWS }, (_item, row) => row * MINUTE_MS),
  ends: Float64Array.from({ length: ROWS }, (_item, row) => (row + HORIZON_BARS + 1) * MINUTE_MS),
};

/** Notes the row numbers it is fitted on and asked for. */
function watcher(): { readonly recipe: ModelRecipe; readonly fitted: Set<number>; readonly asked: Set<number> } {
  const fitted = new Set<number>();
  const asked = new Set<number>();
  const numbers = (x: Float32Array): number[] => Array.from({ length: x.length / 2 }, (_item, row) => x[2 * row]);
  const recipe: ModelRecipe = {
    name: 'watcher',
    family: 'Watcher',
    parameters: {},
    window: null,
    fit: ({ x }) => {
      numbers(x).forEach((row) => fitted.add(row));
      return {
        predict: (tested) => {
          numbers(tested).forEach((row) => asked.add(row));
          return Float64Array.from({ length: (tested.length / 2) * 3 }, () => 1 / 3);
        },
        toOnnx: () => new Uint8Array(),
      };
    },
  };
  return { recipe, fitted, asked };
}

test.each(OUTER_SCOPES)('a choice in %s sees no test row of the fold, nor a label that reaches one', async (scope) => {
  const { test: held } = purgedFolds(rows, OUTER_SCOPES.length)[OUTER_SCOPES.indexOf(scope)];
  const from = rows.starts[held[0]];
  const to = Math.max(...held.map((row) => rows.ends[row]));
  const { recipe, fitted, asked } = watcher();
  await scoreInner(recipe, rows, [{ scope, folds: [...innerFoldsOf(1), ...innerFoldsOf(2)] }], 1);
  const seen = [...fitted, ...asked];
  expect(asked.size).toBe(rowsOfScope(rows, scope).length);
  expect(seen.filter((row) => rows.ends[row] >= from && rows.starts[row] <= to + EMBARGO_MS)).toEqual([]);
  const judged = watcher();
  await scoreOuter(judged.recipe, rows, scope, 1);
  expect([...judged.asked]).toEqual([...held]);
  expect([...judged.fitted].filter((row) => judged.asked.has(row))).toEqual([]);
});

test('inner folds are purged, too, across the gap that the outer fold leaves', () => {
  for (const scope of SEARCH_SCOPES) {
    const splits = innerSplits(rows, scope);
    expect(splits).toHaveLength(INNER_FOLDS);
    for (const { train, test: tested } of splits) {
      const from = rows.starts[tested[0]];
      const to = Math.max(...tested.map((row) => rows.ends[row]));
      expect(train.length).toBeGreaterThan(0);
      expect(train.filter((row) => rows.ends[row] >= from && rows.starts[row] <= to + EMBARGO_MS)).toEqual([]);
    }
  }
});

describe('the pinned set of a search', () => {
  const schema = stockSchema(
    defineSchema([
      { kind: 'rsi', name: 'rsi', period: 6 },
      { kind: 'ppo', name: 'ppo', fast: 5, slow: 9 },
      { kind: 'return', name: 'ret_5', period: 5 },
    ]),
  );
  let set: SearchSet;
  let days: readonly string[];
  beforeAll(async () => {
    const stock = await loadRecordedStock('data', 'SPY');
    days = stock.tradeDates.slice(0, 8);
    set = searchSet('SPY', stockData(stock), days, schema, true) as SearchSet;
  });

  it('has nothing of the hold-out: no bar of its two dates', () => {
    const dates = new Set(set.contracts.flatMap(({ block }) => Array.from(block.start, (start) => tradeDateOf(start))));
    expect([...dates]).toEqual(days.slice(0, -2));
    expect(set.label.quotes).toBe('modelled');
  });

  it('gives every trial the same rows and labels, other columns', () => {
    const shipped = searchRows(set, {});
    const longer = searchRows(set, { rsi: 2, ppo: 0.5 });
    expect(longer.rows.starts).toEqual(shipped.rows.starts);
    expect(longer.rows.data.y).toEqual(shipped.rows.data.y);
    expect(longer.schema.modelColumns).toEqual(shipped.schema.modelColumns);
    expect(longer.schema.hash).not.toBe(shipped.schema.hash);
    expect(longer.rows.data.x).not.toEqual(shipped.rows.data.x);
    const specs = longer.schema.parameters.filter(({ kind }) => kind !== 'return');
    expect(specs).toContainEqual({ kind: 'rsi', name: 'rsi', period: 12, minutes: 15 });
    expect(specs).toContainEqual({ kind: 'ppo', name: 'ppo', fast: 3, slow: 5 });
  });

  it('comes back from its file as it was', () => {
    expect(decodeSearchSet(encodeSearchSet(set))).toEqual(set);
  });
});
