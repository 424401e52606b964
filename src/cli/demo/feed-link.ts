/**
 * The conductor's line to the market process. The process may die at any moment: a release that was not answered is repeated to the
 * feed that comes back, and the feed answers a repeated release as it answered the first.
 */
import type { ConductorCommand, ProcessReport } from '../../domain/process-messages';
import { clockTime } from '../number-format';
import type { SupervisedProcess } from './supervised-process';
import { within } from './wait-for';

export type SettledMinute = Extract<ProcessReport, { readonly type: 'bar-settled' }>;

/** Long enough for every process to die once and come back. */
const SETTLE_TIMEOUT_MS = 600_000;
/** A release to a feed that was just going down is lost without a word; then this asks again. */
const REPEAT_MS = 5_000;

interface Waiter {
  readonly command: ConductorCommand | null;
  readonly accepts: (report: ProcessReport) => boolean;
  readonly resolve: (report: ProcessReport) => void;
}

export class FeedLink {
  private readonly waiters = new Set<Waiter>();
  private readyFor: string | null = null;

  constructor(private readonly market: () => SupervisedProcess) {}

  /** Every report of the market process goes through here. */
  hear(report: ProcessReport): void {
    if (report.type === 'ready') this.readyFor = null;
    if (report.type === 'feed-ready') {
      this.readyFor = report.tradeDate;
      this.repeat();
    }
    for (const waiter of [...this.waiters]) {
      if (!waiter.accepts(report)) continue;
      this.waiters.delete(waiter);
      waiter.resolve(report);
    }
  }

  /** Resolves when the feed of `tradeDate` is warmed up. */
  async ready(tradeDate: string): Promise<void> {
    if (this.readyFor === tradeDate) return;
    await this.heard(
      `the market feed to warm up for ${tradeDate}`,
      null,
      (report) => report.type === 'feed-ready' && report.tradeDate === tradeDate,
    );
  }

  /** Tells the feed that the clock stands at `marketTime` and resolves with what it made of the minute. */
  async settle(marketTime: number): Promise<SettledMinute> {
    const command: ConductorCommand = { type: 'clock-released', marketTime };
    const report = await this.heard(
      `the market feed to settle ${clockTime(marketTime)}Z`,
      command,
      (heard) => heard.type === 'bar-settled' && heard.marketTime === marketTime,
    );
    return report as SettledMinute;
  }

  /** Tells the feed that the trade date is over and resolves when it let go of it. */
  async close(tradeDate: string, marketTime: number): Promise<void> {
    await this.heard(
      `the market feed to close ${tradeDate}`,
      { type: 'clock-released', marketTime },
      (report) => report.type === 'trade-date-closed' && report.tradeDate === tradeDate,
    );
  }

  private async heard(
    what: string,
    command: ConductorCommand | null,
    accepts: (report: ProcessReport) => boolean,
  ): Promise<ProcessReport> {
    let waiter: Waiter | undefined;
    const answer = new Promise<ProcessReport>((resolve) => {
      waiter = { command, accepts, resolve };
      this.waiters.add(waiter);
    });
    if (command !== null) this.market().send(command);
    const timer = setInterval(() => this.repeat(), REPEAT_MS);
    try {
      return await within(what, SETTLE_TIMEOUT_MS, answer);
    } finally {
      clearInterval(timer);
      if (waiter !== undefined) this.waiters.delete(waiter);
    }
  }

  private repeat(): void {
    for (const { command } of this.waiters) if (command !== null) this.market().send(command);
  }
}
