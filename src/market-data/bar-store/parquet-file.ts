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
  /** NaN is written as null. */
  | { readonly kind: 'double-or-null'; readonly name: string; readonly values: Float64Array }
  /** For values that hardly repeat. */
  | { readonly kind: 'float'; readonly name: string; readonly values: Float32Array }
  /** Indices into `names`. */
  | { readonly kind: 'name'; readonly name: string; readonly values: Float64Array; readonly names: readonly string[] };

const MICROSECONDS = 1_000n;
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
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'double':
      return { name, type: 'DOUBLE', repetition_type: 'REQUIRED' };
    case 'double-or-null':
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
    case 'double-or-null':
      return {
        ...PLAIN_COLUMN,
        name,
        data: Array.from(column.values, (value) => (Number.isNaN(value) ? null : value)),
      };
    case 'float':
      return { ...PLAIN_COLUMN, name, data: column.values, encoding: 'PLAIN' };
    case 'name':
      return { ...PLAIN_COLUMN, name, data: Array.from(column.values, (code) => nameOf(column.names, code)) };
  }
}

const microseconds = (times: Float64Array): BigInt64Array =>
  BigInt64Array.from(times, (ms) => {
    if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is no whole number of milliseconds`);
    return BigInt(ms) * MICROSECONDS;
  });

function nameOf(names: readonly string[], code: number): string {
  const name = names[code] as string | undefined;
  if (name === undefined) throw new RangeError(`${code} is the code of no name`);
  return name;
}
