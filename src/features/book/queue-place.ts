/**
 * Where an order would stand that joined the best price when it became best: the share of the queue that is ahead of it, in 0…1. A book
 * of levels does not say who leaves: size that goes is taken from behind the order first, so the true place is never worse than told.
 * Like a sum since the first bar it depends on when the price became best, but only as long as that price lasts.
 */
import type { BookLevel } from './book-row';

export class QueuePlace {
  private price = Number.NaN;
  private ahead = 0;

  after({ price, size }: BookLevel): number {
    this.ahead = price === this.price ? Math.min(this.ahead, size) : size;
    this.price = price;
    return this.ahead / size;
  }

  /** The book was not seen for a while: nothing is known about the queue. */
  leave(): void {
    this.price = Number.NaN;
  }
}
