/** Clock columns in exchange time, and returns that know where the market was closed. */
import { DAY_MS, MINUTE_MS, zoneOffsetMs } from '../../domain/exchange-time';
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';
import { Delay } from './rolling';

const QUARTER_MS = 15 * MINUTE_MS;
const DAYS_PER_WEEK = 7;
/** 1970-01-01 was a Thursday; ISO weekdays count from Monday = 1. */
const EPOCH_WEEKDAY_OFFSET = 3;

/** minute_of_day, hour and ISO day_of_week at the start of the bar. Zone offsets change on quarter hours only. */
export class ClockKernel implements Kernel {
  private quarter = Number.NaN;
  private offset = 0;

  constructor(private readonly timeZone: string) {}

  run({ start, length }: BarBlock, [minuteOfDay, hour, dayOfWeek]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const quarter = Math.floor(start[i] / QUARTER_MS);
      if (quarter !== this.quarter) {
        this.quarter = quarter;
        this.offset = zoneOffsetMs(start[i], this.timeZone);
      }
      const local = start[i] + this.offset;
      const day = Math.floor(local / DAY_MS);
      const minute = Math.floor((local - day * DAY_MS) / MINUTE_MS);
      minuteOfDay[i] = minute;
      hour[i] = Math.floor(minute / 60);
      dayOfWeek[i] = ((((day + EPOCH_WEEKDAY_OFFSET) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK) + 1;
    }
  }
}

/** Log-return of the close over `period` bars; null for the first `period` bars after a break. */
export class ReturnKernel implements Kernel {
  private readonly past: Delay;
  private sinceBreak = 0;

  constructor(private readonly period: number) {
    this.past = new Delay(period);
  }

  run({ close, afterBreak, length }: BarBlock, [out]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      this.sinceBreak = afterBreak[i] === 1 ? 0 : this.sinceBreak + 1;
      const before = this.past.push(close[i]);
      out[i] = this.sinceBreak >= this.period ? Math.log(close[i] / before) : Number.NaN;
    }
  }
}
