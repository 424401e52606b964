/** Reads one CSV file of recorded minutes: a row is either a minute or a rejected row with its reason (requirement B8). */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { TradedUnit } from '../domain/instruments';
import { RecordedDataError, type RecordedMinute, type RejectedRow } from './recorded-market';
import { minuteOfRow, RECORDED_COLUMNS, type RecordedColumn, type RecordedFields } from './recorded-rows';

export const textOfError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Text of a CSV file, unpacked when its name ends in .gz, with the hash of its stored bytes. */
export async function readCsv(path: string): Promise<{ readonly text: string; readonly sha256: string }> {
  try {
    const bytes = await readFile(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'), sha256 };
  } catch (error) {
    throw new RecordedDataError(
      'FILE_UNREADABLE',
      `The data file ${path} cannot be read (${textOfError(error)}); replace it.`,
    );
  }
}

function rowsOf(path: string, text: string): readonly (readonly string[])[] {
  try {
    // Column counts are judged row by row, so that one short row does not lose the file.
    return parse(text, { relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw new RecordedDataError(
      'FILE_UNREADABLE',
      `The data file ${path} is not CSV (${textOfError(error)}); replace it.`,
    );
  }
}

function columnIndexes(
  path: string,
  header: readonly string[],
  columns: readonly RecordedColumn[],
): ReadonlyMap<RecordedColumn, number> {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new RecordedDataError(
      'COLUMNS_MISSING',
      `The data file ${path} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; its header must hold ${columns.join(',')}.`,
    );
  }
  return new Map(columns.map((column) => [column, header.indexOf(column)]));
}

export interface ParsedMinutes {
  readonly minutes: readonly RecordedMinute[];
  readonly rejected: readonly RejectedRow[];
}

/**
 * Minutes and rejected rows of one file's text; columns that the layout has not are empty in every row.
 * Throws RecordedDataError FILE_UNREADABLE, COLUMNS_MISSING, NO_ROWS.
 */
export function parseMinutes(
  path: string,
  text: string,
  columns: readonly RecordedColumn[],
  unit: TradedUnit,
): ParsedMinutes {
  const [header, ...rows] = rowsOf(path, text);
  if (header === undefined) {
    throw new RecordedDataError('NO_ROWS', `The data file ${path} is empty; replace or remove it.`);
  }
  const indexes = columnIndexes(path, header, columns);
  const minutes: RecordedMinute[] = [];
  const rejected: RejectedRow[] = [];
  let previousStart = -Infinity;
  rows.forEach((row, index) => {
    const reject = (reason: string): number =>
      rejected.push({ file: path, line: index + 2, text: row.join(','), reason });
    if (row.length !== header.length) return void reject(`expected ${header.length} columns, found ${row.length}`);
    const fields = Object.fromEntries(
      RECORDED_COLUMNS.map((column) => [column, row[indexes.get(column) ?? -1] ?? '']),
    ) as RecordedFields;
    const verdict = minuteOfRow(fields, previousStart, unit);
    if (!verdict.ok) return void reject(verdict.reason);
    minutes.push(verdict.minute);
    previousStart = verdict.minute.start;
  });
  if (minutes.length === 0) {
    throw new RecordedDataError('NO_ROWS', `The data file ${path} holds no usable row; replace or remove it.`);
  }
  return { minutes, rejected };
}
