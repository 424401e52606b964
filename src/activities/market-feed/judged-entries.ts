/** What validator and voters did on a trade date, read from its decisions: survives whatever process made them. */
import { isTwoSided, type Quote } from '../../domain/bars';
import {
  advanceVetoes,
  judgedEntry,
  NO_VETOES,
  recordJudgement,
  roundTripCost,
  type JudgedEntry,
  type VetoCounts,
} from '../../domain/decision-vetoes';
import { MINUTE_MS } from '../../domain/exchange-time';
import { INSTRUMENTS, type FutureSymbol } from '../../domain/instruments';
import type { DecisionRecord } from '../../domain/proposals';
import { longestStepMs } from '../../features/bar-series';
import { HORIZON_BARS } from '../../learning/labels';

/** What a decision's record has to say for it. */
export type JudgedRecord = Pick<DecisionRecord, 'symbol' | 'barClose' | 'action' | 'quote' | 'ensemble'>;

const midOf = (quote: Quote | null): number | null => (isTwoSided(quote) ? (quote.bid + quote.ask) / 2 : null);

function entryOf({ action, ensemble, quote, symbol }: JudgedRecord): JudgedEntry | null {
  if (!isTwoSided(quote) || ensemble === undefined) return null;
  return judgedEntry({ action, ensemble }, roundTripCost(quote.ask - quote.bid, INSTRUMENTS[symbol]));
}

/** Entries that the validator passed or stopped, by the close of their bar, UTC ms. Records of one instrument. */
export const judgedEntries = (records: readonly JudgedRecord[]): ReadonlyMap<number, JudgedEntry> =>
  new Map(
    records.flatMap((record) => {
      const entry = entryOf(record);
      return entry === null ? [] : [[record.barClose, entry] as const];
    }),
  );

export interface EnsembleDay {
  readonly symbol: FutureSymbol;
  readonly vetoes: VetoCounts;
  /** By model, of the last decision; null when nobody kept any. */
  readonly weights: Readonly<Record<string, number>> | null;
}

/** Each instrument's part of a trade date, from its decisions in the order of time; a bar decided again counts once. */
export function ensembleDays(records: readonly JudgedRecord[]): readonly EnsembleDay[] {
  const symbols = [...new Set(records.map(({ symbol }) => symbol))];
  return symbols.map((symbol) => {
    const own = records.filter((record) => record.symbol === symbol);
    const last = own.at(-1)?.ensemble;
    return { symbol, vetoes: vetoesOf(own), weights: last?.given.weights ?? null };
  });
}

function vetoesOf(records: readonly JudgedRecord[]): VetoCounts {
  let before = Number.NEGATIVE_INFINITY;
  return records.reduce((ledger, record) => {
    const start = record.barClose - MINUTE_MS;
    const continues = start - before <= longestStepMs(1);
    before = start;
    const advanced = advanceVetoes(ledger, { start, mid: midOf(record.quote), continues });
    const entry = entryOf(record);
    return entry === null ? advanced : recordJudgement(advanced, record.barClose, entry, HORIZON_BARS);
  }, NO_VETOES).counts;
}
