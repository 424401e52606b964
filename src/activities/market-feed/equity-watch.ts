/** Reports the account's equity to the session when a loss reaches 50, 75 or 100 % of a limit (requirement F2), once per band and day. */
import type { EquityBand } from '../../domain/equity-bands';
import { equityBand } from '../../domain/equity-bands';
import type { EquityReport } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';

export interface EquityLimits {
  readonly dailyLossFraction: number;
  readonly drawdownFraction: number;
}

const CAUSE = { 50: 'limit-50', 75: 'limit-75', 100: 'limit-100' } as const;

export class EquityWatch {
  private reported: EquityBand = 0;
  private basis: Pick<SessionSnapshot, 'startOfDayNetLiquidation' | 'highWaterMark'> | null = null;
  latest: number | null = null;

  constructor(
    private readonly limits: EquityLimits,
    private readonly send: (report: EquityReport) => Promise<void>,
  ) {}

  /** The session's own basis, read with each snapshot; a lifted halt lets the same band report again. */
  follow(snapshot: SessionSnapshot): void {
    const lifted = snapshot.halt.phase === 'ACTIVE' && this.reported === 100;
    this.basis = snapshot;
    if (lifted) this.reported = 75;
  }

  /** A new net liquidation from the broker; resolves when a report that it caused is durable. True when one was sent. */
  async observe(netLiquidation: number, marketTime: number): Promise<boolean> {
    this.latest = netLiquidation;
    if (this.basis === null) return false;
    const band = equityBand(netLiquidation, {
      startOfDay: this.basis.startOfDayNetLiquidation,
      highWaterMark: this.basis.highWaterMark,
      ...this.limits,
    });
    if (band === 0 || band <= this.reported) return false;
    this.reported = band;
    await this.send({ marketTime, netLiquidation, cause: CAUSE[band] });
    return true;
  }
}
