/** Reverse mode: the backward pass of a scalar loss, appended to the graph that computes it. */
import { sameShape, ShapeError, textOf } from './graph';
import type { Operation, Tensor } from './graph';
import { add, expand } from './operators';

/**
 * Gradients of the scalar `loss` with respect to `parameters`, in their order and shapes; zeros where the loss does not depend on one.
 * Operations must have been emitted into the loss's graph; gradients are differentiable themselves.
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): readonly Tensor[] {
  if (!sameShape(loss.shape, [])) throw new ShapeError(`A loss is a scalar, not ${textOf(loss.shape)}.`);
  const operations = dependents(loss.graph.operations, parameters);
  const found = new Map<Tensor, Tensor>([[loss, loss.graph.constant(1)]]);
  for (const operation of operations.reverse()) flowBack(operation, found);
  return parameters.map((parameter) => found.get(parameter) ?? expand(loss.graph.constant(0), parameter.shape));
}

/** The operations whose results depend on the parameters through differentiable steps, in their order. */
function dependents(operations: readonly Operation[], parameters: readonly Tensor[]): Operation[] {
  const moving = new Set(parameters);
  return operations.filter(({ inputs, outputs, pullback }) => {
    if (pullback === null || !inputs.some((input) => moving.has(input))) return false;
    for (const output of outputs) moving.add(output);
    return true;
  });
}

function flowBack({ inputs, outputs, pullback }: Operation, found: Map<Tensor, Tensor>): void {
  const given = outputs.map((output) => found.get(output) ?? null);
  if (pullback === null || given.every((gradient) => gradient === null)) return;
  pullback(given).forEach((gradient, i) => {
    if (gradient === null) return;
    const before = found.get(inputs[i]);
    found.set(inputs[i], before === undefined ? gradient : add(before, gradient));
  });
}
