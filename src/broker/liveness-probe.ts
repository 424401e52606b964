/**
 * Finds a gateway that is silent although its socket is open (half-open after a lost network, or frozen): a question every quarter of
 * `livenessMs`, and dead when nothing at all was received for more than half of it after a question.
 */
import { monotonicMs } from './limiter';

const ASK_AFTER = 0.25;
const DEAD_AFTER = 0.55;
const TICKS = 15;
const PATIENCE = 4;

export class LivenessProbe {
  private timer: NodeJS.Timeout | null = null;
  private receivedAt = 0;
  private askedAt = 0;
  /** First question since which nothing was received. */
  private unansweredSince: number | null = null;
  private patience = 1;

  constructor(
    private readonly livenessMs: number,
    private readonly ask: () => void,
    private readonly dead: (silentMs: number) => void,
  ) {}

  start(): void {
    this.stop();
    this.receivedAt = monotonicMs();
    this.askedAt = 0;
    this.patience = 1;
    this.timer = setInterval(() => this.tick(), Math.max(10, this.livenessMs / TICKS));
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.unansweredSince = null;
  }

  /** Anything was received: the gateway lives. */
  received(): void {
    this.receivedAt = monotonicMs();
    this.unansweredSince = null;
  }

  setPatient(patient: boolean): void {
    this.patience = patient ? PATIENCE : 1;
  }

  private isDead(): boolean {
    const limit = this.livenessMs * DEAD_AFTER * this.patience;
    return this.unansweredSince !== null && monotonicMs() - this.unansweredSince >= limit;
  }

  private tick(): void {
    const now = monotonicMs();
    if (this.isDead()) {
      // After a blocked event loop the answer may be waiting in the socket: let it be read first.
      setImmediate(() => {
        if (this.timer !== null && this.isDead()) this.dead(monotonicMs() - this.receivedAt);
      });
      return;
    }
    if (now - this.askedAt < this.livenessMs * ASK_AFTER) return;
    this.askedAt = now;
    this.unansweredSince ??= now;
    this.ask();
  }
}
