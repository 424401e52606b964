/**
 * ONNX files whose probabilities leave through a ZipMap (CatBoost always, skl2onnx unless told otherwise): a list of maps, which the
 * Node runtime cannot read. Each ZipMap becomes an Identity, so that the same output is the plain tensor behind it.
 * Everything else stays byte for byte; field numbers are those of onnx.proto3.
 */
import { Reader } from 'protobufjs';
import { ProtobufWriter } from './protobuf-writer';

const MODEL = { opsetImport: 8, graph: 7 } as const;
const GRAPH = { node: 1, output: 12 } as const;
const NODE = { input: 1, output: 2, opType: 4 } as const;
const VALUE = { name: 1, type: 2 } as const;
const OPSET = { domain: 1, version: 2 } as const;
const TYPE_TENSOR = 1;
const TENSOR_ELEMENT = 1;
const FLOAT = 1;
const LENGTH_DELIMITED = 2;
/** Identity is in every version since the first; this one is known to every runtime that reads ZipMap. */
const STANDARD_OPSET = 13;

/** A graph of a hundred deep trees has some hundred; a file of zeros, or made to be read for ever, as many as it has bytes. */
const MOST_FIELDS = 1_000_000;

interface Field {
  readonly number: number;
  /** Content of a length-delimited field, null for others. */
  readonly content: Uint8Array | null;
  /** The whole field with its tag. */
  readonly raw: Uint8Array;
}

/** The file with plain tensors for ZipMap outputs; the same bytes when it has none. Throws RangeError on what is not protobuf. */
export function withoutZipMaps(file: Uint8Array): Uint8Array {
  const fields = fieldsOf(file);
  const graphs = fields.filter(({ number }) => number === MODEL.graph);
  if (!graphs.some(({ content }) => content !== null && zipMapOutputs(content).size > 0)) return file;
  const parts = fields.map((field) =>
    field.number === MODEL.graph && field.content !== null
      ? delimited(MODEL.graph, plainGraph(field.content))
      : field.raw,
  );
  return Buffer.concat(importsStandard(fields) ? parts : [...parts, standardImport()]);
}

function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const reader = Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const tag = reader.uint32();
    const wire = tag & 7;
    if (tag >>> 3 === 0) throw new RangeError(`field number 0 at offset ${from}`);
    if (fields.length === MOST_FIELDS) throw new RangeError(`more than ${MOST_FIELDS} fields in a message`);
    const content = wire === LENGTH_DELIMITED ? reader.bytes() : null;
    if (content === null) reader.skipType(wire);
    fields.push({ number: tag >>> 3, content, raw: bytes.subarray(from, reader.pos) });
  }
  return fields;
}

const texts = (message: Uint8Array, number: number): readonly string[] =>
  fieldsOf(message).flatMap((field) =>
    field.number === number && field.content !== null ? [Buffer.from(field.content).toString('utf8')] : [],
  );

const isZipMap = (node: Uint8Array): boolean => texts(node, NODE.opType)[0] === 'ZipMap';

/** Names of the values that ZipMaps of this graph make. */
const zipMapOutputs = (graph: Uint8Array): ReadonlySet<string> =>
  new Set(
    fieldsOf(graph).flatMap(({ number, content }) =>
      number === GRAPH.node && content !== null && isZipMap(content) ? texts(content, NODE.output) : [],
    ),
  );

function plainGraph(graph: Uint8Array): Uint8Array {
  const zipped = zipMapOutputs(graph);
  const parts = fieldsOf(graph).map(({ number, content, raw }) => {
    if (content === null) return raw;
    if (number === GRAPH.node && isZipMap(content)) return delimited(GRAPH.node, identity(content));
    if (number !== GRAPH.output) return raw;
    const [name] = texts(content, VALUE.name);
    return zipped.has(name) ? delimited(GRAPH.output, floatValue(name)) : raw;
  });
  return Buffer.concat(parts);
}

const identity = (zipMap: Uint8Array): Uint8Array =>
  new ProtobufWriter()
    .text(NODE.input, texts(zipMap, NODE.input)[0])
    .text(NODE.output, texts(zipMap, NODE.output)[0])
    .text(NODE.opType, 'Identity')
    .finish();

/** ValueInfoProto of a float tensor of any shape. */
const floatValue = (name: string): Uint8Array =>
  new ProtobufWriter()
    .text(VALUE.name, name)
    .message(VALUE.type, (type) => type.message(TYPE_TENSOR, (tensor) => tensor.integer(TENSOR_ELEMENT, FLOAT)))
    .finish();

const importsStandard = (fields: readonly Field[]): boolean =>
  fields.some(
    ({ number, content }) =>
      number === MODEL.opsetImport && content !== null && (texts(content, OPSET.domain)[0] ?? '') === '',
  );

const standardImport = (): Uint8Array =>
  new ProtobufWriter()
    .message(MODEL.opsetImport, (opset) => opset.text(OPSET.domain, '').integer(OPSET.version, STANDARD_OPSET))
    .finish();

const delimited = (number: number, content: Uint8Array): Uint8Array =>
  new ProtobufWriter().blob(number, content).finish();
