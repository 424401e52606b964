/** Gradients written by reverse mode against central differences of the same graph, in double precision. */
import { Tensor as Values } from 'onnxruntime-node';
import { openSession } from '../../../src/learning/onnx-session';
import { gradients } from '../../../src/learning/networks/gradients';
import { Graph, sizeOf } from '../../../src/learning/networks/graph';
import type { Tensor } from '../../../src/learning/networks/graph';
import { modelOf } from '../../../src/learning/networks/graph-file';
import { encodeModel } from '../../../src/learning/onnx/onnx-model';
import { createRandom } from '../../../src/learning/random';
import type { Random } from '../../../src/learning/random';

const STEP = 1e-5;

/** Numbers in [low, high), the same for the same stream. */
export const drawn = (count: number, random: Random, low = -1, high = 1): Float64Array =>
  Float64Array.from({ length: count }, () => low + (high - low) * random.next());

/**
 * The worst difference between the two, relative to the greatest entry of the parameter's gradient (or 1e-3 if that is less), and that
 * entry. `loss` gets one tensor for each shape.
 */
export async function worstGradientError(
  shapes: readonly (readonly number[])[],
  loss: (graph: Graph, parameters: readonly Tensor[]) => Tensor,
  [low, high]: readonly [number, number] = [-1, 1],
): Promise<{ readonly error: number; readonly greatest: number }> {
  const graph = new Graph('double');
  const parameters = shapes.map((shape, i) => graph.input(`p${i}`, shape));
  const value = loss(graph, parameters);
  const outputs = [
    { name: 'loss', tensor: value },
    ...gradients(value, parameters).map((tensor, i) => ({ name: `g${i}`, tensor })),
  ];
  const session = await openSession(encodeModel(modelOf('gradients', graph, parameters, outputs)));
  const random = createRandom(5);
  const points = shapes.map((shape) => drawn(sizeOf(shape), random, low, high));
  const used = parameters
    .map(({ name }, i) => [name, i] as const)
    .filter(([name]) => session.inputNames.includes(name));
  const feeds = () => Object.fromEntries(used.map(([name, i]) => [name, new Values('float64', points[i], shapes[i])]));
  const answers = await session.run(feeds());
  const lossAt = async () => ((await session.run(feeds(), ['loss'])).loss.data as Float64Array)[0];
  let error = 0;
  let greatest = 0;
  for (const [i, point] of points.entries()) {
    const gradient = answers[`g${i}`].data as Float64Array;
    const scale = Math.max(
      1e-3,
      gradient.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0),
    );
    greatest = Math.max(greatest, scale);
    for (let k = 0; k < point.length; k += 1) {
      const at = point[k];
      point[k] = at + STEP;
      const above = await lossAt();
      point[k] = at - STEP;
      const below = await lossAt();
      point[k] = at;
      error = Math.max(error, Math.abs((above - below) / (2 * STEP) - gradient[k]) / scale);
    }
  }
  await session.release();
  return { error, greatest };
}
