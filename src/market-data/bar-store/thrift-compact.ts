/** Thrift's compact protocol, as far as Parquet's headers and footers need it (thrift/doc/specs/thrift-compact-protocol.md). Pure. */

/** An encoded value with the type that its field's header names. */
export interface ThriftValue {
  readonly type: number;
  readonly bytes: readonly number[];
}

/** Field number and value, by ascending number. */
export type ThriftField = readonly [id: number, value: ThriftValue];

const TYPE = { TRUE: 1, I32: 5, I64: 6, BINARY: 8, LIST: 9, STRUCT: 12 } as const;
/** A list this short names its length in its first byte. */
const SHORT_LIST = 15;

/** Seven bits a byte, the lowest first; whole numbers up to 2^53. */
export function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** Signed whole numbers, small ones in few bytes; up to 2^52 either way. */
export const zigzag = (value: number): readonly number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);

export const i32 = (value: number): ThriftValue => ({ type: TYPE.I32, bytes: zigzag(value) });
export const i64 = (value: number): ThriftValue => ({ type: TYPE.I64, bytes: zigzag(value) });
export const yes: ThriftValue = { type: TYPE.TRUE, bytes: [] };

export const binary = (content: Uint8Array): ThriftValue => {
  const bytes = [...varint(content.length)];
  append(bytes, content);
  return { type: TYPE.BINARY, bytes };
};

export const text = (value: string): ThriftValue => binary(Buffer.from(value));

/** Neither spread nor concat: a file a day makes this the busiest loop of all. */
function append(bytes: number[], more: ArrayLike<number>): void {
  for (let i = 0; i < more.length; i += 1) bytes.push(more[i]);
}

/** `values` are of one type, and at least one. */
export function list(values: readonly ThriftValue[]): ThriftValue {
  const { type } = values[0];
  const bytes = values.length < SHORT_LIST ? [(values.length << 4) | type] : [0xf0 | type, ...varint(values.length)];
  for (const value of values) append(bytes, value.bytes);
  return { type: TYPE.LIST, bytes };
}

export function struct(fields: readonly ThriftField[]): ThriftValue {
  const bytes: number[] = [];
  let last = 0;
  for (const [id, value] of fields) {
    bytes.push(((id - last) << 4) | value.type);
    append(bytes, value.bytes);
    last = id;
  }
  bytes.push(0);
  return { type: TYPE.STRUCT, bytes };
}
