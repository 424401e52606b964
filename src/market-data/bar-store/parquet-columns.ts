/**
 * Typed arrays out of DuckDB, a vector at a time. The library's own way is one value after the other; a vector holds a typed array,
 * and copying that as a whole is what makes millions of rows a matter of seconds.
 */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';

export type NumberColumn = Float64Array | Float32Array;

type Vector = ReturnType<DuckDBDataChunk['getColumnVector']>;

/** The memory of a vector of doubles or floats. Throws TypeError for vectors of another kind. */
function memoryOf(vector: Vector): NumberColumn {
  const items: unknown = Reflect.get(vector, 'items');
  if (items instanceof Float64Array || items instanceof Float32Array) return items;
  throw new TypeError(`DuckDB gave a ${String(vector.type)} column where numbers were asked for.`);
}

/** Runs a query whose columns are all numbers without null; hands each piece on as typed arrays that are valid until it returns. */
export async function readColumns(
  connection: DuckDBConnection,
  sql: string,
  take: (columns: readonly NumberColumn[], rows: number) => void,
): Promise<void> {
  // A stream would come in pieces of a file each, and every piece costs a turn through another thread.
  const result = await connection.run(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const columns = Array.from({ length: chunk.columnCount }, (_column, index) =>
      memoryOf(chunk.getColumnVector(index)),
    );
    take(columns, chunk.rowCount);
  }
}
