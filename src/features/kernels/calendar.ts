/** Clock columns in exchange time, and returns that know where the market was closed. */
import { DAY_MS, MINUTE_MS, zoneOffsetMs } from '../../domain/exchange-time';
import type { BarSeries } from '../bar-series';
import type { FeatureCells, Kernel } from './kernel';

const QUARTER_MS = 15 * MINUTE_MS;
const DAYS_PER_WEEK = 7;
/** 1970-01-01 was a Thursday; ISO weekdays count from Monday = 1. */
const EPOCH_WEEKDAY_OFFSET = 3;

/** minute_of_day, hour and ISO day_of_week at the start of the bar. Zone offsets change on quarter hours only. */
export class ClockKernel implements Kernel {
  readonly lookback = 0;
  private quarter = Number.NaN;
  private offset = 0;

  constructor(private readonly timeZone: string) {}

  run({ start }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    for (let i = from; i < to; i += 1, at += stride) {
      const quarter = Math.floor(start[i] / QUARTER_MS);
      if (quarter !== this.quarter) {
        this.quarter = quarter;
        this.offset = zoneOffsetMs(start[i], this.timeZone);
      }
      const local = start[i] + this.offset;
      const day = Math.floor(local / DAY_MS);
      const minute = Math.floor((local - day * DAY_MS) / MINUTE_MS);
      cells[at] = minute;
      cells[at + 1] = Math.floor(minute / 60);
      cells[at + 2] = ((((day + EPOCH_WEEKDAY_OFFSET) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK) + 1;
    }
  }
}

/** Moves up to this go through the series below; its first term left out is then under 1e-17 of the result. */
const SMALL_MOVE = 0.02;

/** ln(ratio). Near 1, where prices of a minute lie, by 2·atanh((r − 1)/(r + 1)): several times faster than Math.log, and as exact. */
export function logRatio(ratio: number): number {
  const z = (ratio - 1) / (ratio + 1);
  if (!(Math.abs(z) < SMALL_MOVE / 2)) return Math.log(ratio);
  const square = z * z;
  return 2 * z * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9))));
}

/** Log-return of the close over `period` bars; null for the first `period` bars after a break. */
export class ReturnKernel implements Kernel {
  readonly lookback: number;
  private sinceBreak = 0;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run(
    { close, afterBreak }: BarSeries,
    from: number,
    to: number,
    cells: FeatureCells,
    at: number,
    stride: number,
  ): void {
    const { period } = this;
    let { sinceBreak } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      sinceBreak = afterBreak[i] === 1 ? 0 : sinceBreak + 1;
      cells[at] = sinceBreak >= period ? logRatio(close[i] / close[i - period]) : Number.NaN;
    }
    this.sinceBreak = sinceBreak;
  }
}
