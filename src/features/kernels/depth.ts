/** The columns of the book's depth at the close of each bar. */
import { MINUTE_MS } from '../../domain/exchange-time';
import type { BarSeries } from '../bar-series';
import { bookColumns } from '../book/book-columns';
import { bookSeries } from '../book/book-values';
import type { OutsideReader, OutsideValues } from '../outside/outside-values';
import type { Kernel } from './kernel';

export class DepthKernel implements Kernel {
  /** In the order of the columns; null where nobody has books: no row has a value. */
  private readonly readers: readonly (OutsideReader | null)[];

  constructor(levels: number, values: OutsideValues) {
    this.readers = bookColumns(levels).map(({ name }) => values.reader(bookSeries(levels, name)));
  }

  run({ start }: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    for (let r = 0; r < rows; r += 1) {
      const at = start[from + r] + MINUTE_MS;
      this.readers.forEach((reader, c) => (columns[c][r] = reader === null ? Number.NaN : reader(at)));
    }
  }
}
