/**
 * The world outside as a running feed reads it: read once when the feed opens and anew every few minutes, of wall time, because what is
 * released is released by the clock on the wall. A reading that fails leaves the one before and is told once.
 * A series that nobody provides yet has no value until somebody does. While no column reads any, nothing is read anew.
 */
import { NOTHING_OUTSIDE, type OutsideOf, type OutsideValues } from '../../features/outside/outside-values';

/** Far below the time after which a value counts (market-data/outside-readers.ts) and an article does (news.delayMinutes). */
export const REFRESH_MS = 30_000;

export interface OutsideReading {
  readonly read: () => Promise<OutsideOf>;
  readonly tell: (why: string) => void;
}

export class RefreshedOutside {
  private current: OutsideOf = () => NOTHING_OUTSIDE;
  private readonly bySymbol = new Map<string, OutsideValues>();
  private failed = false;
  private wanted = false;
  private timer: NodeJS.Timeout | null = null;

  private constructor(private readonly reading: OutsideReading) {}

  static async open(reading: OutsideReading): Promise<RefreshedOutside> {
    const outside = new RefreshedOutside(reading);
    await outside.refresh();
    return outside;
  }

  /** Reads anew every REFRESH_MS until `close`. */
  start(): void {
    this.timer ??= setInterval(() => void (this.wanted && this.refresh()), REFRESH_MS);
    this.timer.unref();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  async refresh(): Promise<void> {
    try {
      const next = await this.reading.read();
      this.current = next;
      for (const symbol of this.bySymbol.keys()) this.bySymbol.set(symbol, next(symbol));
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.reading.tell(`the world outside is as old as it was read last: ${textOf(error)}`);
      this.failed = true;
    }
  }

  /** What features of the instrument read, always the newest reading. */
  of(symbol: string): OutsideValues {
    this.bySymbol.set(symbol, this.current(symbol));
    return {
      reader: (series) => {
        this.wanted = true;
        return (at) => this.bySymbol.get(symbol)?.reader(series)?.(at) ?? Number.NaN;
      },
    };
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
