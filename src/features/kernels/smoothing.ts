/** Recursive averages, seeded as TA-Lib seeds them: by the plain mean of their first `period` values. */

abstract class SeededAverage {
  private count = 0;
  private sum = 0;
  protected value = Number.NaN;

  constructor(protected readonly period: number) {}

  push(input: number): number {
    if (this.count >= this.period) {
      this.advance(input);
      return this.value;
    }
    this.count += 1;
    this.sum += input;
    if (this.count === this.period) this.value = this.sum / this.period;
    return this.value;
  }

  protected abstract advance(input: number): void;
}

/** Exponential average with weight 2/(period + 1). */
export class Ema extends SeededAverage {
  private readonly weight: number;

  constructor(period: number) {
    super(period);
    this.weight = 2 / (period + 1);
  }

  protected advance(input: number): void {
    this.value += (input - this.value) * this.weight;
  }
}

/** Wilder's average with weight 1/period. */
export class WilderAverage extends SeededAverage {
  protected advance(input: number): void {
    this.value = (this.value * (this.period - 1) + input) / this.period;
  }
}
