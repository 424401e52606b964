/** Some rows of a CSV file from a byte on, so that a large file is read in pages. A .gz file is unpacked anew for each page. */
import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ProviderError } from '../../http/provider-error';

/** By column, names in lower case; columns that a short row lacks are absent. */
export type CsvRow = Readonly<Partial<Record<string, string>>>;

export interface CsvPart {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Where the next part begins; of a .gz file counted in the unpacked text. */
  readonly nextByte: number;
  /** Bytes of the file; of a .gz file Infinity until its end is reached. */
  readonly size: number;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

/** Up to `most` rows that begin at `byte` (0: after the header). Throws ProviderError NOT_FOUND, SCHEMA. */
export async function readRecords(provider: string, path: string, byte: number, most: number): Promise<CsvPart> {
  try {
    const [header] = await take(path, 0, 1);
    if (header === undefined) return { columns: [], rows: [], nextByte: 0, size: 0 };
    const columns = header.record.map((name) => name.trim().toLowerCase());
    const from = byte === 0 ? header.info.bytes : byte;
    const parsed = await take(path, from, most);
    const nextByte = from + (parsed.at(-1)?.info.bytes ?? 0);
    const ended = parsed.length < most;
    const size = path.endsWith('.gz') ? (ended ? nextByte : Number.MAX_SAFE_INTEGER) : (await stat(path)).size;
    const rows = parsed.map(({ record }) => Object.fromEntries(record.map((value, at) => [columns[at] ?? '', value])));
    return { columns, rows, nextByte: ended ? size : nextByte, size };
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    if (code === 'ENOENT') throw new ProviderError('NOT_FOUND', provider, `${provider}: there is no file ${path}.`);
    // The parser counts from where this part begins.
    const where = byte === 0 ? '' : `, lines counted from byte ${byte} on`;
    const sentence = `${provider}: ${path} cannot be read as CSV (${String(message)}${where}).`;
    throw new ProviderError('SCHEMA', provider, sentence);
  }
}

async function take(path: string, byte: number, most: number): Promise<readonly Parsed[]> {
  const input = path.endsWith('.gz') ? await unpackedFrom(path, byte) : createReadStream(path, { start: byte });
  const parser = parse({
    info: true,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
    to: most,
  });
  input.on('error', (error: Error) => parser.destroy(error));
  const parsed: Parsed[] = [];
  try {
    for await (const row of input.pipe(parser)) parsed.push(row as Parsed);
  } finally {
    input.destroy();
  }
  return parsed;
}

/** The unpacked text of a .gz file behind `byte`. */
async function unpackedFrom(path: string, byte: number): Promise<Readable> {
  const file = createReadStream(path);
  const text = createGunzip();
  file.on('error', (error) => text.destroy(error));
  file.pipe(text);
  let skipped = 0;
  while (skipped < byte) {
    const chunk = text.read(Math.min(byte - skipped, 65_536)) as Buffer | null;
    if (chunk !== null) skipped += chunk.length;
    else if (text.readableEnded) break;
    else await new Promise((done, failed) => text.once('readable', done).once('end', done).once('error', failed));
  }
  return text;
}
