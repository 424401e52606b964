/**
 * A Parquet file of one row group, its columns compressed, by hyparquet-writer: a file a day is tens of thousands of small ones, and DuckDB,
 * which reads them all, takes several times as long to write each.
 */
import type { ColumnSource, SchemaElement } from 'hyparquet-writer' with { 'resolution-mode': 'import' };

/** A column of a file, of as many values as the others. */
export type FileColumn =
  /** Whole UTC ms, kept as microseconds with a zone. */
  | { readonly kind: 'time'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'double'; readonly name: string; readonly values: Float64Array }
  /** Positive, on a tick grid: a session has few different ones. */
  | { readonly kind: 'price'; readonly name: string; readonly values: Float64Array }
  /** Few different ones; NaN is written as null. */
  | { readonly kind: 'factor'; readonly name: string; readonly values: Float64Array }
  /** For values that hardly repeat. */
  | { readonly kind: 'float'; readonly name: string; readonly values: Float32Array }
  /** Indices into `names`. */
  | { readonly kind: 'name'; readonly name: string; readonly values: Float64Array; readonly names: readonly string[] };

/** Readers that want a span of time skip a file by the statistics of its times; of nothing else are there any. */
const PLAIN_COLUMN = { statistics: false, offsetIndex: false } as const;

/**
 * The bytes of the file: `rows` rows (at least 1) of `columns`. Rejects with RangeError for a time that is none and for
 * a name column's code without a name.
 */
export async function parquetFile(rows: number, columns: readonly FileColumn[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const schema = [{ name: 'schema', num_children: columns.length }, ...columns.map(elementOf)];
  const buffer = parquetWriteBuffer({
    columnData: columns.map(sourceOf),
    schema,
    rowGroupSize: rows,
    // One page a column: cutting pages costs a look at every value.
    pageSize: 0,
    createdBy: 'omega',
  });
  return new Uint8Array(buffer);
}

function elementOf({ kind, name }: FileColumn): SchemaElement {
  switch (kind) {
    case 'time':
      return {
        name,
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'double':
    case 'price':
      return { name, type: 'DOUBLE', repetition_type: 'REQUIRED' };
    case 'factor':
      return { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' };
    case 'float':
      return { name, type: 'FLOAT', repetition_type: 'REQUIRED' };
    case 'name':
      return { name, type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' };
  }
}

function sourceOf(column: FileColumn): ColumnSource {
  const { name } = column;
  switch (column.kind) {
    case 'time':
      return {
        ...PLAIN_COLUMN,
        name,
        data: microseconds(column.values),
        encoding: 'DELTA_BINARY_PACKED',
        statistics: true,
      };
    case 'double':
      return { ...PLAIN_COLUMN, name, data: column.values };
    case 'price':
      return { ...PLAIN_COLUMN, name, data: column.values, encoding: 'RLE_DICTIONARY' };
    case 'factor':
      return { ...PLAIN_COLUMN, name, data: withNulls(column.values), encoding: 'RLE_DICTIONARY' };
    case 'float':
      return { ...PLAIN_COLUMN, name, data: column.values, encoding: 'PLAIN', codec: 'UNCOMPRESSED' };
    case 'name': {
      const data = Array.from(column.values, (code) => nameOf(column.names, code));
      return { ...PLAIN_COLUMN, name, data, encoding: 'RLE_DICTIONARY' };
    }
  }
}

const withNulls = (values: Float64Array): Float64Array | (number | null)[] =>
  values.some(Number.isNaN) ? Array.from(values, (value) => (Number.isNaN(value) ? null : value)) : values;

const TWO_TO_32 = 2 ** 32;

/** As 64-bit integers, their halves computed as numbers: a BigInt for each value takes ten times as long. */
function microseconds(times: Float64Array): BigInt64Array {
  const halves = new DataView(new ArrayBuffer(8 * times.length));
  times.forEach((ms, row) => {
    const us = ms * 1_000;
    if (!Number.isSafeInteger(us)) throw new RangeError(`${ms} is no whole number of milliseconds`);
    halves.setUint32(8 * row, us % TWO_TO_32, true);
    halves.setInt32(8 * row + 4, Math.floor(us / TWO_TO_32), true);
  });
  return new BigInt64Array(halves.buffer);
}

function nameOf(names: readonly string[], code: number): string {
  const name = names[code] as string | undefined;
  if (name === undefined) throw new RangeError(`${code} is the code of no name`);
  return name;
}
