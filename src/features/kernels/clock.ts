/** Clock columns in exchange time. */
import { DAY_MS, MINUTE_MS, zoneOffsetMs } from '../../domain/exchange-time';
import type { BarSeries } from '../bar-series';
import type { Kernel } from './kernel';

const QUARTER_MS = 15 * MINUTE_MS;
const DAYS_PER_WEEK = 7;
/** 1970-01-01 was a Thursday; ISO weekdays count from Monday = 1. */
const EPOCH_WEEKDAY_OFFSET = 3;

/** minute_of_day, hour and ISO day_of_week at the start of the bar. Zone offsets change on quarter hours only. */
export class ClockKernel implements Kernel {
  private quarter = Number.NaN;
  private offset = 0;

  constructor(private readonly timeZone: string) {}

  run({ start }: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    const [minutes, hours, weekdays] = columns;
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      const quarter = Math.floor(start[i] / QUARTER_MS);
      if (quarter !== this.quarter) {
        this.quarter = quarter;
        this.offset = zoneOffsetMs(start[i], this.timeZone);
      }
      const local = start[i] + this.offset;
      const day = Math.floor(local / DAY_MS);
      const minute = Math.floor((local - day * DAY_MS) / MINUTE_MS);
      minutes[r] = minute;
      hours[r] = Math.floor(minute / 60);
      weekdays[r] = ((((day + EPOCH_WEEKDAY_OFFSET) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK) + 1;
    }
  }
}
