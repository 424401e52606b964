/**
 * Bar tables to Parquet files and back, through DuckDB in memory. Files are written and read in a folder of this process; where they are
 * kept is the object store's business.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concatTables, emptyTable, PROVIDER_NAMES, selectRows, TABLE_COLUMNS, type BarTable } from './bar-table';
import { appendColumns, readColumns, type NumberColumn } from './parquet-columns';
import { makeScratchFolder } from './scratch-folder';

export interface EngineLimits {
  /** DuckDB's own memory; what does not fit goes to its temporary files. */
  readonly memoryMb: number;
}

const DEFAULT_LIMITS: EngineLimits = { memoryMb: 512 };

/** The columns of a stored file, for people and their programs. */
export const FILE_COLUMNS = [
  'timestamp',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'adjustment_factor',
  'provider',
  'fetched_at',
] as const;

const providerList = `[${PROVIDER_NAMES.map((name) => `'${name}'`).join(', ')}]`;

const TO_FILE = `SELECT make_timestamptz(("start" * 1000)::BIGINT) AS timestamp, open, high, low, close, volume,
  CASE WHEN isnan(adjustmentFactor) THEN NULL ELSE adjustmentFactor END AS adjustment_factor,
  ${providerList}[provider::INTEGER + 1] AS provider, make_timestamptz((fetchedAt * 1000)::BIGINT) AS fetched_at`;

const FROM_FILE = `SELECT epoch_ms(timestamp)::DOUBLE, open::DOUBLE, high::DOUBLE, low::DOUBLE, close::DOUBLE, volume::DOUBLE,
  coalesce(adjustment_factor::DOUBLE, 'nan'::DOUBLE), coalesce(list_position(${providerList}, provider)::DOUBLE, 0) - 1,
  epoch_ms(fetched_at)::DOUBLE`;

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** A row of a file names a provider that this version does not know, or two files hold one instant. */
export class ParquetContentError extends Error {
  override readonly name = 'ParquetContentError';
}

export interface ParquetEngine {
  /** A folder of this process for files on their way; the engine removes it when it is closed. */
  readonly folder: string;
  /** Writes rows [cuts[i], cuts[i + 1]) as file i; the paths of the files. The last cut is the table's length. */
  writeFiles(table: BarTable, cuts: readonly number[]): Promise<readonly string[]>;
  /** The rows of all files, ascending by start. Rejects with DuckDB's error when one cannot be read, or ParquetContentError. */
  readFiles(paths: readonly string[]): Promise<BarTable>;
  /** Runs `work` on a connection of its own. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens an engine. One thread a query: with two, DuckDB splits a partition into two files; queries beside each other use the others. */
export async function openParquetEngine({ memoryMb }: EngineLimits = DEFAULT_LIMITS): Promise<ParquetEngine> {
  const folder = await makeScratchFolder();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    threads: '1',
    temp_directory: join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  let outputs = 0;
  const withConnection = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  };
  return {
    folder,
    withConnection,
    writeFiles: (table, cuts) => {
      outputs += 1;
      const output = join(folder, `out-${outputs}`);
      return withConnection((connection) => writePartitions(connection, table, cuts, output));
    },
    readFiles: (paths) => withConnection((connection) => readTable(connection, paths)),
    close: async () => {
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writePartitions(
  connection: DuckDBConnection,
  table: BarTable,
  cuts: readonly number[],
  folder: string,
): Promise<readonly string[]> {
  const part = new Float64Array(table.length);
  for (let file = 0; file + 1 < cuts.length; file += 1) part.fill(file, cuts[file], cuts[file + 1]);
  const names = [...TABLE_COLUMNS, 'part'];
  await connection.run(`CREATE TEMP TABLE bars (${names.map((name) => `"${name}" DOUBLE`).join(', ')})`);
  try {
    await appendColumns(connection, 'bars', [...TABLE_COLUMNS.map((name) => table[name]), part]);
    // Uncompressed would be twice as large and no faster, zstd a third smaller and half as fast.
    await connection.run(
      `COPY (${TO_FILE}, part::INTEGER AS part FROM bars) TO ${quoted(folder)} (FORMAT parquet, PARTITION_BY (part), COMPRESSION snappy)`,
    );
  } finally {
    await connection.run('DROP TABLE bars');
  }
  return Promise.all(
    Array.from({ length: cuts.length - 1 }, async (_file, index) => {
      const partition = join(folder, `part=${index}`);
      const [name, ...more] = await readdir(partition);
      if (more.length > 0) throw new ParquetContentError(`DuckDB wrote ${partition} in ${more.length + 1} files.`);
      return join(partition, name);
    }),
  );
}

async function readTable(connection: DuckDBConnection, paths: readonly string[]): Promise<BarTable> {
  if (paths.length === 0) return emptyTable(0);
  const pieces: BarTable[] = [];
  const files = paths.map(quoted).join(', ');
  await readColumns(connection, `${FROM_FILE} FROM read_parquet([${files}])`, (columns, rows) => {
    pieces.push(pieceOf(columns, rows));
  });
  const table = inOrder(concatTables(pieces));
  checkContent(table);
  return table;
}

/** DuckDB writes a partition in pieces that need not follow one another. */
function inOrder(table: BarTable): BarTable {
  const { start, length } = table;
  let ascending = true;
  for (let i = 1; i < length && ascending; i += 1) ascending = start[i] > start[i - 1];
  if (ascending) return table;
  return selectRows(
    table,
    Uint32Array.from({ length }, (_row, i) => i).sort((a, b) => start[a] - start[b]),
  );
}

function pieceOf(columns: readonly NumberColumn[], rows: number): BarTable {
  const piece = emptyTable(rows);
  TABLE_COLUMNS.forEach((name, index) => piece[name].set(columns[index]));
  return piece;
}

function checkContent({ start, provider, length }: BarTable): void {
  for (let i = 0; i < length; i += 1) {
    if (provider[i] < 0) throw new ParquetContentError('a row names a provider that is not known here');
    if (i > 0 && !(start[i] > start[i - 1])) throw new ParquetContentError('an instant is there twice');
  }
}
