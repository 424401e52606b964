/** A computation graph as an ONNX model: only what the outputs need, under the names that callers give. */
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from '../onnx/onnx-model';
import { FREE } from './graph';
import type { Graph, Operation, Tensor } from './graph';

export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Inputs keep their names; outputs get theirs by an Identity. A FREE dimension is called `rows`. */
export function modelOf(
  name: string,
  graph: Graph,
  inputs: readonly Tensor[],
  outputs: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): OnnxModel {
  const { nodes, read } = nodesFor(
    graph,
    outputs.map(({ tensor }) => tensor),
  );
  const renamed: readonly OnnxNode[] = outputs.map((output) => ({
    op: 'Identity',
    inputs: [output.tensor.name],
    outputs: [output.name],
  }));
  return {
    name,
    inputs: inputs.map((tensor) => valueOf(tensor, tensor.name)),
    outputs: outputs.map((output) => valueOf(output.tensor, output.name)),
    nodes: [...nodes, ...renamed],
    initializers: graph.initializers(read),
    metadata,
  };
}

/** The body of a loop and the tensors of enclosing graphs that it reads. */
export function bodyOf(
  graph: Graph,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): { readonly body: OnnxGraph; readonly captured: readonly Tensor[] } {
  const { nodes, read } = nodesFor(graph, outputs);
  // A value may pass a body unchanged, or come from outside; an output has to be made inside and once.
  const named = outputs.map((tensor) => ({ name: graph.newName('out'), tensor }));
  const passed = named.map(({ name, tensor }) => ({ op: 'Identity', inputs: [tensor.name], outputs: [name] }));
  return {
    body: {
      name: 'body',
      inputs: inputs.map((tensor) => valueOf(tensor, tensor.name)),
      outputs: named.map(({ name, tensor }) => valueOf(tensor, name)),
      nodes: [...nodes, ...passed],
      initializers: [],
    },
    captured: [...read].filter((tensor) => tensor.graph !== graph),
  };
}

interface NeededNodes {
  readonly nodes: readonly OnnxNode[];
  /** Every tensor that the nodes or the outputs read. */
  readonly read: ReadonlySet<Tensor>;
}

function nodesFor(graph: Graph, outputs: readonly Tensor[]): NeededNodes {
  const read = new Set<Tensor>(outputs);
  const needed = graph.operations.toReversed().filter((operation) => {
    if (!operation.outputs.some((output) => read.has(output))) return false;
    for (const input of [...operation.inputs, ...operation.captured]) read.add(input);
    return true;
  });
  return { nodes: needed.reverse().map(nodeOf), read };
}

const nodeOf = ({ op, inputs, outputs, attributes }: Operation): OnnxNode => ({
  op,
  inputs: inputs.map(({ name }) => name),
  outputs: outputs.map(({ name }) => name),
  attributes,
});

const valueOf = ({ shape, element }: Tensor, name: string): OnnxValue => ({
  name,
  dims: shape.map((dim) => (dim === FREE ? 'rows' : dim)),
  element,
});
