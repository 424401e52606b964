/**
 * LSTM and GRU layers as PyTorch's (gate order, both biases, first values), unrolled over the window; a dense layer on the last step's
 * output. Weights are stored transposed: columns × gates.
 */
import { add, matMul, mul, reshape, sigmoid, split, sub, tanh } from './operators';
import type { Graph, Tensor } from './graph';
import { dense, denseParameters } from './network';
import type { Network } from './network';
import type { NamedTensors, ParameterSpec } from './parameter-vector';
import { recurrentOperators } from './recurrent-operators';
import type { RecurrentShape } from './recurrent-shape';

const GATES = { lstm: 4, gru: 3 } as const;

/** Output of each step, [rows × hidden] each, from projected inputs of each step. */
type Layer = (projected: readonly Tensor[], parameters: NamedTensors, layer: number, hidden: number) => Tensor[];

export function recurrentNetwork(shape: RecurrentShape): Network {
  const { cell, hidden_size, num_layers, outputs } = shape;
  const run = cell === 'lstm' ? lstmLayer : gruLayer;
  return {
    parameters: [
      ...Array.from({ length: num_layers }, (_item, layer) => layerParameters(shape, layer)).flat(),
      ...denseParameters('head', hidden_size, outputs, 1 / Math.sqrt(hidden_size)),
    ],
    forward: (parameters, x) => {
      let projected = projectWindow(x, parameters);
      let steps: readonly Tensor[] = [];
      for (let layer = 0; layer < num_layers; layer += 1) {
        if (layer > 0) projected = steps.map((step) => projectStep(step, parameters, layer));
        steps = run(projected, parameters, layer, hidden_size);
      }
      return dense(parameters, 'head', steps[steps.length - 1]);
    },
    infer: recurrentOperators(shape),
  };
}

function layerParameters({ cell, columns, hidden_size }: RecurrentShape, layer: number): readonly ParameterSpec[] {
  const bound = 1 / Math.sqrt(hidden_size);
  const gates = GATES[cell] * hidden_size;
  return [
    { name: `weight_ih_l${layer}`, shape: [layer === 0 ? columns : hidden_size, gates], bound },
    { name: `weight_hh_l${layer}`, shape: [hidden_size, gates], bound },
    { name: `bias_ih_l${layer}`, shape: [gates], bound },
    { name: `bias_hh_l${layer}`, shape: [gates], bound },
  ];
}

const projectStep = (x: Tensor, parameters: NamedTensors, layer: number): Tensor =>
  add(matMul(x, parameters[`weight_ih_l${layer}`]), parameters[`bias_ih_l${layer}`]);

/** All steps of the window in one product. */
function projectWindow(x: Tensor, parameters: NamedTensors): readonly Tensor[] {
  const all = projectStep(x, parameters, 0);
  const [rows, window, gates] = all.shape;
  const ones = Array.from({ length: window }, () => 1);
  return split(all, ones, 1).map((step) => reshape(step, [rows, gates]));
}

/** One row of zeros: it broadcasts to any number of rows. */
const zeroState = (graph: Graph, hidden: number): Tensor => graph.constant(new Float64Array(hidden), [1, hidden]);

const gatesOf = (signal: Tensor, hidden: number): readonly Tensor[] =>
  split(
    signal,
    Array.from({ length: signal.shape[1] / hidden }, () => hidden),
    1,
  );

const fromState = (h: Tensor, parameters: NamedTensors, layer: number): Tensor =>
  add(matMul(h, parameters[`weight_hh_l${layer}`]), parameters[`bias_hh_l${layer}`]);

const lstmLayer: Layer = (projected, parameters, layer, hidden) => {
  let h = zeroState(projected[0].graph, hidden);
  let c = h;
  return projected.map((x) => {
    const [input, forget, cell, output] = gatesOf(add(x, fromState(h, parameters, layer)), hidden);
    c = add(mul(sigmoid(forget), c), mul(sigmoid(input), tanh(cell)));
    h = mul(sigmoid(output), tanh(c));
    return h;
  });
};

const gruLayer: Layer = (projected, parameters, layer, hidden) => {
  let h = zeroState(projected[0].graph, hidden);
  return projected.map((x) => {
    const [resetX, updateX, newX] = gatesOf(x, hidden);
    const [resetH, updateH, newH] = gatesOf(fromState(h, parameters, layer), hidden);
    const update = sigmoid(add(updateX, updateH));
    const candidate = tanh(add(newX, mul(sigmoid(add(resetX, resetH)), newH)));
    h = add(mul(sub(1, update), candidate), mul(update, h));
    return h;
  });
};
