/**
 * The broker's clock (DESIGN.md, Clocks): answers to reqCurrentTime, in whole seconds. Live, the time between two answers is counted
 * by the machine's monotonic clock; a clock that runs otherwise (the paper gateway's virtual one) is only ever what it last answered.
 */

const SECOND_MS = 1_000;
/** A clock further than this from the system's is no live clock. */
const LIVE_TOLERANCE_MS = 120_000;
/** Answers are cut to the second; the best of the recent ones says where in the second we are. */
const REMEMBERED_ANSWERS = 20;

export interface ClockReadings {
  /** Monotonic ms. */
  readonly monotonic: () => number;
  /** System time, UTC ms: judges only whether the broker's clock is live, never a trading rule. */
  readonly system: () => number;
}

export class MarketClock {
  private lastAnswer: number | null = null;
  private virtual = false;
  private offsets: number[] = [];

  constructor(private readonly readings: ClockReadings) {}

  /** A new connection: nothing is known before its first answer. */
  reset(): void {
    this.lastAnswer = null;
    this.offsets = [];
  }

  /** An answer to reqCurrentTime, epoch seconds. */
  answered(epochSeconds: number): void {
    this.lastAnswer = epochSeconds * SECOND_MS;
    this.virtual = Math.abs(this.lastAnswer - this.readings.system()) > LIVE_TOLERANCE_MS;
    this.offsets.push(this.lastAnswer - this.readings.monotonic());
    if (this.offsets.length > REMEMBERED_ANSWERS) this.offsets.shift();
  }

  /** True when the time between answers cannot be known: ask before a decision that depends on it. */
  get isVirtual(): boolean {
    return this.virtual;
  }

  /** System time minus the broker's live clock, ms; null before an answer or for a virtual clock. */
  systemAheadMs(): number | null {
    const now = this.now();
    return now === null || this.virtual ? null : this.readings.system() - now;
  }

  /** Market time, UTC ms; null before the first answer of this connection. */
  now(): number | null {
    if (this.lastAnswer === null || this.virtual) return this.lastAnswer;
    return Math.floor(Math.max(...this.offsets) + this.readings.monotonic());
  }
}
