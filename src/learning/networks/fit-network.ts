/**
 * Epochs of minibatches until the loss stops falling: scikit-learn's MLP stopping rules. Same seed, data and machine: same parameters.
 * Invariant: row weights of 0 stand for empty places, so that the last batch of an epoch has its own smaller size.
 */
import { createRandom, shuffle } from '../random';
import type { Random } from '../random';
import { ADAM_DEFAULTS } from './adam';
import type { AdamParameters } from './adam';
import { drawParameters } from './parameter-vector';
import { openTrainingSession } from './training-session';
import type { Batches, Reports, ThreadData, TrainingSession } from './training-session';
import type { TrainingProblem } from './training-graph';

/** scikit-learn's names and meanings. */
export interface FitParameters {
  readonly learning_rate_init: number;
  /** 'auto': the smaller of 200 and the rows. */
  readonly batch_size: number | 'auto';
  /** Epochs at most. */
  readonly max_iter: number;
  readonly shuffle: boolean;
  /** The loss (or score) has to get better by this much, `n_iter_no_change` epochs in a row may fail to, one more ends the fit. */
  readonly tol: number;
  readonly n_iter_no_change: number;
  /** Judge by the score of the last `validation_fraction` of the rows, which are not learned from, and keep the best epoch. */
  readonly early_stopping: boolean;
  /** Of the rows as given: the latest ones, because rows drawn from between learned ones know their labels. */
  readonly validation_fraction: number;
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  /** As torch.optim.Adam's. */
  readonly weight_decay: number;
  /** Gradients are scaled down to this norm; null: never. */
  readonly max_grad_norm: number | null;
  readonly random_state: number;
}

export const FIT_DEFAULTS: FitParameters = {
  ...ADAM_DEFAULTS,
  learning_rate_init: 1e-3,
  batch_size: 'auto',
  max_iter: 200,
  shuffle: true,
  tol: 1e-4,
  n_iter_no_change: 10,
  early_stopping: false,
  validation_fraction: 0.1,
  random_state: 0,
};

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** Of the validation rows; null without early stopping. */
  readonly score: number | null;
}

export interface FitOptions {
  /** One weight of 0 or more a row; 1 each when not given. */
  readonly sample_weight?: ArrayLike<number>;
  readonly onProgress?: (epoch: Epoch) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Node's own options for the training thread. */
  readonly threadArguments?: readonly string[];
}

export interface FittedParameters {
  readonly parameters: Float32Array;
  readonly epochs: readonly Epoch[];
}

/** The loss or the parameters are no numbers any more: the learning rate is too high for these data. */
export class FitDivergedError extends Error {
  readonly code = 'FIT_DIVERGED';

  constructor(epoch: number) {
    super(
      `FIT_DIVERGED: In epoch ${epoch} the loss or a parameter is no longer finite: lower learning_rate_init or set max_grad_norm.`,
    );
    this.name = 'FitDivergedError';
  }
}

/** Batches trained in one call: short enough to stop between two, long enough that calls cost nothing. */
const BATCHES_A_CALL = 128;
const EVALUATED_AT_ONCE = 512;

/** Rows that are learned from; those after them judge when to stop. */
export const learnedRows = (rows: number, { early_stopping, validation_fraction }: FitParameters): number =>
  rows - (early_stopping ? Math.max(1, Math.round(rows * validation_fraction)) : 0);

const adamOf = ({ beta_1, beta_2, epsilon, weight_decay, max_grad_norm }: FitParameters): AdamParameters => ({
  beta_1,
  beta_2,
  epsilon,
  weight_decay,
  max_grad_norm,
});

/** `data` are the problem's, with `rows` rows each. Throws FitDivergedError, TrainingThreadError, or the signal's reason. */
export async function fitNetwork(
  problem: TrainingProblem,
  data: Readonly<Record<string, ThreadData>>,
  rows: number,
  parameters: FitParameters,
  options: FitOptions = {},
): Promise<FittedParameters> {
  options.signal?.throwIfAborted();
  const random = createRandom(parameters.random_state);
  const learned = learnedRows(rows, parameters);
  const batchSize = Math.min(parameters.batch_size === 'auto' ? 200 : parameters.batch_size, learned);
  const session = openTrainingSession({
    problem,
    adam: adamOf(parameters),
    batchSize,
    evaluationSize: Math.max(1, Math.min(EVALUATED_AT_ONCE, rows - learned)),
    data,
    parameters: drawParameters(problem.parameters, random),
    ...(options.threadArguments === undefined ? {} : { threadArguments: options.threadArguments }),
  });
  try {
    return await runEpochs(session, { rows, learned, batchSize }, parameters, random, options);
  } finally {
    await session.close();
  }
}

interface Sizes {
  readonly rows: number;
  readonly learned: number;
  readonly batchSize: number;
}

async function runEpochs(
  session: TrainingSession,
  sizes: Sizes,
  parameters: FitParameters,
  random: Random,
  { onProgress, signal }: FitOptions,
): Promise<FittedParameters> {
  const { max_iter, tol, n_iter_no_change, early_stopping } = parameters;
  const order = Int32Array.from({ length: sizes.learned }, (_item, i) => i);
  const epochs: Epoch[] = [];
  let best = -Infinity;
  let kept: Float32Array | null = null;
  let withoutGain = 0;
  for (let epoch = 1; epoch <= max_iter && withoutGain <= n_iter_no_change; epoch += 1) {
    if (parameters.shuffle) shuffle(order, random);
    const loss = await trainEpoch(session, order, sizes.batchSize, parameters.learning_rate_init, signal);
    if (!Number.isFinite(loss)) throw new FitDivergedError(epoch);
    const score = early_stopping ? await validationScore(session, sizes) : null;
    const reached = score ?? -loss;
    withoutGain = reached < best + tol ? withoutGain + 1 : 0;
    if (reached > best) {
      best = reached;
      if (early_stopping) kept = await session.parameters();
    }
    epochs.push({ epoch, loss, score });
    onProgress?.({ epoch, loss, score });
  }
  const fitted = kept ?? (await session.parameters());
  if (!fitted.every(Number.isFinite)) throw new FitDivergedError(epochs.length);
  return { parameters: fitted, epochs };
}

/** Rows padded to whole batches. */
function padded(rows: Int32Array, size: number): Batches {
  const length = Math.ceil(rows.length / size) * size;
  const all = new Int32Array(length);
  all.set(rows);
  return { rows: all, mask: new Float32Array(length).fill(1, 0, rows.length) };
}

async function trainEpoch(
  session: TrainingSession,
  order: Int32Array,
  batchSize: number,
  learning_rate: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const reports: Reports[] = [];
  for (let from = 0; from < order.length; from += BATCHES_A_CALL * batchSize) {
    signal?.throwIfAborted();
    const part = order.subarray(from, from + BATCHES_A_CALL * batchSize);
    reports.push(await session.train(padded(part, batchSize), { learning_rate }));
  }
  signal?.throwIfAborted();
  return weightedMean(reports, 'loss');
}

async function validationScore(session: TrainingSession, { rows, learned }: Sizes): Promise<number> {
  const size = Math.min(EVALUATED_AT_ONCE, rows - learned);
  const reports: Reports[] = [];
  for (let from = learned; from < rows; from += size) {
    const part = Int32Array.from({ length: Math.min(size, rows - from) }, (_item, i) => from + i);
    reports.push(await session.evaluate(padded(part, size)));
  }
  return weightedMean(reports, 'score');
}

/** Mean over the batches by their weight. */
function weightedMean(reports: readonly Reports[], name: string): number {
  let sum = 0;
  let weights = 0;
  for (const report of reports) {
    report.total_weight.forEach((weight, i) => {
      sum += report[name][i] * weight;
      weights += weight;
    });
  }
  return sum / weights;
}
