/** Whether the quotes may be traded on, apart from their own market data type; and alerts, one per code and minute. */
import { monotonicMs } from './limiter';
import type { DataAlert } from './market-data-port';

const ALERT_EVERY_MS = 60_000;
/** Ticks may still be in flight when 10197 comes; a later one proves that the data flow again. */
const COMPETING_SETTLES_MS = 2_000;
/** 2105 and 2157 are about history and definitions; only a market data farm's loss makes quotes stale. */
const MARKET_DATA_FARM_DOWN = 2103;

export class DataStanding {
  private readonly reasons = new Map<string, string>();
  private readonly alertedAt = new Map<number, number>();
  private competingAt = 0;

  constructor(
    private readonly tell: (alert: DataAlert) => void,
    private readonly now: () => number = monotonicMs,
  ) {}

  staleReason(): string | null {
    return [...this.reasons.values()][0] ?? null;
  }

  /** A new connection hears of everything that still holds. */
  connected(): void {
    this.reasons.clear();
  }

  set(cause: string, reason: string): void {
    this.reasons.set(cause, reason);
  }

  clear(cause: string): void {
    this.reasons.delete(cause);
  }

  farmDown(code: number, farm: string): void {
    if (code === MARKET_DATA_FARM_DOWN) this.reasons.set(`farm ${farm}`, `market data farm ${farm} is down`);
  }

  farmUp(farm: string): void {
    this.reasons.delete(`farm ${farm}`);
  }

  competing(message: string): void {
    this.competingAt = this.now();
    this.reasons.set('competing', message);
  }

  tickHeard(): void {
    if (this.reasons.has('competing') && this.now() - this.competingAt > COMPETING_SETTLES_MS) {
      this.reasons.delete('competing');
    }
  }

  alert(code: number, text: string): void {
    const last = this.alertedAt.get(code);
    if (last !== undefined && this.now() - last < ALERT_EVERY_MS) return;
    this.alertedAt.set(code, this.now());
    this.tell({ code, text });
  }
}
