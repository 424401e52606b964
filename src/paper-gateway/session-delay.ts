/** What arrives from a client, handed on later but never out of order, also when the delay shrinks. Wall time. */
export class DelayLine {
  private readonly waiting: { readonly dueAt: number; readonly arrive: () => void }[] = [];
  private timer: NodeJS.Timeout | null = null;

  /** Calls `arrive` after `delayMs`, at once when there is no delay and nothing waits before it. */
  push(arrive: () => void, delayMs: number): void {
    if (delayMs === 0 && this.waiting.length === 0) {
      arrive();
      return;
    }
    this.waiting.push({ dueAt: performance.now() + delayMs, arrive });
    this.arm();
  }

  private arm(): void {
    const next = this.waiting[0];
    if (next === undefined || this.timer !== null) return;
    this.timer = setTimeout(() => this.deliver(), Math.max(0, next.dueAt - performance.now()));
  }

  private deliver(): void {
    this.timer = null;
    const next = this.waiting.shift();
    next?.arrive();
    this.arm();
  }
}
