/** A back-test's executions against those of the same days through the gateway, one by one. Pure. */
import type { ExecutedTrade } from './execution';

export interface TradeDifference {
  readonly tradeDate: string;
  /** What the gateway executed; null when the back-test alone did. */
  readonly gateway: ExecutedTrade | null;
  readonly backtest: ExecutedTrade | null;
  /** Fields that differ, of a pair. */
  readonly fields: readonly string[];
}

export interface TradeComparison {
  readonly source: string;
  readonly tradeDates: readonly string[];
  /** Dates of the back-test on which the record has nothing to compare. */
  readonly notRecorded: readonly string[];
  readonly equal: number;
  readonly differences: readonly TradeDifference[];
}

const FIELDS = ['time', 'leg', 'side', 'shares', 'price', 'fee'] as const;
/** Executions of one instrument and leg this far apart are still taken for the same trade with another time. */
const NEAR_MS = 120_000;

const fieldsThatDiffer = (a: ExecutedTrade, b: ExecutedTrade): readonly string[] =>
  FIELDS.filter((field) => a[field] !== b[field]);

const byTime = (a: ExecutedTrade, b: ExecutedTrade): number => a.time - b.time || a.conId - b.conId;

/** Pairs what is equal first, then what is near in time with the same instrument, leg and side; the rest stands alone. */
export function compareTrades(
  source: string,
  gateway: readonly ExecutedTrade[],
  backtest: readonly ExecutedTrade[],
  tradeDates: readonly string[],
): TradeComparison {
  const recorded = new Set(gateway.map(({ tradeDate }) => tradeDate));
  const dates = tradeDates.filter((date) => recorded.has(date));
  const inDates = ({ tradeDate }: ExecutedTrade): boolean => dates.includes(tradeDate);
  const left = backtest.filter(inDates).sort(byTime);
  const unmatched: ExecutedTrade[] = [];
  let equal = 0;
  for (const trade of gateway.filter(inDates).sort(byTime)) {
    const index = left.findIndex((other) => other.conId === trade.conId && fieldsThatDiffer(trade, other).length === 0);
    if (index === -1) unmatched.push(trade);
    else {
      left.splice(index, 1);
      equal += 1;
    }
  }
  const differences = unmatched.map((trade): TradeDifference => {
    const isNear = (other: ExecutedTrade): boolean =>
      other.conId === trade.conId &&
      other.leg === trade.leg &&
      other.side === trade.side &&
      Math.abs(other.time - trade.time) <= NEAR_MS;
    const index = left.findIndex(isNear);
    const [other] = index === -1 ? [null] : left.splice(index, 1);
    const fields = other === null ? [] : fieldsThatDiffer(trade, other);
    return { tradeDate: trade.tradeDate, gateway: trade, backtest: other, fields };
  });
  const extra = left.map((trade): TradeDifference => ({
    tradeDate: trade.tradeDate,
    gateway: null,
    backtest: trade,
    fields: [],
  }));
  const timeOf = ({ gateway: a, backtest: b }: TradeDifference): number => (a ?? b)?.time ?? 0;
  return {
    source,
    tradeDates: dates,
    notRecorded: tradeDates.filter((date) => !recorded.has(date)),
    equal,
    differences: [...differences, ...extra].sort((a, b) => timeOf(a) - timeOf(b)),
  };
}
