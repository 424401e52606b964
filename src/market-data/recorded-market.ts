/** A folder of recorded one-minute futures data in memory: what the paper gateway replays and models are fitted on. */
import type { Bar, Quote } from '../domain/bars';
import type { FutureSymbol } from '../domain/instruments';
import type { OutsideOf } from '../features/outside/outside-values';

/** One recorded minute [start, start + 60 s). The quote is the last one of the minute and is stamped start + 59 s. */
export interface RecordedMinute {
  /** UTC ms. */
  readonly start: number;
  /** Null when nothing traded in the minute; zero-size prints are not trades. */
  readonly bar: Bar | null;
  /** May be one-sided or crossed as recorded: test it with `isTwoSided` before trading on it. */
  readonly quote: Quote | null;
}

export interface RecordedContract {
  readonly symbol: FutureSymbol;
  /** YYYYMM. */
  readonly deliveryMonth: string;
  readonly file: string;
  /** Strictly ascending by start. */
  readonly minutes: readonly RecordedMinute[];
}

/** A row kept aside with its reason (requirement B8). */
export interface RejectedRow {
  readonly file: string;
  /** 1-based, the header is line 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** Exchange margins per contract in force from a date, dollars. */
export interface MarginRate {
  readonly symbol: FutureSymbol;
  /** YYYYMMDD. */
  readonly from: number;
  readonly initial: number;
  readonly maintenance: number;
}

export interface RecordedMarket {
  readonly folder: string;
  readonly contracts: readonly RecordedContract[];
  readonly rejected: readonly RejectedRow[];
  /** Files and instruments left out, and why: for the screen. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Trade dates (`YYYY-MM-DD`, ascending) on which at least one loaded contract traded. */
  readonly tradeDates: readonly string[];
  readonly margins: readonly MarginRate[];
  /** Content hashes of the files read, so that durable state can tell data it was made with from other data. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** What was known of the world outside on these days; left out where no column reads it. */
  readonly outside?: OutsideOf;
}

export type RecordedDataErrorCode =
  | 'FOLDER_MISSING'
  | 'NO_FILES'
  | 'FILE_NAME_INVALID'
  | 'FILES_OVERLAP'
  | 'FILE_UNREADABLE'
  | 'COLUMNS_MISSING'
  | 'NO_ROWS'
  | 'CONTRACT_TABLE_INVALID';

/** The message is one sentence that says what to do. */
export class RecordedDataError extends Error {
  constructor(
    readonly code: RecordedDataErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'RecordedDataError';
  }
}

/** Index of the first minute with start ≥ `time`; minutes.length when there is none. */
export function firstMinuteFrom(minutes: readonly RecordedMinute[], time: number): number {
  let low = 0;
  let high = minutes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (minutes[middle].start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Minutes with from ≤ start < to. */
export const minutesBetween = (contract: RecordedContract, from: number, to: number): readonly RecordedMinute[] =>
  contract.minutes.slice(firstMinuteFrom(contract.minutes, from), firstMinuteFrom(contract.minutes, to));
