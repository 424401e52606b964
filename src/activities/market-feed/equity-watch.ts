/**
 * Reports the account's equity to the session when a loss reaches 50, 75 or 100 % of a limit (requirement F2), once per band and day; at
 * new highs by steps; and at the close. Every report carries the highest equity heard, so the drawdown is measured from it exactly.
 */
import type { EquityBand } from '../../domain/equity-bands';
import { equityBand } from '../../domain/equity-bands';
import type { EquityReport } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';

export interface EquityLimits {
  readonly dailyLossFraction: number;
  readonly drawdownFraction: number;
}

export interface EquityWatchParts {
  readonly limits: EquityLimits;
  readonly send: (report: EquityReport) => Promise<void>;
  readonly readSession: () => Promise<SessionSnapshot>;
}

const CAUSE = { 50: 'limit-50', 75: 'limit-75', 100: 'limit-100' } as const;
/** A high is worth a report of its own when it exceeds the last known one by this share of the drawdown limit: what a killed feed may forget. */
const HIGH_STEP = 0.025;
/** A halt that equity caused is looked at this often, wall ms, until a human lifts it. */
const HALT_CHECK_MS = 1_000;

export class EquityWatch {
  private reported: EquityBand = 0;
  private basis: SessionSnapshot | null = null;
  private high: number | null = null;
  private reportedHigh: number | null = null;
  private checkedAt = -Infinity;
  private latest: number | null = null;

  constructor(private readonly parts: EquityWatchParts) {}

  /** The session's own basis, read with each snapshot. A lifted halt begins the bands anew, and the highs after a drawdown. */
  follow(snapshot: SessionSnapshot): void {
    const before = this.basis;
    this.basis = snapshot;
    // Only a human who lifts a drawdown halt lowers the mark.
    const lowered = (before?.highWaterMark ?? 0) > (snapshot.highWaterMark ?? Infinity);
    if (lowered) this.high = this.reportedHigh = null;
    const accepted = snapshot.acceptedLoss > (before?.acceptedLoss ?? snapshot.acceptedLoss);
    if (snapshot.halt.phase === 'ACTIVE' && (this.reported === 100 || lowered || accepted)) this.reported = 0;
  }

  /** A new net liquidation from the broker; resolves when a report that it caused is durable. True when one was sent. */
  async observe(netLiquidation: number, marketTime: number): Promise<boolean> {
    this.latest = netLiquidation;
    this.high = Math.max(this.high ?? netLiquidation, netLiquidation);
    await this.lookAtHalt();
    const cause = this.causeOf(netLiquidation);
    if (cause === null) return false;
    await this.send(netLiquidation, marketTime, cause);
    return true;
  }

  /** The last equity of the trade date. */
  async close(marketTime: number): Promise<void> {
    if (this.latest !== null) await this.send(this.latest, marketTime, 'trade-date-close');
  }

  private send(netLiquidation: number, marketTime: number, cause: EquityReport['cause']): Promise<void> {
    const highNetLiquidation = this.high ?? netLiquidation;
    this.reportedHigh = highNetLiquidation;
    return this.parts.send({ marketTime, netLiquidation, highNetLiquidation, cause });
  }

  private async lookAtHalt(): Promise<void> {
    if (this.reported !== 100 || performance.now() - this.checkedAt < HALT_CHECK_MS) return;
    this.checkedAt = performance.now();
    this.follow(await this.parts.readSession());
  }

  private causeOf(netLiquidation: number): EquityReport['cause'] | null {
    if (this.basis === null) return null;
    const { startOfDayNetLiquidation, highWaterMark, acceptedLoss } = this.basis;
    const { limits } = this.parts;
    const high = Math.max(highWaterMark ?? netLiquidation, this.high ?? netLiquidation);
    const band = equityBand(netLiquidation, {
      startOfDay: startOfDayNetLiquidation,
      highWaterMark: high,
      acceptedLoss,
      ...limits,
    });
    if (band !== 0 && band > this.reported) {
      this.reported = band;
      return CAUSE[band];
    }
    const known = Math.max(highWaterMark ?? netLiquidation, this.reportedHigh ?? -Infinity);
    return high - known >= known * limits.drawdownFraction * HIGH_STEP && high > known ? 'new-high' : null;
  }
}
