/** Faults of the exchange that wait for their occasion or stay on; the line's own are the transport's. */
import type { FaultName, FaultRequest } from './fault-requests';

type CountedFault = Extract<FaultRequest, { readonly count: number }>;
type Counted<N extends FaultName> = Extract<CountedFault, { fault: N }>;

interface Switches {
  /** 1100 was said and neither 1101 nor 1102 yet. */
  readonly connectivityLost: boolean;
  readonly marketDataFarmDown: boolean;
  readonly historyFarmDown: boolean;
  readonly competingSession: boolean;
  readonly delayedData: boolean;
  /** nextValidId starts here again and ended ids may be used again; null: as it should be. */
  readonly idRollback: number | null;
  readonly kill: 'kill-before-place' | 'kill-after-place' | null;
}

const ALL_WELL: Switches = {
  connectivityLost: false,
  marketDataFarmDown: false,
  historyFarmDown: false,
  competingSession: false,
  delayedData: false,
  idRollback: null,
  kill: null,
};

export class FaultBoard {
  private waiting: { readonly fault: CountedFault; left: number }[] = [];
  private current: Switches = ALL_WELL;

  get switches(): Switches {
    return this.current;
  }

  /** Nothing about the market reaches a client. */
  get marketDataSilent(): boolean {
    const { connectivityLost, marketDataFarmDown, competingSession } = this.current;
    return connectivityLost || marketDataFarmDown || competingSession;
  }

  set(change: Partial<Switches>): void {
    this.current = { ...this.current, ...change };
  }

  add(fault: CountedFault): void {
    this.waiting.push({ fault, left: fault.count });
  }

  /** Uses up one strike of a counted fault; null when none waits. */
  take<N extends CountedFault['fault']>(name: N): Counted<N> | null {
    const index = this.waiting.findIndex(({ fault, left }) => fault.fault === name && left > 0);
    const entry = this.waiting[index];
    if (entry === undefined) return null;
    entry.left -= 1;
    if (entry.left === 0) this.waiting.splice(index, 1);
    return entry.fault as Counted<N>;
  }

  clear(): void {
    this.waiting = [];
    this.current = ALL_WELL;
  }

  /** What is active, for GET /faults. */
  list(): readonly Readonly<Record<string, unknown>>[] {
    const lasting = Object.entries<boolean | number | string | null>({ ...this.current }).filter(
      ([, value]) => value !== false && value !== null,
    );
    return [
      ...this.waiting.map(({ fault, left }) => ({ ...fault, left })),
      ...lasting.map(([name, value]) => ({ switch: name, value })),
    ];
  }
}
