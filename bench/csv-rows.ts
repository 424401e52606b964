/** Rows of a CSV file for the classifier benches: float columns, an integer label last. What is wrong with a file is one sentence. */
import { readFileSync } from 'node:fs';
import type { Dataset } from '../src/learning/dataset';

export type CsvRowsErrorCode =
  | 'FILE_UNREADABLE'
  | 'NO_ROWS'
  | 'RAGGED'
  | 'NOT_A_NUMBER'
  | 'NOT_FINITE'
  | 'LABEL_INVALID'
  | 'TOO_FEW_ROWS'
  | 'ONE_CLASS';

export class CsvRowsError extends Error {
  constructor(
    readonly code: CsvRowsErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CsvRowsError';
  }
}

/** Fewer have nothing to fit on, or nothing to measure on. */
const MIN_ROWS = 10;
const MAX_CLASSES = 255;

/** The first line is a header when none of its cells is a number. Labels are numbered in ascending order. Throws CsvRowsError. */
export function readCsv(file: string): Dataset {
  const lines = textOf(file)
    .split('\n')
    .map((line, index) => ({ number: index + 1, cells: line.trim().split(',') }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '');
  const isHeader = lines.length > 0 && lines[0].cells.every((cell) => cell.trim() === '' || numberOf(cell) === null);
  const rows = lines.slice(isHeader ? 1 : 0);
  if (rows.length === 0) throw new CsvRowsError('NO_ROWS', `${file} has no rows: give one row of numbers a line.`);
  const width = rows[0].cells.length;
  if (width < 2)
    throw new CsvRowsError(
      'RAGGED',
      `${file}, line ${rows[0].number} has one cell: columns are parted by commas, the label last.`,
    );
  const table = rows.map(({ number, cells }) => {
    if (cells.length !== width)
      throw new CsvRowsError('RAGGED', `${file}, line ${number} has ${cells.length} cells, the first row ${width}.`);
    return cells.map((cell, column) => checkedNumber(cell, `${file}, line ${number}, column ${column + 1}`));
  });
  if (table.length < MIN_ROWS)
    throw new CsvRowsError(
      'TOO_FEW_ROWS',
      `${file} has ${table.length} rows: ${MIN_ROWS} are needed to fit and measure.`,
    );
  return datasetOf(file, table, width - 1);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CsvRowsError('FILE_UNREADABLE', `${file} cannot be read (${why}).`, { cause: error });
  }
}

/** Infinities included, in any spelling that Python writes; null: no number. */
function numberOf(cell: string): number | null {
  const text = cell.trim();
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function checkedNumber(cell: string, where: string): number {
  const value = numberOf(cell);
  if (value === null) {
    const what = cell.trim() === '' ? 'is empty' : `is ${JSON.stringify(cell.trim().slice(0, 40))}, not a number`;
    throw new CsvRowsError('NOT_A_NUMBER', `${where} ${what}.`);
  }
  // As the fit reads it: what float32 cannot hold is infinite there.
  if (!Number.isFinite(Math.fround(value)))
    throw new CsvRowsError(
      'NOT_FINITE',
      `${where} is ${cell.trim()}, not finite in float32: drop rows without a value.`,
    );
  return value;
}

function datasetOf(file: string, table: readonly (readonly number[])[], columns: number): Dataset {
  const labels = [...new Set(table.map((row) => row[columns]))].sort((a, b) => a - b);
  const fraction = labels.find((label) => !Number.isInteger(label));
  if (fraction !== undefined || labels.length > MAX_CLASSES) {
    const what = fraction === undefined ? `has ${labels.length} values` : `holds ${fraction}`;
    const asked = `the last column has to be an integer label of at most ${MAX_CLASSES} classes`;
    throw new CsvRowsError('LABEL_INVALID', `${file}: ${asked}, and it ${what}.`);
  }
  if (labels.length < 2)
    throw new CsvRowsError('ONE_CLASS', `${file}: every row has the label ${labels[0]}: there is nothing to learn.`);
  const classOf = new Map(labels.map((label, index) => [label, index]));
  return {
    rows: table.length,
    columns,
    x: Float32Array.from(table.flatMap((row) => row.slice(0, columns))),
    y: Uint8Array.from(table, (row) => classOf.get(row[columns]) ?? 0),
    classes: labels.length,
  };
}

/** Throws CsvRowsError ONE_CLASS when the rows to fit on have one label. */
export function checkFitted({ rows, y }: Dataset, file: string): void {
  if (y.every((label) => label === y[0]))
    throw new CsvRowsError(
      'ONE_CLASS',
      `${file}: the first ${rows} rows (80 %), which are fitted, have one label; the others only come later: shuffle the rows.`,
    );
}
