/** Who moves the virtual clock: nobody (lock-step, released through the control port), wall time at N times its speed, or as fast as possible. */
import { MINUTE_MS } from '../domain/exchange-time';

export type ClockMode =
  { readonly kind: 'lockstep' } | { readonly kind: 'speed'; readonly factor: number } | { readonly kind: 'max' };

const TICK_MS = 50;

/** `lockstep`, `max`, or a factor of real time such as `1` or `20`; null when the text is none of them. */
export function parseClockMode(text: string): ClockMode | null {
  if (text === 'lockstep' || text === 'max') return { kind: text };
  const factor = Number(text);
  return text.trim() !== '' && Number.isFinite(factor) && factor > 0 && factor <= 10_000
    ? { kind: 'speed', factor }
    : null;
}

export const clockModeText = (mode: ClockMode): string => (mode.kind === 'speed' ? `${mode.factor}x` : mode.kind);

export interface DrivenClock {
  readonly now: () => number;
  readonly advanceTo: (target: number) => void;
  /** With `max` the clock stops here: nothing is recorded after it. */
  readonly endOfData: number;
}

/** Drives a clock until stopped. Wall time counts from the start of the driver, so a stopped gateway's clock stands. */
export class ClockDriver {
  private timer: NodeJS.Timeout | null = null;
  private running = false;

  constructor(
    readonly mode: ClockMode,
    private readonly clock: DrivenClock,
  ) {}

  start(): void {
    this.running = true;
    if (this.mode.kind === 'speed') this.follow(this.mode.factor);
    if (this.mode.kind === 'max') this.race();
  }

  stop(): void {
    this.running = false;
    if (this.timer !== null) clearInterval(this.timer);
  }

  private follow(factor: number): void {
    const startedAt = process.hrtime.bigint();
    const origin = this.clock.now();
    this.timer = setInterval(() => {
      const elapsedMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
      this.clock.advanceTo(Math.floor(origin + elapsedMs * factor));
    }, TICK_MS);
  }

  /** A minute per turn of the event loop, so that requests are answered in between. */
  private race(): void {
    const now = this.clock.now();
    if (!this.running || now >= this.clock.endOfData) return;
    this.clock.advanceTo(Math.min(now + MINUTE_MS, this.clock.endOfData));
    setImmediate(() => this.race());
  }
}
