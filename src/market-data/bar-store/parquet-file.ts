/**
 * A Parquet file of one row group, one page a column, uncompressed (parquet-format/README.md and parquet.thrift). A file a day is tens of
 * thousands of small ones: DuckDB takes a millisecond for each, this a tenth of it. DuckDB reads them, as every reader of Parquet does.
 */
import {
  encodedDoubles,
  encodedIntegers,
  encodedNames,
  ENCODING,
  plain,
  presenceBytes,
  type EncodedColumn,
} from './parquet-pages';
import { binary, i32, i64, list, struct, text, yes, type ThriftField, type ThriftValue } from './thrift-compact';

/** A column of a file, of as many values as the others. */
export type FileColumn =
  /** Whole UTC ms, kept as microseconds with a zone. */
  | { readonly kind: 'time'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'double'; readonly name: string; readonly values: Float64Array }
  /** NaN is written as null. */
  | { readonly kind: 'double-or-null'; readonly name: string; readonly values: Float64Array }
  /** Without a dictionary: for values that hardly repeat. */
  | { readonly kind: 'float'; readonly name: string; readonly values: Float32Array }
  /** Indices into `names`. */
  | { readonly kind: 'name'; readonly name: string; readonly values: Float64Array; readonly names: readonly string[] };

const MAGIC = Buffer.from('PAR1');
const TYPE = { INT64: 2, FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6 } as const;
const REPETITION = { REQUIRED: 0, OPTIONAL: 1 } as const;
const CONVERTED = { UTF8: 0, TIMESTAMP_MICROS: 10 } as const;
const PAGE = { DATA: 0, DICTIONARY: 2 } as const;
const UNCOMPRESSED = i32(0);
const EMPTY = struct([]);
/** Fields of the union LogicalType: a string, and microseconds of UTC. */
const STRING_TYPE = struct([[1, EMPTY]]);
const TIMESTAMP_TYPE = struct([[8, struct([[1, yes], [2, struct([[2, EMPTY]])]])]]); // prettier-ignore
const TYPE_ORDER = struct([[1, EMPTY]]);
const CREATED_BY = 'omega';

/**
 * The bytes of the file: `rows` rows (at least 1) of `columns`. Throws RangeError for a time that is none and for
 * a name column's code without a name.
 */
export function parquetFile(rows: number, columns: readonly FileColumn[]): Uint8Array {
  const pieces: Uint8Array[] = [MAGIC];
  let size = MAGIC.length;
  const add = (piece: Uint8Array): void => {
    pieces.push(piece);
    size += piece.length;
  };
  const chunks = columns.map((column) => {
    const begin = size;
    const { pages, dataAt, ...encoded } = chunkOf(column, rows);
    pages.forEach(add);
    return chunkEntry(column, rows, { ...encoded, begin, data: begin + dataAt, bytes: size - begin });
  });
  const footer = Uint8Array.from(footerOf(rows, columns, chunks, size - MAGIC.length).bytes);
  add(footer);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  add(length);
  add(MAGIC);
  return Buffer.concat(pieces, size);
}

function encodedColumn(column: FileColumn): EncodedColumn {
  switch (column.kind) {
    case 'time':
      return encodedIntegers(microseconds(column.values));
    case 'double':
      return encodedDoubles(column.values);
    case 'double-or-null': {
      const encoded = encodedDoubles(column.values.filter((value) => !Number.isNaN(value)));
      return { ...encoded, data: [presenceBytes(column.values), ...encoded.data] };
    }
    case 'float':
      return plain(column.values);
    case 'name':
      return encodedNames(column.values, column.names);
  }
}

/** A column's pages with their headers. */
function chunkOf(column: FileColumn, rows: number) {
  const { dictionary, encoding, data } = encodedColumn(column);
  const first =
    dictionary === null
      ? []
      : [
          pageHeader(PAGE.DICTIONARY, dictionary.bytes.length, [
            7,
            struct([[1, i32(dictionary.count)], [2, i32(ENCODING.PLAIN)]]), // prettier-ignore
          ]),
          dictionary.bytes,
        ];
  const header = struct([
    [1, i32(rows)],
    [2, i32(encoding)],
    [3, i32(ENCODING.RLE)],
    [4, i32(ENCODING.RLE)],
  ]);
  const pages = [...first, pageHeader(PAGE.DATA, sizeOf(data), [5, header]), ...data];
  return { pages, dataAt: sizeOf(first), encoding, hasDictionary: dictionary !== null };
}

const microseconds = (times: Float64Array): Float64Array => times.map((ms) => Math.round(ms * 1000));

const sizeOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

const pageHeader = (type: number, size: number, header: ThriftField): Uint8Array =>
  Uint8Array.from(struct([[1, i32(type)], [2, i32(size)], [3, i32(size)], header]).bytes);

interface ChunkPlace {
  readonly encoding: number;
  readonly hasDictionary: boolean;
  /** Positions in the file of the chunk and of its data page, and the chunk's size. */
  readonly begin: number;
  readonly data: number;
  readonly bytes: number;
}

function chunkEntry(column: FileColumn, rows: number, place: ChunkPlace): ThriftValue {
  const encodings = [...new Set([ENCODING.PLAIN, ENCODING.RLE, place.encoding])];
  const fields: ThriftField[] = [
    [1, i32(physicalType(column))],
    [2, list(encodings.map(i32))],
    [3, list([text(column.name)])],
    [4, UNCOMPRESSED],
    [5, i64(rows)],
    [6, i64(place.bytes)],
    [7, i64(place.bytes)],
    [9, i64(place.data)],
  ];
  if (place.hasDictionary) fields.push([11, i64(place.begin)]);
  if (column.kind === 'time') fields.push([12, timeStatistics(microseconds(column.values))]);
  return struct([
    [2, i64(place.begin)],
    [3, struct(fields)],
  ]);
}

/** Least and largest time: readers that want a span of time skip the file. */
function timeStatistics(times: Float64Array): ThriftValue {
  let [least, largest] = [Infinity, -Infinity];
  for (const time of times) {
    least = Math.min(least, time);
    largest = Math.max(largest, time);
  }
  const bytes = (time: number): ThriftValue => binary(new Uint8Array(BigInt64Array.of(BigInt(time)).buffer));
  return struct([
    [3, i64(0)],
    [5, bytes(largest)],
    [6, bytes(least)],
  ]);
}

function physicalType({ kind }: FileColumn): number {
  switch (kind) {
    case 'time':
      return TYPE.INT64;
    case 'double':
    case 'double-or-null':
      return TYPE.DOUBLE;
    case 'float':
      return TYPE.FLOAT;
    case 'name':
      return TYPE.BYTE_ARRAY;
  }
}

function schemaEntry(column: FileColumn): ThriftValue {
  const fields: ThriftField[] = [
    [1, i32(physicalType(column))],
    [3, i32(column.kind === 'double-or-null' ? REPETITION.OPTIONAL : REPETITION.REQUIRED)],
    [4, text(column.name)],
  ];
  if (column.kind === 'time') fields.push([6, i32(CONVERTED.TIMESTAMP_MICROS)], [10, TIMESTAMP_TYPE]);
  if (column.kind === 'name') fields.push([6, i32(CONVERTED.UTF8)], [10, STRING_TYPE]);
  return struct(fields);
}

function footerOf(
  rows: number,
  columns: readonly FileColumn[],
  chunks: readonly ThriftValue[],
  size: number,
): ThriftValue {
  const root = struct([[4, text('schema')], [5, i32(columns.length)]]); // prettier-ignore
  const group = struct([
    [1, list(chunks)],
    [2, i64(size)],
    [3, i64(rows)],
  ]);
  return struct([
    [1, i32(1)],
    [2, list([root, ...columns.map(schemaEntry)])],
    [3, i64(rows)],
    [4, list([group])],
    [6, text(CREATED_BY)],
    // Without it readers mistrust the statistics.
    [7, list(columns.map(() => TYPE_ORDER))],
  ]);
}
