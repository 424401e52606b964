/** Adam (Kingma and Ba 2015, algorithm 1; PyTorch's form) on a flat vector, behind clipping by the gradient's norm. */
import type { Tensor } from './graph';
import { add, cast, div, minimum, mul, pow, reduceSum, sqrt, square, sub } from './operators';

export interface AdamParameters {
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  /** Added to the gradient times the parameters, after clipping, as in torch.optim.Adam. */
  readonly weight_decay: number;
  /** The gradient is scaled down to this norm; null: never. */
  readonly max_grad_norm: number | null;
}

export const ADAM_DEFAULTS: AdamParameters = {
  beta_1: 0.9,
  beta_2: 0.999,
  epsilon: 1e-8,
  weight_decay: 0,
  max_grad_norm: null,
};

/** Flat vectors; `steps` is a double scalar: in single precision 1 − beta_2 of the first steps would lose four digits. */
export interface AdamState {
  readonly parameters: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly steps: Tensor;
}

/** As torch.nn.utils.clip_grad_norm_. */
export function clipByNorm(gradient: Tensor, maxNorm: number): Tensor {
  const norm = sqrt(reduceSum(square(gradient)));
  return mul(gradient, minimum(div(maxNorm, add(norm, 1e-6)), 1));
}

export function adamStep(
  state: AdamState,
  gradient: Tensor,
  learningRate: Tensor,
  { beta_1, beta_2, epsilon, weight_decay, max_grad_norm }: AdamParameters,
): AdamState {
  const { parameters } = state;
  const { element } = parameters;
  const clipped = max_grad_norm === null ? gradient : clipByNorm(gradient, max_grad_norm);
  const slope = weight_decay === 0 ? clipped : add(clipped, mul(parameters, weight_decay));
  const steps = add(state.steps, 1);
  const mean = add(mul(state.mean, beta_1), mul(slope, 1 - beta_1));
  const variance = add(mul(state.variance, beta_2), mul(square(slope), 1 - beta_2));
  const corrected = (moment: Tensor, beta: number): Tensor => div(moment, cast(sub(1, pow(beta, steps)), element));
  const size = div(corrected(mean, beta_1), add(sqrt(corrected(variance, beta_2)), epsilon));
  return { parameters: sub(parameters, mul(learningRate, size)), mean, variance, steps };
}
