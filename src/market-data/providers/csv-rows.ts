/** Rows of a CSV file, plain or .gz, by the names of its header; any order of columns, any case. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { ProviderError } from '../../http/provider-error';
import { errorCode, errorText } from '../../storage/durable-files';

export type CsvRow = Readonly<Record<string, string>>;

/** `adj close` and `Adj_Close` are one name. */
export const columnName = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '_');

/**
 * The rows of a file, each by its column's name. Null when there is no such file. Throws ProviderError: SCHEMA naming the columns that are
 * missing, NOT_JSON's sibling for files being SCHEMA too.
 */
export async function csvRows(
  provider: string,
  path: string,
  columns: readonly string[],
): Promise<readonly CsvRow[] | null> {
  const text = await textOf(provider, path);
  if (text === null) return null;
  const [header = [], ...lines] = parsed(provider, path, text);
  const names = header.map(columnName);
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new ProviderError(
      'SCHEMA',
      provider,
      `${path} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; its header must hold ${columns.join(',')}.`,
    );
  }
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, (cells[i] ?? '').trim()])));
}

async function textOf(provider: string, path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw unreadable(provider, path, error);
  }
}

function parsed(provider: string, path: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw unreadable(provider, path, error);
  }
}

const unreadable = (provider: string, path: string, error: unknown): ProviderError =>
  new ProviderError('SCHEMA', provider, `${path} cannot be read as CSV (${errorText(error)}); replace it.`);

/** A number, null for an empty cell, NaN for other text: the judge of rows names it. */
export const numberIn = (cell: string | undefined): number | null =>
  cell === undefined || cell === '' ? null : Number(cell);

/** UTC ms of ISO-8601 text with its zone, or of a bare date at midnight UTC; null for anything else. */
export function timeIn(cell: string): number | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(cell)) return timeOf(`${cell}T00:00:00Z`);
  const text = cell.replace(' ', 'T').replace(/ ?UTC$/, 'Z');
  return /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? timeOf(text) : null;
}

function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
