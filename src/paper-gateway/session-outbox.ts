/** Frames on their way to one client: in order, optionally held, delayed or cut into small writes (the faults of a bad line). Times here are wall time. */
import type { Socket } from 'node:net';

/** A client that doesn't read is cut off rather than remembered without end. */
export const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

interface Piece {
  readonly bytes: Buffer;
  /** Monotonic ms. */
  readonly dueAt: number;
}

const monotonicMs = (): number => performance.now();

export class SessionOutbox {
  private queue: Piece[] = [];
  private held = false;
  private discarding = false;
  private ending = false;
  private corked = false;
  private delayMs = 0;
  private splitBytes = 0;
  private wakeUp: NodeJS.Timeout | NodeJS.Immediate | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly onOverflow: () => void,
  ) {}

  push(frame: Buffer): void {
    if (this.discarding || this.ending || this.socket.destroyed) return;
    if (this.queue.length === 0 && !this.held && this.delayMs === 0 && this.splitBytes === 0) {
      this.write(frame);
      return;
    }
    const dueAt = monotonicMs() + this.delayMs;
    const size = this.splitBytes > 0 ? this.splitBytes : frame.length;
    for (let start = 0; start < frame.length; start += size) {
      this.queue.push({ bytes: frame.subarray(start, start + size), dueAt });
    }
    this.pump();
  }

  /** Held frames wait; released, they leave in order. */
  hold(held: boolean): void {
    this.held = held;
    this.pump();
  }

  /** Every later frame leaves `delayMs` after it was sent. */
  delay(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Every later frame leaves in writes of at most `bytes`, one per turn of the event loop; 0 ends it. */
  split(bytes: number): void {
    this.splitBytes = bytes;
  }

  /** From here on nothing leaves: the line is dead although the gateway goes on talking. */
  discard(): void {
    this.discarding = true;
    this.queue = [];
  }

  /** Sends what is queued, then FIN. Frames pushed later are dropped. */
  end(): void {
    this.ending = true;
    this.pump();
  }

  private pump(): void {
    while (!this.held && this.wakeUp === null) {
      const next = this.queue[0];
      if (next === undefined) break;
      const wait = next.dueAt - monotonicMs();
      if (wait > 0) {
        this.wakeLater(setTimeout(() => this.wake(), wait));
        return;
      }
      this.queue.shift();
      this.write(next.bytes);
      if (this.splitBytes > 0) {
        this.wakeLater(setImmediate(() => this.wake()));
        return;
      }
    }
    if (this.ending && this.queue.length === 0) this.socket.end();
  }

  private wakeLater(timer: NodeJS.Timeout | NodeJS.Immediate): void {
    this.wakeUp = timer;
  }

  private wake(): void {
    this.wakeUp = null;
    this.pump();
  }

  /** One system call for all that is sent in one turn: a minute of ticks costs one write. */
  private write(bytes: Buffer): void {
    if (this.socket.destroyed) return;
    if (!this.corked && this.splitBytes === 0) {
      this.corked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.corked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(bytes);
    if (this.socket.writableLength > MAX_UNSENT_BYTES) this.onOverflow();
  }
}
