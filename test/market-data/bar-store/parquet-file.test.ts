/** The Parquet that is written here, as DuckDB reads it. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetFile, type FileColumn } from '../../../src/market-data/bar-store/parquet-file';

const folder = mkdtempSync(join(tmpdir(), 'omega-parquet-file-'));
let path = '';
let files = 0;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows of a query over the file; `FILE` in it is its name. */
async function rowsOf(rows: number, columns: readonly FileColumn[], query: string): Promise<readonly unknown[][]> {
  // A name for each: DuckDB remembers what it read of a file.
  path = join(folder, `${(files += 1)}.parquet`);
  writeFileSync(path, await parquetFile(rows, columns));
  return (await connection.runAndReadAll(query.replace('FILE', `'${path}'`))).getRows();
}

const readBack = async (column: FileColumn, select: string): Promise<readonly unknown[]> =>
  (await rowsOf(column.values.length, [column], `SELECT ${select} FROM FILE`)).map(([value]) => value);

const RUNS = { numRuns: 30 };
/** Few different ones, as prices on a grid; and any at all. */
const doubles = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 700 }).map((all) => all.map((n) => n / 4)),
  fc.array(fc.double(), { minLength: 1, maxLength: 700 }),
);

test('doubles come back bit for bit, with and without a dictionary', () =>
  fc.assert(
    fc.asyncProperty(doubles, async (given) => {
      const column = { kind: 'double', name: 'value', values: Float64Array.from(given) } as const;
      const back = Float64Array.from((await readBack(column, 'value')) as number[]);
      expect(Buffer.from(back.buffer).equals(Buffer.from(column.values.buffer))).toBe(true);
    }),
    RUNS,
  ));

test.each(['double', 'price'] as const)(
  '%s: more values than one byte counts, one too many and one less, and none twice',
  async (kind) => {
    for (const different of [255, 256, 257, 2_000, 4_000]) {
      const values = Float64Array.from({ length: 4_000 }, (_value, i) => 100 + (i % different) / 100);
      expect(await readBack({ kind, name: 'value', values }, 'value')).toEqual([...values]);
    }
  },
);

test('NaN is null where a column may have none', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.integer()), { minLength: 1, maxLength: 300 }), async (given) => {
      const values = Float64Array.from(given, (value) => value ?? Number.NaN);
      expect(await readBack({ kind: 'factor', name: 'factor', values }, 'factor')).toEqual(given);
    }),
    RUNS,
  ));

/** Whole milliseconds of years around now, in order as minutes with holes, or in none. */
const times = fc.oneof(
  fc
    .array(fc.constantFrom(60_000, 60_000, 60_000, 60_000, 7_000_000, 250_000_000_000), {
      minLength: 1,
      maxLength: 600,
    })
    .map((steps) => {
      let at = Date.parse('2013-10-08T14:00:00Z');
      return steps.map((step) => (at += step));
    }),
  fc.array(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), { minLength: 1, maxLength: 300 }),
);

test('times come back to the millisecond, and readers know the least and the largest', () =>
  fc.assert(
    fc.asyncProperty(times, async (given) => {
      const column = { kind: 'time', name: 'timestamp', values: Float64Array.from(given) } as const;
      expect(await readBack(column, 'epoch_ms(timestamp)::DOUBLE')).toEqual(given);
      const [[type, least, largest]] = (
        await connection.runAndReadAll(
          `SELECT any_value(typeof(timestamp)), (SELECT epoch_ms(stats_min_value::TIMESTAMPTZ)::DOUBLE FROM parquet_metadata('${path}')),
           (SELECT epoch_ms(stats_max_value::TIMESTAMPTZ)::DOUBLE FROM parquet_metadata('${path}')) FROM '${path}'`,
        )
      ).getRows();
      expect(type).toBe('TIMESTAMP WITH TIME ZONE');
      expect([least, largest]).toEqual([Math.min(...given), Math.max(...given)]);
    }),
    RUNS,
  ));

test('names and floats beside each other, and a span of time is found by its statistics', async () => {
  const names = ['ibkr', 'tiingo', 'größer'];
  const rows = 5_000;
  const start = Float64Array.from({ length: rows }, (_row, i) => i * 60_000);
  const columns: readonly FileColumn[] = [
    { kind: 'time', name: 'timestamp', values: start },
    { kind: 'name', name: 'provider', values: start.map((_time, i) => (i * i) % 3), names },
    { kind: 'float', name: 'feature', values: Float32Array.from(start, (_time, i) => (i === 7 ? Number.NaN : i / 3)) },
  ];
  const found = await rowsOf(
    rows,
    columns,
    `SELECT provider, feature FROM FILE WHERE timestamp >= '1970-01-01 00:06:00+00' AND timestamp < '1970-01-01 00:09:00+00'`,
  );
  expect(found).toEqual([
    ['ibkr', 2],
    ['tiingo', Number.NaN],
    ['tiingo', Math.fround(8 / 3)],
  ]);
  expect(
    (await rowsOf(rows, columns, 'SELECT count(*)::INTEGER, count(DISTINCT provider)::INTEGER FROM FILE'))[0],
  ).toEqual([rows, 2]);
});

test('what is no time, and a code without a name, is refused', async () => {
  const one = (change: Partial<FileColumn>): FileColumn =>
    ({ kind: 'time', name: 'x', values: Float64Array.of(Number.NaN), ...change }) as FileColumn;
  await expect(parquetFile(1, [one({})])).rejects.toThrow('NaN is no whole number');
  await expect(parquetFile(1, [one({ kind: 'name', names: ['ibkr'], values: Float64Array.of(1) })])).rejects.toThrow(
    RangeError,
  );
});
