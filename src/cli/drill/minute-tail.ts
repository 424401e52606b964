/** Follows the conductor's log of settled minutes from outside: what was settled, and at which wall time it was seen. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import type { MinuteRecord } from '../demo/day-log';

const POLL_MS = 10;

export class MinuteTail {
  private readonly ends: number[] = [];
  private timer: NodeJS.Timeout | null = null;
  private offset = 0;
  private torn = '';

  /** `onMinute` hears every settled minute with how many there are now. */
  constructor(
    private readonly file: string,
    private readonly onMinute: (count: number) => void = () => undefined,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.read(), POLL_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.read();
  }

  /** Ends of the settled minutes in the order of settling, UTC ms. */
  settled(): readonly number[] {
    return this.ends;
  }

  /** End of the minute settled last; null before the first. */
  last(): number | null {
    return this.ends.at(-1) ?? null;
  }

  private read(): void {
    if (!existsSync(this.file)) return;
    const descriptor = openSync(this.file, 'r');
    try {
      const length = fstatSync(descriptor).size - this.offset;
      if (length <= 0) return;
      const bytes = Buffer.alloc(length);
      this.offset += readSync(descriptor, bytes, 0, length, this.offset);
      const lines = (this.torn + bytes.toString('utf8')).split('\n');
      this.torn = lines.pop() ?? '';
      for (const line of lines) this.take(line);
    } finally {
      closeSync(descriptor);
    }
  }

  private take(line: string): void {
    if (line === '') return;
    this.ends.push((JSON.parse(line) as MinuteRecord).marketTime);
    this.onMinute(this.ends.length);
  }
}
