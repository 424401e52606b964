/**
 * An ONNX model as plain data, and its file bytes. Field numbers are those of onnx.proto3; the same model gives the same bytes.
 */
import { ProtobufWriter } from './protobuf-writer';

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array;
}

/** Element types of inputs and outputs. */
export type OnnxElement = keyof typeof ELEMENT_TYPE;

export type OnnxAttribute =
  | { readonly name: string; readonly type: 'float'; readonly value: number }
  | { readonly name: string; readonly type: 'int'; readonly value: number }
  | { readonly name: string; readonly type: 'string'; readonly value: string }
  | { readonly name: string; readonly type: 'floats'; readonly value: ArrayLike<number> }
  | { readonly name: string; readonly type: 'ints'; readonly value: ArrayLike<number> }
  | { readonly name: string; readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly name: string; readonly type: 'graph'; readonly value: OnnxGraph };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly OnnxAttribute[];
  /** '' for the standard operators. */
  readonly domain?: string;
}

/** An input or output, float32 unless it says otherwise; a text dimension is free. */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  readonly element?: OnnxElement;
}

/** A model's graph, or the body of a Loop. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

export interface OnnxModel extends OnnxGraph {
  readonly metadata: Readonly<Record<string, string>>;
}

export const ML_DOMAIN = 'ai.onnx.ml';
const IR_VERSION = 8;
const OPSETS = [
  { domain: '', version: 17 },
  { domain: ML_DOMAIN, version: 3 },
] as const;
const ELEMENT_TYPE = { float: 1, int64: 7, bool: 9, double: 11 } as const;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

/** The bytes of the model's `.onnx` file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, IR_VERSION).text(2, 'omega');
  writer.message(7, (graph) => writeGraph(graph, model));
  for (const { domain, version } of OPSETS) {
    writer.message(8, (opset) => opset.text(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, (entry) => entry.text(1, key).text(2, value));
  }
  return writer.finish();
}

function writeGraph(graph: ProtobufWriter, model: OnnxGraph): void {
  for (const node of model.nodes) graph.message(1, (inner) => writeNode(inner, node));
  graph.text(2, model.name);
  for (const tensor of model.initializers) graph.message(5, (inner) => writeTensor(inner, tensor));
  for (const value of model.inputs) graph.message(11, (inner) => writeValue(inner, value));
  for (const value of model.outputs) graph.message(12, (inner) => writeValue(inner, value));
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.outputs[0]).text(4, node.op);
  for (const attribute of node.attributes ?? []) writer.message(5, (inner) => writeAttribute(inner, attribute));
  if (node.domain !== undefined) writer.text(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, attribute: OnnxAttribute): void {
  writer.text(1, attribute.name);
  switch (attribute.type) {
    case 'float':
      writer.float(2, attribute.value);
      break;
    case 'int':
      writer.integer(3, attribute.value);
      break;
    case 'string':
      writer.text(4, attribute.value);
      break;
    case 'floats':
      writer.packedFloats(7, attribute.value);
      break;
    case 'ints':
      writer.packedIntegers(8, attribute.value);
      break;
    case 'strings':
      for (const value of attribute.value) writer.text(9, value);
      break;
    case 'graph':
      writer.message(6, (graph) => writeGraph(graph, attribute.value));
      break;
  }
  writer.integer(20, ATTRIBUTE_TYPE[attribute.type]);
}

function writeTensor(writer: ProtobufWriter, { name, dims, data }: OnnxTensor): void {
  writer.packedIntegers(1, dims);
  writer.integer(2, ELEMENT_TYPE[elementOf(data)]);
  writer.text(8, name);
  writer.blob(9, littleEndian(data));
}

function elementOf(data: OnnxTensor['data']): OnnxElement {
  if (data instanceof Float32Array) return 'float';
  return data instanceof Float64Array ? 'double' : 'int64';
}

/** raw_data is little-endian by the standard, whatever the machine. */
function littleEndian(data: OnnxTensor['data']): Uint8Array {
  const bytes = new Uint8Array(data.byteLength);
  const view = new DataView(bytes.buffer);
  if (data instanceof Float32Array) data.forEach((value, i) => view.setFloat32(i * 4, value, true));
  else if (data instanceof Float64Array) data.forEach((value, i) => view.setFloat64(i * 8, value, true));
  else data.forEach((value, i) => view.setBigInt64(i * 8, value, true));
  return bytes;
}

function writeValue(writer: ProtobufWriter, { name, dims, element = 'float' }: OnnxValue): void {
  writer.text(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.integer(1, ELEMENT_TYPE[element]).message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (inner) => (typeof dim === 'number' ? inner.integer(1, dim) : inner.text(2, dim)));
        }
      }),
    ),
  );
}
