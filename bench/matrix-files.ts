/** Feature matrices as Parquet files, a year each: `processed/features/{name}/YYYY.parquet`, a FLOAT column a feature, NaN where there is none. */
import type { FeatureMatrix } from '../src/features/pipeline';
import { readColumns } from '../src/market-data/bar-store/parquet-columns';
import { openParquetEngine, type ParquetEngine } from '../src/market-data/bar-store/parquet-engine';
import { parquetFile, type FileColumn } from '../src/market-data/bar-store/parquet-file';
import type { ObjectStore } from '../src/storage/object-store';

export type StoredMatrix = Pick<FeatureMatrix, 'starts' | 'values'>;

export interface MatrixFiles {
  write(name: string, matrix: FeatureMatrix): Promise<void>;
  read(name: string, columns: readonly string[]): Promise<StoredMatrix>;
  close(): Promise<void>;
}

const prefixOf = (name: string): string => `processed/features/${name}/`;
const quotedNames = (columns: readonly string[]): string => columns.map((name) => `"${name}"`).join(', ');

export async function openMatrixFiles(store: ObjectStore): Promise<MatrixFiles> {
  const engine = await openParquetEngine();
  return {
    write: async (name, matrix) => {
      for (const { year, from, to } of yearsOf(matrix.starts)) {
        await store.create(`${prefixOf(name)}${year}.parquet`, await yearFile(matrix, from, to));
      }
    },
    read: (name, columns) => readMatrix(store, engine, name, columns),
    close: () => engine.close(),
  };
}

function yearsOf(
  starts: Float64Array,
): readonly { readonly year: number; readonly from: number; readonly to: number }[] {
  const years = [];
  for (let from = 0; from < starts.length;) {
    const year = new Date(starts[from]).getUTCFullYear();
    const end = Date.UTC(year + 1, 0);
    let to = from;
    while (to < starts.length && starts[to] < end) to += 1;
    years.push({ year, from, to });
    from = to;
  }
  return years;
}

function yearFile({ columns, starts, values }: FeatureMatrix, from: number, to: number): Promise<Uint8Array> {
  const width = columns.length;
  const features = columns.map((name, column): FileColumn => {
    const one = new Float32Array(to - from);
    for (let row = from; row < to; row += 1) one[row - from] = values[row * width + column];
    return { kind: 'float', name, values: one };
  });
  return parquetFile(to - from, [{ kind: 'time', name: 'timestamp', values: starts.subarray(from, to) }, ...features]);
}

async function readMatrix(
  store: ObjectStore,
  engine: ParquetEngine,
  name: string,
  columns: readonly string[],
): Promise<StoredMatrix> {
  const keys = await store.list(prefixOf(name));
  const files = keys.map((key) => `'${store.localFile?.(key) ?? key}'`).join(', ');
  const width = columns.length;
  return engine.withConnection(async (connection) => {
    let rows = 0;
    await readColumns(connection, `SELECT count(*)::DOUBLE FROM read_parquet([${files}])`, ([count]) => {
      rows = count[0];
    });
    const starts = new Float64Array(rows);
    const values = new Float32Array(rows * width);
    let at = 0;
    const select = `SELECT epoch_ms(timestamp)::DOUBLE, ${quotedNames(columns)} FROM read_parquet([${files}])`;
    await readColumns(connection, select, ([start, ...features], count) => {
      starts.set(start, at);
      features.forEach((feature, column) => {
        for (let row = 0; row < count; row += 1) values[(at + row) * width + column] = feature[row];
      });
      at += count;
    });
    return { starts, values };
  });
}
