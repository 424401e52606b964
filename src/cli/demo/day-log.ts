/**
 * What the conductor itself saw of a trade date, one line a settled minute, so that a killed and resumed day is reported whole.
 * Invariants: 1. a line counts once, whatever is settled again after a restart; 2. a torn last line is dropped: its minute is settled again.
 */
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { FeedBar } from '../../domain/process-messages';
import type { ProposalAnswer } from '../../domain/proposals';

export interface MinuteRecord {
  /** End of the minute, UTC ms. */
  readonly marketTime: number;
  readonly bars: readonly Pick<FeedBar, 'symbol' | 'close'>[];
  readonly decisionIds: readonly string[];
  /** What the session answered to the minute's proposals; a refusal by its validator is in no history, so it is counted from here. */
  readonly answers: readonly ProposalAnswer[];
  /** Result of the day so far, dollars; null when nothing is held and nothing was traded. */
  readonly pnl: number | null;
}

export class DayLog {
  private readonly minutes = new Map<number, MinuteRecord>();

  constructor(private readonly file: string) {
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    // A torn end would swallow the next line that is appended.
    if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as MinuteRecord;
      this.minutes.set(record.marketTime, this.minutes.get(record.marketTime) ?? record);
    }
  }

  /** Keeps a settled minute; one that is known already stays as it was first seen. */
  append(record: MinuteRecord): void {
    if (this.minutes.has(record.marketTime)) return;
    this.minutes.set(record.marketTime, record);
    appendFileSync(this.file, `${JSON.stringify(record)}\n`);
  }

  /** In market time order. */
  records(): readonly MinuteRecord[] {
    return [...this.minutes.values()].sort((a, b) => a.marketTime - b.marketTime);
  }
}
