/**
 * The layers of recurrent.ts as ONNX's own LSTM and GRU: one operation a layer in place of some twelve a step, without a derivative and
 * in float32 alone. Weights are turned into ONNX's layout in the graph, where the runtime does it once, as it opens the file.
 */
import type { OnnxAttribute } from '../onnx/onnx-model';
import { FREE } from './graph';
import type { Tensor } from './graph';
import { dense } from './network';
import type { Network } from './network';
import { concat, reshape, split, transpose } from './operators';
import type { NamedTensors } from './parameter-vector';
import type { Cell, RecurrentShape } from './recurrent-shape';

interface Operator {
  readonly name: string;
  /** Gates in ONNX's order, by their place in PyTorch's: i o f c out of i f g o, and z r h out of r z n. */
  readonly gates: readonly number[];
  readonly attributes: readonly OnnxAttribute[];
}

const OPERATORS: Readonly<Record<Cell, Operator>> = {
  lstm: { name: 'LSTM', gates: [0, 3, 1, 2], attributes: [] },
  // The reset gate acts on the projected state with its bias, as in PyTorch.
  gru: { name: 'GRU', gates: [1, 0, 2], attributes: [{ name: 'linear_before_reset', type: 'int', value: 1 }] },
};

/** The network's outputs from [rows × window × columns]. */
export const recurrentOperators =
  ({ cell, hidden_size, num_layers }: RecurrentShape): Network['forward'] =>
  (parameters, x) => {
    let steps = transpose(x, [1, 0, 2]);
    let last = steps;
    for (let layer = 0; layer < num_layers; layer += 1)
      [steps, last] = runLayer(OPERATORS[cell], steps, weightsOf(parameters, layer), hidden_size);
    return dense(parameters, 'head', reshape(last, [FREE, hidden_size]));
  };

/** Of each direction and gate, in that order. */
interface LayerWeights {
  readonly input: Tensor;
  readonly state: Tensor;
  readonly inputBias: Tensor;
  readonly stateBias: Tensor;
}

const weightsOf = (parameters: NamedTensors, layer: number): LayerWeights => ({
  input: parameters[`weight_ih_l${layer}`],
  state: parameters[`weight_hh_l${layer}`],
  inputBias: parameters[`bias_ih_l${layer}`],
  stateBias: parameters[`bias_hh_l${layer}`],
});

/** [window × rows × inputs] → every step's output in that form, and the last one's [1 × rows × hidden]. */
function runLayer(
  { name, gates, attributes }: Operator,
  steps: Tensor,
  { input, state, inputBias, stateBias }: LayerWeights,
  hidden: number,
): readonly [Tensor, Tensor] {
  const ordered = (x: Tensor, axis: number): Tensor => {
    const parts = split(
      x,
      gates.map(() => hidden),
      axis,
    );
    return concat(
      gates.map((gate) => parts[gate]),
      axis,
    );
  };
  const matrix = (x: Tensor): Tensor => {
    const turned = transpose(ordered(x, 1), [1, 0]);
    return reshape(turned, [1, ...turned.shape]);
  };
  const bias = concat([ordered(inputBias, 0), ordered(stateBias, 0)], 0);
  const [window, rows] = steps.shape;
  const [all, last] = steps.graph.emit(
    name,
    [steps, matrix(input), matrix(state), reshape(bias, [1, ...bias.shape])],
    [
      { shape: [window, 1, rows, hidden], element: steps.element },
      { shape: [1, rows, hidden], element: steps.element },
    ],
    null,
    [{ name: 'hidden_size', type: 'int', value: hidden }, ...attributes],
  );
  return [reshape(all, [window, rows, hidden]), last];
}
