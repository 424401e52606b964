import { Tensor } from 'onnxruntime-node';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { NO_REGIME, advanceRegime } from '../../src/domain/regime';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import type { Probabilities } from '../../src/learning/dataset';
import { applyCalibration, fitCalibration } from '../../src/learning/evaluation/class-calibration';
import type { ClassifierRecipe } from '../../src/learning/evaluation/classifier-contract';
import { HORIZON_BARS } from '../../src/learning/labels';
import { exportCalibrator } from '../../src/learning/meta-calibration';
import { LOGISTIC_STACKER, mlpStacker } from '../../src/learning/meta-recipes';
import type { MetaRecipe } from '../../src/learning/meta-recipes';
import { directionalAuc, logLoss } from '../../src/learning/metrics';
import { openSession } from '../../src/learning/onnx-session';
import { createRandom } from '../../src/learning/random';
import { exportStacker, fitStacker, outOfFoldVotes, predictStacker, stackRows } from '../../src/learning/stacker';
import type { OutOfFoldVotes, Stacker, StackRows } from '../../src/learning/stacker';
import { occludedRows, regimesOf, stackerRow } from '../../src/learning/stacker-inputs';
import { minuteRows } from './evaluation/small-recipes';
import { IN_THREAD } from './networks/in-thread';
import { regimesFrom, stackingData, VOTERS } from './stacking-rows';

const MLP_STACKER = mlpStacker(IN_THREAD);
const ROWS = 1_500;
const data = stackingData(ROWS);
const rows = minuteRows(data);
let votes: readonly OutOfFoldVotes[];
let stacked: StackRows;

beforeAll(async () => {
  votes = await outOfFoldVotes(VOTERS, rows, 1);
  stacked = stackRows(votes, rows, regimesFrom(ROWS, 140));
});

const fits = new Map<string, Promise<Stacker>>();
/** Fitted once for all tests that only look at it. */
function fitted(recipe: MetaRecipe, method: 'sigmoid' | 'isotonic'): Promise<Stacker> {
  const key = `${recipe.name} ${method}`;
  const known = fits.get(key) ?? fitStacker(recipe, stacked, 1, method);
  fits.set(key, known);
  return known;
}

async function onnxAnswers(bytes: Uint8Array, x: Float32Array, columns: number): Promise<Float32Array> {
  const session = await openSession(bytes);
  const outputs = await session.run({ features: new Tensor('float32', x, [x.length / columns, columns]) });
  await session.release();
  return outputs.probabilities.data as Float32Array;
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

describe('votes out of fold', () => {
  it('are of models that had seen neither the row nor a label that touches it', async () => {
    const seen: number[] = [];
    let touched = 0;
    const marked = { ...data, x: Float32Array.from(data.x, (value, i) => (i % 6 === 5 ? Math.floor(i / 6) : value)) };
    const spy: ClassifierRecipe = {
      name: 'spy',
      fit: (train) => {
        const known = new Set(Array.from({ length: train.rows }, (_item, r) => train.x[r * train.columns + 5]));
        return {
          predict: (x) => {
            for (let at = 5; at < x.length; at += train.columns) {
              seen.push(x[at]);
              for (let k = -HORIZON_BARS; k <= HORIZON_BARS; k += 1) if (known.has(x[at] + k)) touched += 1;
            }
            return new Float64Array((x.length / train.columns) * 3).fill(1 / 3);
          },
        };
      },
    };
    const [{ probabilities }] = await outOfFoldVotes([spy], minuteRows(marked), 1);
    expect(touched).toBe(0);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_item, r) => r));
    expect(probabilities).toHaveLength(3 * ROWS);
  });

  it('keep a stacker from believing a voter that remembers', async () => {
    const parrot: ClassifierRecipe = {
      name: 'parrot',
      fit: (train) => {
        const random = createRandom(1);
        const heard = new Map(Array.from(train.y, (y, r) => [train.x[r * train.columns], y] as const));
        return {
          predict: (x) =>
            Float64Array.from({ length: (x.length / train.columns) * 3 }, (_item, i) => {
              const known = heard.get(x[Math.floor(i / 3) * train.columns]) ?? Math.floor(3 * random.next());
              return i % 3 === known ? 0.8 : 0.1;
            }),
        };
      },
    };
    const repeated = await outOfFoldVotes([parrot, VOTERS[0]], rows, 1);
    const stacker = await fitStacker(LOGISTIC_STACKER, stackRows(repeated, rows, regimesFrom(ROWS, 0)), 1, 'isotonic');
    const regime = regimesFrom(1, 0)[0]!;
    const said = (first: number, second: number) =>
      stackerRow(
        [first, second].map((buy) => [0.9 - buy, 0.1, buy] as const),
        regime,
      );
    const score = async (row: Float32Array): Promise<number> => {
      const [sell, , buy] = await predictStacker(stacker, row);
      return buy - sell;
    };
    const byParrot = Math.abs((await score(said(0.8, 0.45))) - (await score(said(0.1, 0.45))));
    const byVoter = Math.abs((await score(said(0.45, 0.8))) - (await score(said(0.45, 0.1))));
    expect(byParrot).toBeLessThan(0.1 * byVoter);
  });
});

describe('a stacker', () => {
  it('reads rows whose regime is known, two columns a voter, and says what cannot be stacked', () => {
    expect(stacked.data).toMatchObject({ rows: ROWS - 140, columns: 9, classes: 3 });
    const expected = stackerRow(
      [[...votes[0].probabilities.subarray(600, 603)], [...votes[1].probabilities.subarray(600, 603)]] as never,
      regimesFrom(ROWS, 0)[200]!,
    );
    expect(stacked.data.x.subarray(60 * 9, 61 * 9)).toEqual(expected);
    expect(stacked.starts[0]).toBe(140 * MINUTE_MS);
    expect(() => stackRows([], rows, regimesFrom(ROWS, 0))).toThrow(/ROWS_INVALID/);
    expect(() => stackRows(votes, rows, regimesFrom(ROWS, ROWS))).toThrow(/ROWS_INVALID/);
  });

  it.each([
    ['logistic', LOGISTIC_STACKER],
    ['MLP', MLP_STACKER],
  ])('beats each of its voters out of fold: %s', async (_name, recipe) => {
    const { outOfFold, role } = await fitted(recipe, 'isotonic');
    const loss = (probabilities: Probabilities) => logLoss(probabilities.subarray(3 * 140), data.y.subarray(140), 3);
    const auc = (probabilities: Probabilities) => directionalAuc(probabilities, data.y, 3) ?? 1;
    for (const { probabilities } of votes) {
      expect(outOfFold.logLoss).toBeLessThan(loss(probabilities) - 0.003);
      expect(outOfFold.auc).toBeGreaterThan(auc(probabilities) + 0.01);
    }
    expect(role.voters).toEqual(['first', 'second']);
    expect(role.baseline).toHaveLength(4);
  });

  it.each([
    ['logistic, sigmoid', LOGISTIC_STACKER, 'sigmoid'],
    ['MLP, isotonic', MLP_STACKER, 'isotonic'],
  ] as const)(
    'answers the same from its file, within 1e-5, the same bytes each time: %s',
    async (_n, recipe, method) => {
      const stacker = await fitted(recipe, method);
      const own = await predictStacker(stacker, stacked.data.x);
      const bytes = exportStacker(stacker, { schema_hash: 'x' });
      expect(furthest(own, await onnxAnswers(bytes, stacked.data.x, 9))).toBeLessThan(1e-5);
      const again = exportStacker(await fitStacker(recipe, stacked, 1, method), { schema_hash: 'x' });
      expect(Buffer.from(again).equals(bytes)).toBe(true);
    },
  );

  it('is calibrated: what it calls likely happens as often', async () => {
    const stacker = await fitted(LOGISTIC_STACKER, 'sigmoid');
    const fresh = stackingData(4_000, 99);
    const votesOnFresh = await Promise.all(
      VOTERS.map(async (voter) => {
        const model = await voter.fit(data, 1);
        return { name: voter.name, probabilities: await model.predict(fresh.x) };
      }),
    );
    const { data: inputs } = stackRows(votesOnFresh, minuteRows(fresh), regimesFrom(4_000, 0));
    const probabilities = await predictStacker(stacker, inputs.x);
    for (const c of [0, 2]) {
      const likely = Array.from({ length: 4_000 }, (_item, r) => r).filter((r) => probabilities[3 * r + c] > 0.55);
      const mean = likely.reduce((sum, r) => sum + probabilities[3 * r + c], 0) / likely.length;
      const share = likely.filter((r) => fresh.y[r] === c).length / likely.length;
      expect(likely.length).toBeGreaterThan(300);
      expect(Math.abs(mean - share)).toBeLessThan(0.06);
    }
  });
});

describe('a calibrator', () => {
  it.each(['sigmoid', 'isotonic'] as const)('answers the same from its file: %s', async (method) => {
    const [{ probabilities }] = votes;
    const calibration = fitCalibration(probabilities, data.y, 3, method);
    const x = Float32Array.from([...probabilities.subarray(0, 900), 0, 0, 1, 1, 0, 0, 0, 1, 0]);
    const own = applyCalibration(calibration, Float64Array.from(x));
    expect(furthest(own, await onnxAnswers(exportCalibrator(calibration, 'c', {}), x, 3))).toBeLessThan(1e-5);
  });

  it('knows classes that never came, and rows that all classes calibrate to 0', async () => {
    const never = { kind: 'constant', probability: 0 } as const;
    const step = { kind: 'isotonic', scores: [0], values: [0] } as const;
    for (const calibration of [
      [never, never, { kind: 'sigmoid', a: -1, b: 0 } as const],
      [never, step, never],
    ]) {
      const own = applyCalibration(calibration, Float64Array.of(0.25, 0.25, 0.5));
      const answer = await onnxAnswers(exportCalibrator(calibration, 'c', {}), Float32Array.of(0.25, 0.25, 0.5), 3);
      expect(furthest(own, answer)).toBeLessThan(1e-7);
    }
  });
});

describe('inputs', () => {
  it('of a bar without one voter have its mean in training there', () => {
    const row = Float32Array.of(1, 2, 3, 4, 9);
    const baseline = [-1, -2, -3, -4];
    expect([...occludedRows(row, 2, baseline)]).toEqual([1, 2, 3, 4, 9, -1, -2, 3, 4, 9, 1, 2, -3, -4, 9]);
  });

  it('have the regime of the stream', () => {
    const random = createRandom(5);
    let close = 1_000;
    let start = Date.parse('2013-10-09T14:00:00Z');
    const bars = Array.from({ length: 400 }, () => {
      close += Math.round((random.next() - 0.5) * 8) / 4;
      start += random.next() < 0.02 ? 30 * MINUTE_MS : MINUTE_MS;
      return { bar: { start, open: close, high: close, low: close, close, volume: 1 }, quote: null };
    });
    const block = markBreaks(columnsOf(bars));
    let state = NO_REGIME;
    const streamed = bars.map(({ bar }, i) => {
      state = advanceRegime(state, { start: bar.start, close: bar.close, continues: block.afterBreak[i] === 0 });
      return state.regime;
    });
    expect(regimesOf(block)).toEqual(streamed);
    expect(streamed.filter((regime) => regime !== null).length).toBeGreaterThan(200);
  });
});
