/**
 * Recovery from strikes, measured on the market clock: from a kill to the end of the first minute that was begun after it. Pure but for the
 * times it is given.
 */
import { percentile } from '../demo/day-report';
import type { ProcessName } from '../demo/supervised-process';

export interface StrikeRecord {
  readonly victims: readonly ProcessName[];
  /** Minute settled last before the strike, UTC ms. */
  readonly marketTime: number | null;
  /** Seconds; null while not recovered. */
  recoverySeconds: number | null;
}

interface Open {
  readonly record: StrikeRecord;
  readonly at: number;
  /** So many settled minutes mean that one was begun and settled after the strike: the minute in work at the time does not count. */
  readonly recoveredAt: number;
}

const MINUTES_TO_RECOVER = 2;

export class StrikeLog {
  readonly strikes: StrikeRecord[] = [];
  private open: Open[] = [];

  constructor(private readonly onRecovered: (record: StrikeRecord, number: number) => void) {}

  /** `settledCount` minutes were settled when the victims were killed at `at`, monotonic ms. */
  strike(victims: readonly ProcessName[], marketTime: number | null, settledCount: number, at: number): void {
    const record: StrikeRecord = { victims, marketTime, recoverySeconds: null };
    this.strikes.push(record);
    this.open.push({ record, at, recoveredAt: settledCount + MINUTES_TO_RECOVER });
  }

  /** The clock has `settledCount` settled minutes at `at`, monotonic ms. */
  settled(settledCount: number, at: number): void {
    this.recovered((open) => open.recoveredAt <= settledCount, at);
  }

  /** The trade date is over, and closed whole: a strike in its last minutes has no further minute to recover in. */
  ended(at: number): void {
    this.recovered(() => true, at);
  }

  private recovered(isBack: (open: Open) => boolean, at: number): void {
    for (const open of this.open.filter(isBack)) {
      open.record.recoverySeconds = (at - open.at) / 1_000;
      this.onRecovered(open.record, this.strikes.indexOf(open.record) + 1);
    }
    this.open = this.open.filter((open) => !isBack(open));
  }
}

export interface Recovery {
  readonly p50: number | null;
  readonly max: number | null;
}

/** Median and longest recovery, seconds; a strike that was never recovered from makes the longest null. */
export function recoveryOf(strikes: readonly StrikeRecord[]): Recovery {
  const seconds = strikes.flatMap(({ recoverySeconds }) => recoverySeconds ?? []).sort((a, b) => a - b);
  const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1_000) / 1_000);
  return {
    p50: rounded(percentile(seconds, 0.5)),
    max: seconds.length < strikes.length ? null : rounded(seconds.at(-1) ?? null),
  };
}

export type ByProcess = Readonly<
  Partial<Record<ProcessName, { readonly kills: number; readonly recoverySeconds: Recovery }>>
>;

/** Kills of each process; its recovery figures are of the strikes that hit it alone or with another. */
export function byProcess(strikes: readonly StrikeRecord[]): ByProcess {
  const names = [...new Set(strikes.flatMap(({ victims }) => victims))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const own = strikes.filter(({ victims }) => victims.includes(name));
      return [name, { kills: own.length, recoverySeconds: recoveryOf(own) }];
    }),
  );
}
