/**
 * A computation as a list of ONNX operations on tensors of known shape, each with its derivative beside it (operators.ts), so that
 * gradients.ts can write the backward pass into the same graph. The same code builds in float32 (to run) and in float64 (to check).
 */
import type { OnnxAttribute, OnnxElement, OnnxTensor } from '../onnx/onnx-model';

/** A dimension known only when the graph runs: the rows of a batch at inference. At most one a tensor can be reshaped with. */
export const FREE = -1;

export type RealElement = 'float' | 'double';

export interface Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: OnnxElement;
}

/** Gradients of the outputs (null: the loss does not depend on that output) → gradients of the inputs (null: not differentiable). */
export type Pullback = (gradients: readonly (Tensor | null)[]) => readonly (Tensor | null)[];

export interface Operation {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: readonly OnnxAttribute[];
  /** null: nothing flows back through it. */
  readonly pullback: Pullback | null;
  /** Tensors of enclosing graphs that its body reads. */
  readonly captured: readonly Tensor[];
}

export interface OutputSpec {
  readonly shape: readonly number[];
  readonly element: OnnxElement;
}

/** Constants up to this many numbers are stored once. */
const SHARED_SIZE = 64;

type Values = Float32Array | Float64Array | BigInt64Array;

/** A tensor that can't be made of these shapes: a defect of the network's description, never of the data. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export class Graph {
  readonly operations: Operation[] = [];
  private readonly constants = new Map<string, { readonly tensor: Tensor; readonly data: Values }>();
  private names = 0;

  /** `parent`: this graph is the body of a loop in it. */
  constructor(
    readonly real: RealElement,
    private readonly parent: Graph | null = null,
  ) {}

  get depth(): number {
    return this.parent === null ? 0 : this.parent.depth + 1;
  }

  private get root(): Graph {
    return this.parent?.root ?? this;
  }

  body(): Graph {
    return new Graph(this.real, this);
  }

  /** A tensor given from outside; FREE dimensions are known when the graph runs. */
  input(name: string, shape: readonly number[], element: OnnxElement = this.real): Tensor {
    return { graph: this, name, shape, element };
  }

  /** Row-major numbers fixed in the file; equal small constants are stored once. Without a shape: a scalar or a vector. */
  constant(value: number | ArrayLike<number>, shape?: readonly number[], element: OnnxElement = this.real): Tensor {
    const values = typeof value === 'number' ? [value] : Array.from(value);
    const dims = shape ?? (typeof value === 'number' ? [] : [values.length]);
    if (sizeOf(dims) !== values.length) throw new ShapeError(`${values.length} numbers don't fill ${textOf(dims)}.`);
    return this.root.stored(values, dims, element);
  }

  private stored(values: readonly number[], shape: readonly number[], element: OnnxElement): Tensor {
    const text = values.length <= SHARED_SIZE ? values.join(',') : `number ${this.constants.size}`;
    const key = `${element} ${shape.join(',')}: ${text}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known.tensor;
    const tensor = { graph: this, name: `constant_${this.constants.size}`, shape, element };
    this.constants.set(key, { tensor, data: arrayOf(values, element) });
    return tensor;
  }

  /** Appends an operation; its outputs get names of their own. */
  emit(
    op: string,
    inputs: readonly Tensor[],
    outputs: readonly OutputSpec[],
    pullback: Pullback | null,
    attributes: readonly OnnxAttribute[] = [],
    captured: readonly Tensor[] = [],
  ): readonly Tensor[] {
    const tensors = outputs.map(({ shape, element }) => ({ graph: this, name: this.newName(op), shape, element }));
    this.operations.push({ op, inputs, outputs: tensors, attributes, pullback, captured });
    return tensors;
  }

  newName(stem: string): string {
    const { root } = this;
    root.names += 1;
    return `${stem.toLowerCase()}_${root.names}`;
  }

  /** Those of the constants that are among `used`, in the order they were made. */
  initializers(used: ReadonlySet<Tensor>): readonly OnnxTensor[] {
    return [...this.constants.values()]
      .filter(({ tensor }) => used.has(tensor))
      .map(({ tensor, data }) => ({ name: tensor.name, dims: tensor.shape, data }));
  }
}

function arrayOf(values: readonly number[], element: OnnxElement): Values {
  switch (element) {
    case 'float':
      return Float32Array.from(values);
    case 'double':
      return Float64Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, BigInt);
    case 'bool':
      throw new ShapeError('A bool constant has no file form here: compare numbers instead.');
  }
}

export const textOf = (shape: readonly number[]): string =>
  `[${shape.map((dim) => (dim === FREE ? 'free' : dim)).join(' × ')}]`;

/** Numbers in a tensor of this shape. Throws ShapeError while a dimension is free. */
export function sizeOf(shape: readonly number[]): number {
  if (shape.includes(FREE)) throw new ShapeError(`The size of ${textOf(shape)} is not known before it runs.`);
  return shape.reduce((product, dim) => product * dim, 1);
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The innermost of the tensors' graphs: where an operation on all of them belongs. */
export const innermost = (tensors: readonly Tensor[]): Graph =>
  tensors.reduce((graph, tensor) => (tensor.graph.depth > graph.depth ? tensor.graph : graph), tensors[0].graph);
