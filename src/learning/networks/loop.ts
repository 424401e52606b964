/** ONNX's Loop: the same body run a number of times, which the runtime does faster than so many calls. No gradient flows through it. */
import { FREE } from './graph';
import type { Graph, Tensor } from './graph';
import { bodyOf } from './graph-file';

export interface LoopBody {
  /** What the next turn gets, in the order and shapes of the first. */
  readonly carried: readonly Tensor[];
  /** Kept of every turn. */
  readonly kept: readonly Tensor[];
}

/**
 * Runs `turn` `times` (an int64 scalar) times. Answers what the last turn carried, and what was kept stacked along a new first axis.
 * The body may read tensors of `graph`.
 */
export function loop(
  graph: Graph,
  times: Tensor,
  first: readonly Tensor[],
  turn: (body: Graph, iteration: Tensor, carried: readonly Tensor[]) => LoopBody,
): LoopBody {
  const body = graph.body();
  const iteration = body.input(graph.newName('iteration'), [], 'int64');
  const going = body.input(graph.newName('going'), [], 'bool');
  const states = first.map(({ shape, element }) => body.input(graph.newName('state'), shape, element));
  const { carried, kept } = turn(body, iteration, states);
  const { body: value, captured } = bodyOf(body, [iteration, going, ...states], [going, ...carried, ...kept]);
  const outputs = [
    ...first.map(({ shape, element }) => ({ shape, element })),
    ...kept.map(({ shape, element }) => ({ shape: [FREE, ...shape], element })),
  ];
  const always = graph.emit('Equal', [times, times], [{ shape: [], element: 'bool' }], null)[0];
  const attributes = [{ name: 'body', type: 'graph', value }] as const;
  const results = graph.emit('Loop', [times, always, ...first], outputs, null, attributes, captured);
  return { carried: results.slice(0, first.length), kept: results.slice(first.length) };
}
