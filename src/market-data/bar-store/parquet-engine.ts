/**
 * Parquet files as bar tables, through DuckDB in memory. Where files are kept is the object store's business; copies of those that have
 * no file here lie in a folder of this process.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concatTables, emptyTable, PROVIDER_NAMES, selectRows, TABLE_COLUMNS, type BarTable } from './bar-table';
import { readColumns, type NumberColumn } from './parquet-columns';
import { makeScratchFolder } from './scratch-folder';

export interface EngineLimits {
  /** DuckDB's own memory; what does not fit goes to its temporary files. */
  readonly memoryMb: number;
}

const DEFAULT_LIMITS: EngineLimits = { memoryMb: 512 };

const providerList = `[${PROVIDER_NAMES.map((name) => `'${name}'`).join(', ')}]`;

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
  /** The rows of all files, ascending by start. Rejects with DuckDB's error when one cannot be read, or ParquetContentError. */
  readFiles(paths: readonly string[]): Promise<BarTable>;
  /** Runs `work` on a connection of its own. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens an engine. One thread a query: queries beside each other use the other processors. */
export async function openParquetEngine({ memoryMb }: EngineLimits = DEFAULT_LIMITS): Promise<ParquetEngine> {
  const folder = await makeScratchFolder();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    threads: '1',
    // Most files are read once, and their content would stay in memory.
    enable_external_file_cache: 'false',
    temp_directory: join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
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
    readFiles: (paths) => withConnection((connection) => readTable(connection, paths)),
    close: async () => {
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
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

/** Rows of a file need not be in order when another program wrote it. */
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
