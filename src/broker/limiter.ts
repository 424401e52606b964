/**
 * The one gate every message to the gateway passes: at most `messagesPerSecond` in any second, written synchronously by us.
 * Invariants:
 *  1. In any window of one second no more than `messagesPerSecond` messages are written.
 *  2. A waiting cancel is written before anything else that waits, and a share of each second is kept free for cancels.
 *  3. The messages of one send (a bracket) are written in one synchronous burst or not at all.
 *  4. A send that has become void while it waited is dropped and reported, never written; none is ever lost without an answer.
 */

export type Lane = 'cancel' | 'order' | 'request';

/** Why a send was dropped, in the sender's own terms. */
export type SendOutcome<Refused> = { readonly written: true } | { readonly written: false; readonly refused: Refused };

export interface Send<Refused> {
  readonly lane: Lane;
  /** Number of messages `write` hands to the socket. */
  readonly messages: number;
  /** Asked immediately before the write; a refusal drops the send. */
  readonly check: () => Refused | null;
  readonly write: () => void;
}

interface Waiting {
  readonly lane: Lane;
  readonly messages: number;
  readonly isVoid: () => boolean;
  readonly attempt: () => void;
}

export interface LimiterClock {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly setTimer: (callback: () => void, ms: number) => NodeJS.Timeout;
  readonly clearTimer: (timer: NodeJS.Timeout) => void;
}

const WINDOW_MS = 1_000;
const LANES: readonly Lane[] = ['cancel', 'order', 'request'];

export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const realClock: LimiterClock = {
  now: monotonicMs,
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer),
};

export class SendLimiter {
  private readonly written: number[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly reservedForCancels: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly messagesPerSecond: number,
    private readonly clock: LimiterClock = realClock,
  ) {
    this.reservedForCancels = Math.min(5, Math.floor(messagesPerSecond / 8));
  }

  /** Writes at once when the second has room and nothing of the same or a higher lane waits; otherwise waits its turn. */
  submit<Refused>(send: Send<Refused>): Promise<SendOutcome<Refused>> {
    if (send.messages > this.messagesPerSecond - this.reservedForCancels) {
      return Promise.reject(new RangeError(`A burst of ${send.messages} messages can never pass the limiter.`));
    }
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        try {
          const refused = send.check();
          if (refused === null) {
            this.note(send.messages);
            send.write();
            resolve({ written: true });
          } else {
            resolve({ written: false, refused });
          }
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.waiting.push({ lane: send.lane, messages: send.messages, isVoid: () => send.check() !== null, attempt });
      this.drain();
    });
  }

  /** Counts messages that were written outside a send (liveness probes), so that the window stays honest. */
  note(messages: number): void {
    const now = this.clock.now();
    for (let i = 0; i < messages; i += 1) this.written.push(now);
  }

  /** Drops and answers what has become void, at once; called when the connection is lost or stops being ready. */
  dropVoid(): void {
    for (const waiting of this.waiting.filter(({ isVoid }) => isVoid())) {
      this.waiting.splice(this.waiting.indexOf(waiting), 1);
      waiting.attempt();
    }
    this.drain();
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  private drain(): void {
    for (let next = this.nextInLine(); next !== null; next = this.nextInLine()) {
      if (this.room(next.lane) < next.messages) return this.drainLater(next);
      this.waiting.splice(this.waiting.indexOf(next), 1);
      next.attempt();
    }
  }

  private nextInLine(): Waiting | null {
    for (const lane of LANES) {
      const first = this.waiting.find((waiting) => waiting.lane === lane);
      if (first !== undefined) return first;
    }
    return null;
  }

  private room(lane: Lane): number {
    const oldest = this.clock.now() - WINDOW_MS;
    while (this.written.length > 0 && this.written[0] <= oldest) this.written.shift();
    const limit = lane === 'cancel' ? this.messagesPerSecond : this.messagesPerSecond - this.reservedForCancels;
    return limit - this.written.length;
  }

  private drainLater(next: Waiting): void {
    // Set anew each time: a cancel that has just come may be due before the order that was waited for.
    if (this.timer !== null) this.clock.clearTimer(this.timer);
    const missing = next.messages - this.room(next.lane);
    const freeAt = this.written[missing - 1] + WINDOW_MS;
    this.timer = this.clock.setTimer(
      () => {
        this.timer = null;
        this.drain();
      },
      Math.max(1, Math.ceil(freeAt - this.clock.now())),
    );
  }
}
