/** Times of many equal acts, as benches print them: milliseconds. */
import { percentile } from './machine';

export interface Latencies {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest-rank percentiles. Throws RangeError without a time. */
export function latenciesOf(milliseconds: readonly number[]): Latencies {
  if (milliseconds.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number => Number(percentile(sorted, share).toFixed(2));
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export const latencyText = ({ n, p50, p95, p99, max }: Latencies): string =>
  `n ${n}  p50 ${p50}  p95 ${p95}  p99 ${p99}  max ${max}`;
