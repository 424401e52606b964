/**
 * Typed arrays in and out of DuckDB, a vector at a time. The library's own way is one value after the other; a vector holds a typed array,
 * and copying that as a whole is what makes millions of rows a matter of seconds.
 */
import { DOUBLE, DuckDBDataChunk, FLOAT } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';

/** DuckDB's own size of a vector; a chunk can hold no more rows. */
const VECTOR_ROWS = 2048;

export type NumberColumn = Float64Array | Float32Array;

const typeOf = (column: NumberColumn): DuckDBType => (column instanceof Float64Array ? DOUBLE : FLOAT);

type Vector = ReturnType<DuckDBDataChunk['getColumnVector']>;

/** The memory of a vector of doubles or floats. Throws TypeError for vectors of another kind. */
function memoryOf(vector: Vector): NumberColumn {
  const items: unknown = Reflect.get(vector, 'items');
  if (items instanceof Float64Array || items instanceof Float32Array) return items;
  throw new TypeError(`DuckDB gave a ${String(vector.type)} column where numbers were asked for.`);
}

/** Appends rows [0, columns[0].length) to `table`, whose columns are those given, in their order. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly NumberColumn[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  const types = columns.map(typeOf);
  const rows = columns[0].length;
  for (let from = 0; from < rows; from += VECTOR_ROWS) {
    const count = Math.min(VECTOR_ROWS, rows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach((column, index) => {
      const vector = chunk.getColumnVector(index);
      memoryOf(vector).set(column.subarray(from, from + count));
      vector.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.flushSync();
  appender.closeSync();
}

/** Runs a query whose columns are all numbers without null; hands each piece on as typed arrays that are valid until it returns. */
export async function readColumns(
  connection: DuckDBConnection,
  sql: string,
  take: (columns: readonly NumberColumn[], rows: number) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const columns = Array.from({ length: chunk.columnCount }, (_column, index) =>
      memoryOf(chunk.getColumnVector(index)),
    );
    take(columns, chunk.rowCount);
  }
}
