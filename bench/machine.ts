/** What a measurement was taken on: printed with every bench, because figures without it say nothing. */
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Load of the last minute before the bench began: other work makes figures worse. */
  readonly loadAverage: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Number((totalmem() / 2 ** 30).toFixed(1)),
    loadAverage: Number(loadavg()[0].toFixed(2)),
    node: process.version,
  };
}

/** The value below which the given share of the sorted values lies. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];

/** The machine as one line. */
export const machineLine = ({ cpu, cores, memoryGb, loadAverage, node }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGb} GB, load ${loadAverage}, Node ${node}`;
