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
  /** Orders of this side do not trade. */
  readonly unfilled: FaultSide | null;
}

type FaultSide = 'buy' | 'sell' | 'any';

const strikes = (side: FaultSide, direction: 1 | -1): boolean =>
  side === 'any' || (side === 'buy') === (direction === 1);

const ALL_WELL: Switches = {
  connectivityLost: false,
  marketDataFarmDown: false,
  historyFarmDown: false,
  competingSession: false,
  delayedData: false,
  idRollback: null,
  kill: null,
  unfilled: null,
};

export class FaultBoard {
  private waiting: { readonly fault: CountedFault; left: number; toSkip: number }[] = [];
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
    this.waiting.push({ fault, left: fault.count, toSkip: 'skip' in fault ? fault.skip : 0 });
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

  /** A rejection for a new order of this side; one that it still lets pass counts towards its skipping. */
  takeRejection(direction: 1 | -1): Counted<'reject-order'> | null {
    const entry = this.waiting.find(({ fault }) => fault.fault === 'reject-order' && strikes(fault.side, direction));
    if (entry === undefined) return null;
    if (entry.toSkip > 0) {
      entry.toSkip -= 1;
      return null;
    }
    entry.left -= 1;
    if (entry.left === 0) this.waiting.splice(this.waiting.indexOf(entry), 1);
    return entry.fault as Counted<'reject-order'>;
  }

  /** Orders of this side are accepted and left alone. */
  leavesUnfilled(direction: 1 | -1): boolean {
    const { unfilled } = this.current;
    return unfilled !== null && strikes(unfilled, direction);
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
