/** What a book has to be for its features: whole, in order, after the one before. */
import type { Book, BookLevel } from '../../domain/bars';
import { FeatureError } from '../feature-error';

export type BookRow = Book;
export type { BookLevel };

export const MOST_LEVELS = 10;

/** Both sides are there and don't cross. */
export const isTwoSidedBook = ({ bids, asks }: BookRow): boolean =>
  bids.length > 0 && asks.length > 0 && bids[0].price <= asks[0].price;

const descends = (levels: readonly BookLevel[], sign: 1 | -1): boolean =>
  levels.every(
    ({ price, size }, i) =>
      Number.isFinite(price) &&
      Number.isFinite(size) &&
      size > 0 &&
      (i === 0 || sign * (levels[i - 1].price - price) > 0),
  );

/** Throws FeatureError BARS_UNSORTED for a row that is not after `last`, BOOK_INVALID for levels out of order or without size. */
export function checkBookRow({ time, bids, asks }: BookRow, last: number): void {
  const at = Number.isFinite(time) ? new Date(time).toISOString() : String(time);
  if (!(time > last)) throw new FeatureError('BARS_UNSORTED', `the book of ${at} is not after the one before it.`);
  if (!descends(bids, 1) || !descends(asks, -1))
    throw new FeatureError('BOOK_INVALID', `the book of ${at} has levels out of order or without a size.`);
}
