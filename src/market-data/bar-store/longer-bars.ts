/** Bars of 5, 10, 15 and 60 minutes from minutes (requirement B5). Pure. */
import { BarStoreError } from './bar-store-error';
import { emptyTable, sliceTable, type BarTable } from './bar-table';
import type { BarInterval } from '../providers/provider';
import { intervalMs } from './series-key';

/** Intervals that are made from minutes. */
export const LONGER_INTERVALS: readonly BarInterval[] = ['5m', '10m', '15m', '60m'];

/**
 * One bar for each whole interval of UTC that holds a minute (09:30 in New York is in the hour of 14:00 UTC in winter). Its source is that
 * of its last minute, and it is as fresh as the freshest. `until`: no bar that ends later is made, because minutes of it may still come.
 * Throws BarStoreError INTERVAL_INVALID.
 */
export function longerBars(minutes: BarTable, interval: BarInterval, until = Infinity): BarTable {
  if (!LONGER_INTERVALS.includes(interval))
    throw new BarStoreError(
      'INTERVAL_INVALID',
      `Bars of ${interval} are not made from minutes; give one of ${LONGER_INTERVALS.join(', ')}.`,
    );
  const length = intervalMs(interval);
  const longer = emptyTable(minutes.length);
  let row = -1;
  for (let i = 0; i < minutes.length; i += 1) {
    const start = Math.floor(minutes.start[i] / length) * length;
    if (start + length > until) break;
    if (row < 0 || longer.start[row] !== start) {
      row += 1;
      longer.start[row] = start;
      longer.open[row] = minutes.open[i];
      longer.high[row] = minutes.high[i];
      longer.low[row] = minutes.low[i];
    }
    longer.high[row] = Math.max(longer.high[row], minutes.high[i]);
    longer.low[row] = Math.min(longer.low[row], minutes.low[i]);
    longer.close[row] = minutes.close[i];
    longer.volume[row] += minutes.volume[i];
    longer.adjustmentFactor[row] = minutes.adjustmentFactor[i];
    longer.provider[row] = minutes.provider[i];
    longer.fetchedAt[row] = Math.max(longer.fetchedAt[row], minutes.fetchedAt[i]);
  }
  return sliceTable(longer, 0, row + 1);
}
