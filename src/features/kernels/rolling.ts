/**
 * Accumulators that every kernel is built from: one value in, one value out, O(1) amortised; NaN until the window is full.
 * Invariants:
 *  1. Rolling sums are taken anew each time their ring wraps, so rounding never builds up and streams of different age agree.
 *  2. Squares and products are of deviations from an anchor near the data: prices of 1,690 with a spread of 0.5 keep their digits.
 */

export class RollingMean {
  private readonly ring: Float64Array;
  private next = 0;
  private full = false;
  private sum = 0;

  constructor(period: number) {
    this.ring = new Float64Array(period);
  }

  push(value: number): number {
    const { ring, next } = this;
    this.sum += value - ring[next];
    ring[next] = value;
    if (next + 1 === ring.length) this.wrap();
    else this.next = next + 1;
    return this.full ? this.sum / ring.length : Number.NaN;
  }

  private wrap(): void {
    this.next = 0;
    this.full = true;
    let sum = 0;
    for (const value of this.ring) sum += value;
    this.sum = sum;
  }
}

/** Mean and population variance of the last `period` values; read after `push`, NaN until full. */
export class RollingMoments {
  mean = Number.NaN;
  variance = Number.NaN;
  private readonly ring: Float64Array;
  private next = 0;
  private full = false;
  private anchor = Number.NaN;
  private sum = 0;
  private squares = 0;

  constructor(period: number) {
    this.ring = new Float64Array(period);
  }

  push(value: number): void {
    const { ring, next } = this;
    if (Number.isNaN(this.anchor)) this.anchor = value;
    const deviation = value - this.anchor;
    this.sum += deviation;
    this.squares += deviation * deviation;
    if (this.full) {
      const old = ring[next] - this.anchor;
      this.sum -= old;
      this.squares -= old * old;
    }
    ring[next] = value;
    if (next + 1 === ring.length) this.wrap();
    else this.next = next + 1;
    if (!this.full) return;
    const meanDeviation = this.sum / ring.length;
    this.mean = this.anchor + meanDeviation;
    this.variance = Math.max(0, this.squares / ring.length - meanDeviation * meanDeviation);
  }

  private wrap(): void {
    const { ring } = this;
    this.next = 0;
    this.full = true;
    this.anchor = ring[ring.length >> 1];
    this.sum = 0;
    this.squares = 0;
    for (const value of ring) {
      const deviation = value - this.anchor;
      this.sum += deviation;
      this.squares += deviation * deviation;
    }
  }
}

/** Variance below this share of the squared price is rounding, not movement: a tenth of a tick would be above it. */
const FLAT = 1e-14;

/** Pearson correlation over the last `period` pairs; 0 where one of them did not move (as TA-Lib's CORREL), NaN until full. */
export class RollingCorrelation {
  private readonly xs: Float64Array;
  private readonly ys: Float64Array;
  private next = 0;
  private full = false;
  private anchor = Number.NaN;
  private sumX = 0;
  private sumY = 0;
  private squaresX = 0;
  private squaresY = 0;
  private products = 0;

  constructor(period: number) {
    this.xs = new Float64Array(period);
    this.ys = new Float64Array(period);
  }

  push(x: number, y: number): number {
    const { xs, ys, next } = this;
    if (Number.isNaN(this.anchor)) this.anchor = x;
    if (this.full) this.add(xs[next] - this.anchor, ys[next] - this.anchor, -1);
    xs[next] = x;
    ys[next] = y;
    this.add(x - this.anchor, y - this.anchor, 1);
    if (next + 1 === xs.length) this.wrap();
    else this.next = next + 1;
    return this.full ? this.correlation() : Number.NaN;
  }

  private add(x: number, y: number, sign: 1 | -1): void {
    this.sumX += sign * x;
    this.sumY += sign * y;
    this.squaresX += sign * x * x;
    this.squaresY += sign * y * y;
    this.products += sign * x * y;
  }

  private correlation(): number {
    const n = this.xs.length;
    const spreadX = n * this.squaresX - this.sumX * this.sumX;
    const spreadY = n * this.squaresY - this.sumY * this.sumY;
    const floor = FLAT * this.anchor * this.anchor;
    if (spreadX <= floor || spreadY <= floor) return 0;
    const value = (n * this.products - this.sumX * this.sumY) / Math.sqrt(spreadX * spreadY);
    return Math.min(1, Math.max(-1, value));
  }

  private wrap(): void {
    this.next = 0;
    this.full = true;
    this.anchor = this.xs[this.xs.length >> 1];
    this.sumX = this.sumY = this.squaresX = this.squaresY = this.products = 0;
    for (let i = 0; i < this.xs.length; i += 1) this.add(this.xs[i] - this.anchor, this.ys[i] - this.anchor, 1);
  }
}

/** Extreme of the last `period` values by a monotonic queue: each value enters and leaves once. NaN until full. */
export class RollingExtreme {
  private readonly values: Float64Array;
  private readonly ages: Float64Array;
  private head = 0;
  private size = 0;
  private count = 0;

  /** `sign` 1 gives the maximum, −1 the minimum. */
  constructor(
    private readonly period: number,
    private readonly sign: 1 | -1,
  ) {
    this.values = new Float64Array(period);
    this.ages = new Float64Array(period);
  }

  push(raw: number): number {
    const { values, ages, period } = this;
    const value = raw * this.sign;
    if (this.size > 0 && ages[this.head] <= this.count - period) {
      this.head = this.head + 1 === period ? 0 : this.head + 1;
      this.size -= 1;
    }
    let tail = this.head + this.size - 1;
    if (tail >= period) tail -= period;
    while (this.size > 0 && values[tail] <= value) {
      this.size -= 1;
      tail = tail === 0 ? period - 1 : tail - 1;
    }
    tail = tail + 1 >= period ? tail + 1 - period : tail + 1;
    values[tail] = value;
    ages[tail] = this.count;
    this.size += 1;
    this.count += 1;
    return this.count >= period ? values[this.head] * this.sign : Number.NaN;
  }
}

/** The value `period` pushes ago; NaN until there is one. */
export class Delay {
  private readonly ring: Float64Array;
  private next = 0;

  constructor(period: number) {
    this.ring = new Float64Array(period).fill(Number.NaN);
  }

  push(value: number): number {
    const { ring, next } = this;
    const old = ring[next];
    ring[next] = value;
    this.next = next + 1 === ring.length ? 0 : next + 1;
    return old;
  }
}
