/**
 * The columns of the book's depth by bar, for the kernels that ask for them: books come with the bars of a series, in order.
 * A bar without a book, or with one whose levels are in disorder, has no values, and no flow leads over it.
 */
import type { BarWithQuote } from '../../domain/bars';
import { MINUTE_MS } from '../../domain/exchange-time';
import { FeatureError } from '../feature-error';
import type { OutsideReader, OutsideValues } from '../outside/outside-values';
import type { BookRow } from './book-row';
import { BookStream } from './book-stream';

const SERIES = /^book\/(\d+)\/(\w+)$/;

/** Name of a column's series, of a book of so many levels. */
export const bookSeries = (levels: number, column: string): string => `book/${levels}/${column}`;

interface Levels {
  readonly stream: BookStream;
  at: number;
  values: Float32Array;
}

export class BookValues implements OutsideValues {
  /** By the close of their bar, UTC ms. */
  private readonly books = new Map<number, BookRow>();
  private readonly byLevels = new Map<number, Levels>();

  push({ bar, book }: BarWithQuote): void {
    const time = bar.start + MINUTE_MS;
    if (book) this.books.set(time, { ...book, time });
  }

  /** Instants ascend: the value at one before the last asked for is not known any more. */
  reader(series: string): OutsideReader | null {
    const [, count, column] = SERIES.exec(series) ?? [];
    if (column === undefined) return null;
    const levels = this.levelsOf(Number(count));
    const index = levels.stream.columns.indexOf(column);
    return index < 0 ? null : (at) => this.rowAt(levels, at)[index];
  }

  private levelsOf(count: number): Levels {
    const known = this.byLevels.get(count);
    if (known !== undefined) return known;
    const stream = new BookStream(count);
    const levels = { stream, at: Number.NEGATIVE_INFINITY, values: new Float32Array(stream.columns.length) };
    this.byLevels.set(count, levels);
    return levels;
  }

  private rowAt(levels: Levels, at: number): Float32Array {
    if (at > levels.at) {
      levels.at = at;
      levels.values = valuesOf(levels.stream, this.books.get(at) ?? emptyBook(at));
    }
    return levels.values;
  }
}

const emptyBook = (time: number): BookRow => ({ time, bids: [], asks: [] });

function valuesOf(stream: BookStream, book: BookRow): Float32Array {
  try {
    return stream.push(book);
  } catch (error) {
    if (!(error instanceof FeatureError) || error.code !== 'BOOK_INVALID') throw error;
    return stream.push(emptyBook(book.time));
  }
}
