/**
 * Differentiable operators: each emits one ONNX operation (or a few) and says how a gradient flows back through it. Numbers may stand
 * for scalar tensors; shapes broadcast as in numpy; axes count from 0.
 */
import type { OnnxAttribute } from '../onnx/onnx-model';
import { FREE, innermost, sameShape, ShapeError, sizeOf, textOf } from './graph';
import type { Graph, Pullback, Tensor } from './graph';

export type Operand = Tensor | number;

const int = (name: string, value: number): OnnxAttribute => ({ name, type: 'int', value });
const ints = (name: string, value: readonly number[]): OnnxAttribute => ({ name, type: 'ints', value });
const axesTensor = (graph: Graph, axes: readonly number[]): Tensor => graph.constant(axes, [axes.length], 'int64');

/** One output of the first input's element type. */
function emitOne(
  op: string,
  inputs: readonly Tensor[],
  shape: readonly number[],
  pullback: ((gradient: Tensor, output: Tensor) => readonly (Tensor | null)[]) | null,
  attributes: readonly OnnxAttribute[] = [],
  element = inputs[0].element,
): Tensor {
  const flow: Pullback | null =
    pullback === null
      ? null
      : ([gradient]) => (gradient === null ? inputs.map(() => null) : pullback(gradient, output));
  const [output] = innermost(inputs).emit(op, inputs, [{ shape, element }], flow, attributes);
  return output;
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_item, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(`${textOf(a)} and ${textOf(b)} don't broadcast.`);
    }
    return left === 1 ? right : left;
  });
}

/** The gradient of a tensor that was broadcast: summed over what it was repeated along. */
function sumTo(gradient: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) => (i < extra || (shape[i - extra] === 1 && dim !== 1) ? [i] : []));
  const sum = reduceSum(gradient, axes, true);
  return extra === 0 ? sum : reshape(sum, shape);
}

/** Numbers become constants of the other operand's element type. */
function operands(a: Operand, b: Operand): readonly [Tensor, Tensor] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? a.graph.constant(b, [], a.element) : b];
  if (typeof b !== 'number') return [b.graph.constant(a, [], b.element), b];
  throw new ShapeError('An operator needs a tensor.');
}

type BinaryGradient = (
  gradient: Tensor,
  a: Tensor,
  b: Tensor,
  output: Tensor,
) => readonly [Tensor | null, Tensor | null];

function binary(op: string, left: Operand, right: Operand, gradients: BinaryGradient | null): Tensor {
  const [a, b] = operands(left, right);
  const flow =
    gradients === null
      ? null
      : (gradient: Tensor, output: Tensor) => {
          const [forA, forB] = gradients(gradient, a, b, output);
          return [forA && sumTo(forA, a.shape), forB && sumTo(forB, b.shape)];
        };
  return emitOne(op, [a, b], broadcast(a.shape, b.shape), flow);
}

function compare(op: string, left: Operand, right: Operand): Tensor {
  const [a, b] = operands(left, right);
  return emitOne(op, [a, b], broadcast(a.shape, b.shape), null, [], 'bool');
}

export const add = (a: Operand, b: Operand): Tensor => binary('Add', a, b, (g) => [g, g]);
export const sub = (a: Operand, b: Operand): Tensor => binary('Sub', a, b, (g) => [g, neg(g)]);
export const mul = (a: Operand, b: Operand): Tensor => binary('Mul', a, b, (g, x, y) => [mul(g, y), mul(g, x)]);
export const div = (a: Operand, b: Operand): Tensor =>
  binary('Div', a, b, (g, _x, y, quotient) => [div(g, y), neg(div(mul(g, quotient), y))]);
/** At a tie the gradient goes to `b`. */
export const minimum = (a: Operand, b: Operand): Tensor =>
  binary('Min', a, b, (g, x, y) => [where(less(x, y), g, 0), where(less(x, y), 0, g)]);
/** At a tie the gradient goes to `b`. */
export const maximum = (a: Operand, b: Operand): Tensor =>
  binary('Max', a, b, (g, x, y) => [where(greater(x, y), g, 0), where(greater(x, y), 0, g)]);
/** No gradient outside [low, high]. */
export const clip = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high);
export const greater = (a: Operand, b: Operand): Tensor => compare('Greater', a, b);
export const less = (a: Operand, b: Operand): Tensor => compare('Less', a, b);
export const equal = (a: Operand, b: Operand): Tensor => compare('Equal', a, b);
/** base ^ exponent; no gradient. */
export const pow = (base: Operand, exponent: Operand): Tensor => binary('Pow', base, exponent, null);

/** `a` where `condition` holds, else `b`. */
export function where(condition: Tensor, left: Operand, right: Operand): Tensor {
  const [a, b] = operands(left, right);
  const shape = broadcast(condition.shape, broadcast(a.shape, b.shape));
  const flow = (g: Tensor) => [null, sumTo(where(condition, g, 0), a.shape), sumTo(where(condition, 0, g), b.shape)];
  return emitOne('Where', [condition, a, b], shape, flow, [], a.element);
}

const unary = (op: string, x: Tensor, gradient: (gradient: Tensor, output: Tensor) => Tensor): Tensor =>
  emitOne(op, [x], x.shape, (g, y) => [gradient(g, y)]);

export const neg = (x: Tensor): Tensor => unary('Neg', x, (g) => neg(g));
export const exp = (x: Tensor): Tensor => unary('Exp', x, (g, y) => mul(g, y));
export const log = (x: Tensor): Tensor => unary('Log', x, (g) => div(g, x));
export const sqrt = (x: Tensor): Tensor => unary('Sqrt', x, (g, y) => div(mul(g, 0.5), y));
export const square = (x: Tensor): Tensor => mul(x, x);
export const abs = (x: Tensor): Tensor => unary('Abs', x, (g) => where(greater(x, 0), g, neg(g)));
export const tanh = (x: Tensor): Tensor => unary('Tanh', x, (g, y) => mul(g, sub(1, square(y))));
export const sigmoid = (x: Tensor): Tensor => unary('Sigmoid', x, (g, y) => mul(g, mul(y, sub(1, y))));
export const relu = (x: Tensor): Tensor => unary('Relu', x, (g) => where(greater(x, 0), g, 0));
/** log(1 + exp(x)) without overflow (ONNX Runtime's Softplus has no double kernel). */
export const softplus = (x: Tensor): Tensor => add(maximum(x, 0), log(add(1, exp(neg(abs(x))))));

/** Over the last axis. */
export function softmax(x: Tensor): Tensor {
  const axis = x.shape.length - 1;
  const flow = (g: Tensor, y: Tensor) => [mul(y, sub(g, reduceSum(mul(g, y), [axis], true)))];
  return emitOne('Softmax', [x], x.shape, flow, [int('axis', axis)]);
}

/** Over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const axis = x.shape.length - 1;
  const flow = (g: Tensor, y: Tensor) => [sub(g, mul(exp(y), reduceSum(g, [axis], true)))];
  return emitOne('LogSoftmax', [x], x.shape, flow, [int('axis', axis)]);
}

/** Products of the last two axes; those before broadcast. Both ranks are 2 or more. */
export function matMul(a: Tensor, b: Tensor): Tensor {
  const [rows, inner] = a.shape.slice(-2);
  const [depth, columns] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || inner !== depth) {
    throw new ShapeError(`${textOf(a.shape)} and ${textOf(b.shape)} can't be multiplied.`);
  }
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  const flow = (g: Tensor) => [sumTo(matMul(g, swapLast(b)), a.shape), rightGradient(a, b, g)];
  return emitOne('MatMul', [a, b], shape, flow);
}

/** One matrix that served a whole stack is one product of the stack's rows, not a stack of products to be summed. */
function rightGradient(a: Tensor, b: Tensor, g: Tensor): Tensor {
  if (b.shape.length > 2) return sumTo(matMul(swapLast(a), g), b.shape);
  return matMul(swapLast(asMatrix(a)), asMatrix(g));
}

const asMatrix = (x: Tensor): Tensor =>
  x.shape.length === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.shape.length - 1]]);

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_dim, i) => i);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** Axis i of the result is axis `order[i]` of `x`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const back = order.map((_axis, i) => order.indexOf(i));
  const shape = order.map((axis) => x.shape[axis]);
  return emitOne('Transpose', [x], shape, (g) => [transpose(g, back)], [ints('perm', order)]);
}

/** Same numbers in another shape; a free dimension stays the only free one. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const known = (dims: readonly number[]) => dims.filter((dim) => dim !== FREE);
  const free = (dims: readonly number[]) => dims.length - known(dims).length;
  if (free(shape) !== free(x.shape) || free(shape) > 1 || sizeOf(known(shape)) !== sizeOf(known(x.shape))) {
    throw new ShapeError(`${textOf(x.shape)} can't be reshaped to ${textOf(shape)}.`);
  }
  const target = axesTensor(x.graph, shape);
  return emitOne('Reshape', [x, target], shape, (g) => [reshape(g, x.shape), null]);
}

/** Repeated along axes of length 1, or along new leading axes. */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  sizeOf(shape);
  return emitOne('Expand', [x, axesTensor(x.graph, shape)], shape, (g) => [sumTo(g, x.shape), null]);
}

const withoutAxes = (shape: readonly number[], axes: readonly number[], keep: boolean): readonly number[] =>
  shape.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]));

const allAxes = (x: Tensor): readonly number[] => x.shape.map((_dim, i) => i);

/** Sum over `axes` (all, unless given). */
export function reduceSum(x: Tensor, axes = allAxes(x), keepDimensions = false): Tensor {
  if (axes.length === 0) return x;
  const shape = withoutAxes(x.shape, axes, keepDimensions);
  const flow = (g: Tensor) => [expand(reshape(g, withoutAxes(x.shape, axes, true)), x.shape), null];
  return emitOne('ReduceSum', [x, axesTensor(x.graph, axes)], shape, flow, [int('keepdims', Number(keepDimensions))]);
}

/** Mean over `axes` (all, unless given). */
export const reduceMean = (x: Tensor, axes = allAxes(x), keepDimensions = false): Tensor =>
  mul(reduceSum(x, axes, keepDimensions), 1 / sizeOf(axes.map((axis) => x.shape[axis])));

/** Greatest along `axis`, which stays with length 1; no gradient. */
export const reduceMax = (x: Tensor, axis: number): Tensor =>
  emitOne('ReduceMax', [x], withoutAxes(x.shape, [axis], true), null, [ints('axes', [axis]), int('keepdims', 1)]);

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const sizes = parts.map(({ shape }) => shape[axis]);
  const shape = parts[0].shape.map((dim, i) => (i === axis ? sizes.reduce((sum, size) => sum + size, 0) : dim));
  return emitOne('Concat', parts, shape, (g) => split(g, sizes, axis), [int('axis', axis)]);
}

/** Consecutive parts of these sizes along `axis`. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  if (sizes.length === 1) return [x];
  const specs = sizes.map((size) => ({
    shape: x.shape.map((dim, i) => (i === axis ? size : dim)),
    element: x.element,
  }));
  const flow: Pullback = (gradients) => [
    concat(
      gradients.map((gradient, i) => gradient ?? expand(x.graph.constant(0), specs[i].shape)),
      axis,
    ),
    null,
  ];
  const inputs = [x, axesTensor(x.graph, sizes)];
  return x.graph.emit('Split', inputs, specs, flow, [int('axis', axis)]);
}

/** Elements from … to − 1 along `axis`. */
export function slice(x: Tensor, from: number, to: number, axis: number): Tensor {
  const { graph, shape } = x;
  const bounds = [from, to, axis].map((value) => axesTensor(graph, [value]));
  const sized = (size: number): readonly number[] => shape.map((dim, i) => (i === axis ? size : dim));
  const zeros = (size: number): readonly Tensor[] => (size === 0 ? [] : [expand(graph.constant(0), sized(size))]);
  const flow = (g: Tensor) => [concat([...zeros(from), g, ...zeros(shape[axis] - to)], axis), null, null, null];
  return emitOne('Slice', [x, ...bounds], sized(to - from), flow);
}

/** Rows of `x` by an int64 tensor of row numbers: shape [indexes …, x without its first axis …]; no gradient. */
export const gatherRows = (x: Tensor, indexes: Tensor): Tensor =>
  emitOne('Gather', [x, indexes], [...indexes.shape, ...x.shape.slice(1)], null, [int('axis', 0)]);

const ELEMENT_CODE = { float: 1, int64: 7, bool: 9, double: 11 } as const;

/** Converted to another element type; no gradient. */
export const cast = (x: Tensor, element: Tensor['element']): Tensor =>
  x.element === element ? x : emitOne('Cast', [x], x.shape, null, [int('to', ELEMENT_CODE[element])], element);

/** int64 class numbers [rows] → [rows × classes] of 0 and 1 (ONNX's OneHot has no double kernel). */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const { graph, shape } = labels;
  const range = Array.from({ length: classes }, (_item, c) => c);
  return cast(equal(reshape(labels, [...shape, 1]), graph.constant(range, [classes], 'int64')), graph.real);
}
