/** What a network is to everything else: parameters, and outputs from inputs. Described once; it trains and is exported as described. */
import type { Tensor } from './graph';
import { add, matMul, relu, sigmoid, tanh } from './operators';
import type { NamedTensors, ParameterSpec } from './parameter-vector';

export interface Network {
  readonly parameters: readonly ParameterSpec[];
  /** [rows × columns], or [rows × window × columns] for recurrent networks, → [rows × outputs]. */
  readonly forward: (parameters: NamedTensors, x: Tensor) => Tensor;
  /** The same outputs by operations that have no derivative, in float32: what a file answers by. `forward` where left out. */
  readonly infer?: (parameters: NamedTensors, x: Tensor) => Tensor;
}

/** scikit-learn's names. */
export type Activation = 'identity' | 'logistic' | 'tanh' | 'relu';

export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'identity':
      return x;
    case 'logistic':
      return sigmoid(x);
    case 'tanh':
      return tanh(x);
    case 'relu':
      return relu(x);
  }
}

/** x W + b by the parameters `<name>.weight` and `<name>.bias`. */
export const dense = (parameters: NamedTensors, name: string, x: Tensor): Tensor =>
  add(matMul(x, parameters[`${name}.weight`]), parameters[`${name}.bias`]);

export const denseParameters = (name: string, inputs: number, outputs: number, bound: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [inputs, outputs], bound },
  { name: `${name}.bias`, shape: [outputs], bound },
];

/** Layers of these sizes, the input's first, with `activation` between them and none behind the last; first values as scikit-learn's. */
export function mlpNetwork(sizes: readonly number[], activation: Activation): Network {
  const layers = sizes.slice(1).map((outputs, i) => ({ name: `layer${i}`, inputs: sizes[i], outputs }));
  const factor = activation === 'logistic' ? 2 : 6;
  return {
    parameters: layers.flatMap(({ name, inputs, outputs }) =>
      denseParameters(name, inputs, outputs, Math.sqrt(factor / (inputs + outputs))),
    ),
    forward: (parameters, x) =>
      layers.reduce((signal, { name }, i) => {
        const out = dense(parameters, name, signal);
        return i === layers.length - 1 ? out : activate(out, activation);
      }, x),
  };
}
