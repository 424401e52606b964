/**
 * Continuous futures, joined on reading from single contracts by the roll rule (requirement B4): prices are never adjusted, and the first
 * bar after a roll is marked, because no return and no label may cross it.
 */
import { tradeDateOf } from '../../domain/calendar';
import type { FutureSymbol } from '../../domain/instruments';
import { listedDeliveryMonths } from '../../domain/roll';
import type { WhatToShow, BarInterval } from '../providers/provider';
import type { BarStore } from './bar-store';
import { concatTables, emptyTable, sliceTable, type BarTable } from './bar-table';
import { futureName, namedContract } from './contract-name';
import type { CorruptFile } from './period-files';

export interface Roll {
  /** Start of the first bar of the new contract, UTC ms. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

export interface ContinuousSeries {
  readonly table: BarTable;
  /** The contract of the first bar, null when there is no bar. */
  readonly first: string | null;
  /** 1 on the first bar of each contract but the first one: no return reaches back over it. */
  readonly afterRoll: Uint8Array;
  readonly rolls: readonly Roll[];
}

export interface ContractBars {
  /** YYYYMM. */
  readonly deliveryMonth: string;
  readonly table: BarTable;
}

/** The date by which the front contract is decided: the trade date of intraday bars, a daily bar's own. */
const rollDateOf = (interval: BarInterval, start: number): string =>
  interval === '1d' ? new Date(start).toISOString().slice(0, 10) : tradeDateOf(start);

/**
 * The bars of whichever contract is front by the calendar; where that one is not stored there is a hole, the next contract is no
 * substitute for it. Pure.
 */
export function joinContracts(
  symbol: FutureSymbol,
  interval: BarInterval,
  contracts: readonly ContractBars[],
): ContinuousSeries {
  const frontOn = new Map<string, string>();
  const front = (date: string): string => {
    const known = frontOn.get(date) ?? listedDeliveryMonths(symbol, date, 1)[0];
    frontOn.set(date, known);
    return known;
  };
  const pieces: BarTable[] = [];
  const rolls: Roll[] = [];
  let first: string | null = null;
  let previous: string | null = null;
  for (const { deliveryMonth, table } of [...contracts].sort((a, b) => (a.deliveryMonth < b.deliveryMonth ? -1 : 1))) {
    const isFront = (i: number): boolean => front(rollDateOf(interval, table.start[i])) === deliveryMonth;
    // A contract is front for one stretch of dates (roll.ts, invariant 2).
    let from = 0;
    while (from < table.length && !isFront(from)) from += 1;
    let to = from;
    while (to < table.length && isFront(to)) to += 1;
    if (to === from) continue;
    pieces.push(sliceTable(table, from, to));
    const name = futureName(symbol, deliveryMonth);
    if (previous !== null) rolls.push({ at: table.start[from], from: previous, to: name });
    first ??= name;
    previous = name;
  }
  const table = pieces.length === 0 ? emptyTable(0) : concatTables(pieces);
  const afterRoll = new Uint8Array(table.length);
  let at = 0;
  pieces.forEach(({ length }, piece) => {
    if (piece > 0) afterRoll[at] = 1;
    at += length;
  });
  return { table, first, afterRoll, rolls };
}

/** Log returns from close to close; NaN on the first bar and on the first after a roll. Pure. */
export function returnsOf({ table, afterRoll }: ContinuousSeries): Float64Array {
  return table.close.map((close, i) =>
    i === 0 || afterRoll[i] === 1 ? Number.NaN : Math.log(close / table.close[i - 1]),
  );
}

/** The continuous series of a future from every stored contract, from ≤ start < to, and the files that could not be read. */
export async function readContinuous(
  bars: BarStore,
  asked: { readonly symbol: FutureSymbol; readonly interval: BarInterval; readonly whatToShow: WhatToShow },
  from?: number,
  to?: number,
): Promise<ContinuousSeries & { readonly corrupt: readonly CorruptFile[] }> {
  const { symbol, interval, whatToShow } = asked;
  const contracts: ContractBars[] = [];
  const corrupt: CorruptFile[] = [];
  for (const series of await bars.list()) {
    const named = namedContract(series.contract);
    if (series.interval !== interval || series.whatToShow !== whatToShow) continue;
    if (named.kind !== 'future' || named.symbol !== symbol) continue;
    const read = await bars.read(series, from, to);
    contracts.push({ deliveryMonth: named.deliveryMonth, table: read.table });
    corrupt.push(...read.corrupt);
  }
  return { ...joinContracts(symbol, interval, contracts), corrupt };
}
