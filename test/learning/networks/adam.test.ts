/** Adam and clipping inside a whole training run in double precision, against the same steps in numpy (golden.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor as Values } from 'onnxruntime-node';
import type { AdamParameters } from '../../../src/learning/networks/adam';
import { reduceSum, square, sub } from '../../../src/learning/networks/operators';
import { trainingModel } from '../../../src/learning/networks/training-graph';
import type { TrainingProblem } from '../../../src/learning/networks/training-graph';
import { encodeModel } from '../../../src/learning/onnx/onnx-model';
import { openSession } from '../../../src/learning/onnx-session';
import { apart } from './in-thread';

const STATES = ['parameters', 'mean', 'variance'] as const;
interface Golden {
  readonly targets: readonly number[];
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly parameters: AdamParameters & { readonly learning_rate: number };
        readonly after: Readonly<Record<(typeof STATES)[number], readonly number[]>>;
      }
    >
  >;
}

const { adam } = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as { readonly adam: Golden };
const SIZE = 3;
const STEPS = adam.targets.length / SIZE;

/** The squared distance from one target a step. */
const problem: TrainingProblem = {
  name: 'distance',
  parameters: [{ name: 'p', shape: [SIZE], bound: 0 }],
  gathered: [{ name: 'target', shape: [SIZE], element: 'real' }],
  whole: [],
  settings: [],
  loss: ({ p }, { rows }) => {
    const loss = reduceSum(square(sub(rows.target, p)));
    return { loss, report: { loss } };
  },
};

it.each(Object.entries(adam.cases))('%s: parameters and moments after six steps', async (_name, golden) => {
  const { learning_rate, ...parameters } = golden.parameters;
  const session = await openSession(encodeModel(trainingModel(problem, 1, parameters, 'double')));
  const vector = (values: Float64Array, dims: readonly number[] = [values.length]): Values =>
    new Values('float64', values, dims);
  const answers = await session.run({
    ...Object.fromEntries(STATES.map((name) => [name, vector(new Float64Array(SIZE))])),
    steps: vector(Float64Array.of(0), []),
    target: vector(Float64Array.from(adam.targets), [STEPS, SIZE]),
    learning_rate: vector(Float64Array.of(learning_rate), []),
    order: new Values(
      'int64',
      BigInt64Array.from({ length: STEPS }, (_item, i) => BigInt(i)),
      [STEPS, 1],
    ),
    mask: vector(new Float64Array(STEPS).fill(1), [STEPS, 1]),
    batches: new Values('int64', BigInt64Array.of(BigInt(STEPS)), []),
  });
  await session.release();
  for (const state of STATES) {
    const found = answers[`next_${state}`].data as Float64Array;
    expect([state, apart(found, golden.after[state]) <= 1e-12]).toEqual([state, true]);
  }
  expect(answers.next_steps.data).toEqual(Float64Array.of(STEPS));
  expect(answers.loss.dims).toEqual([STEPS]);
});
