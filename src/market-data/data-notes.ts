/** What loading a data folder left out, as sentences for the screen, the log and the report. Pure. */
import { basename } from 'node:path';
import type { RecordedMarket, RejectedRow } from './recorded-market';

/** One sentence a file, with the count of its rows that were refused, and one a file that was not read. */
export function dataNotes({ rejected, skipped }: Pick<RecordedMarket, 'rejected' | 'skipped'>): readonly string[] {
  const byFile = new Map<string, readonly [first: RejectedRow, count: number]>();
  for (const row of rejected) {
    const [first, count] = byFile.get(row.file) ?? [row, 0];
    byFile.set(row.file, [first, count + 1]);
  }
  return [
    ...[...byFile].map(([file, [first, count]]) => {
      const rows = count === 1 ? '1 row is left out' : `${count} rows are left out, the first`;
      return `data: ${basename(file)}: ${rows} at line ${first.line}: ${first.reason}`;
    }),
    ...skipped.map(({ name, reason }) => `data: ${name} is left out: ${reason}`),
  ];
}
