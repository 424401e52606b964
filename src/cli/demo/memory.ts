/** Resident memory of our processes from /proc: kept as peaks, absent elsewhere. */
import { readFileSync } from 'node:fs';

export interface MemoryReport {
  /** Largest resident set any incarnation of the process had, MB. */
  readonly traderRssMb: number | null;
  readonly marketRssMb: number | null;
  /** Largest sum over the conductor and all its processes at one instant, MB. */
  readonly machineRssMb: number | null;
  /** Why the figures are absent; null when they are not. */
  readonly memoryNote: string | null;
}

/** A line of /proc/<pid>/status in MB; null when the process or the file is not there. */
export function statusMb(status: string, field: 'VmRSS' | 'VmHWM'): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  return match === null ? null : Number(match[1]) / 1024;
}

function readStatus(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // Gone between two looks, or no /proc on this system; the report says which.
    return null;
  }
}

export class MemoryWatch {
  private traderMb: number | null = null;
  private marketMb: number | null = null;
  private machineMb: number | null = null;

  /** Takes one sample; `pids` of what runs now. */
  sample(pids: Readonly<Record<string, number | null>>): void {
    const peak = (name: string, before: number | null): number | null => {
      const pid = pids[name] ?? null;
      const status = pid === null ? null : readStatus(pid);
      const mb = status === null ? null : statusMb(status, 'VmHWM');
      return mb === null ? before : Math.max(mb, before ?? 0);
    };
    this.traderMb = peak('trader', this.traderMb);
    this.marketMb = peak('market', this.marketMb);
    const all = [process.pid, ...Object.values(pids)].flatMap((pid) => (pid === null ? [] : [readStatus(pid)]));
    const sum = all.reduce((total, status) => total + (status === null ? 0 : (statusMb(status, 'VmRSS') ?? 0)), 0);
    if (sum > 0) this.machineMb = Math.max(this.machineMb ?? 0, sum);
  }

  report(): MemoryReport {
    const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
    return {
      traderRssMb: rounded(this.traderMb),
      marketRssMb: rounded(this.marketMb),
      machineRssMb: rounded(this.machineMb),
      memoryNote:
        this.machineMb === null
          ? process.platform === 'linux'
            ? 'no process ran in this start'
            : `no /proc on ${process.platform}`
          : null,
    };
  }
}
