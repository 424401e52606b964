/** A back-test from its first trade date to its last: models, lanes and days around one broker and one session. */
import type { Config } from '../config/config';
import type { BarWithQuote } from '../domain/bars';
import { tradeDateBounds } from '../domain/calendar';
import type { FutureContract } from '../domain/contracts';
import { MINUTE_MS } from '../domain/exchange-time';
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { lastTradeDate, localSymbolOf } from '../domain/roll';
import { NOTHING_OUTSIDE } from '../features/outside/outside-values';
import { frontRecordedContract } from '../market-data/front-series';
import { minutesBetween, type RecordedContract, type RecordedMarket } from '../market-data/recorded-market';
import { conIdOf } from '../paper-gateway/contract-universe';
import { BacktestDay, type DayRun } from './backtest-day';
import { BacktestSession, type CloseCauses } from './backtest-session';
import type { DayModels, ModelSource } from './model-source';
import { RecordedLane } from './recorded-lane';
import type { SimulatedBroker } from './simulated-broker';
import { TapedBroker, type TapedExecution } from './taped-broker';

export interface BacktestOptions {
  readonly market: RecordedMarket;
  readonly config: Pick<Config, 'trading' | 'limits'>;
  readonly account: string;
  readonly instruments: readonly FutureSymbol[];
  /** Ascending, all of them recorded. */
  readonly tradeDates: readonly string[];
  readonly models: ModelSource;
  readonly broker: SimulatedBroker;
  readonly onProgress: (text: string) => void;
}

export interface TestedDay extends DayRun {
  /** The run had seen this date when it was fitted: its result says nothing about the future. */
  readonly inSample: boolean;
  readonly notices: readonly string[];
}

export interface BacktestRun {
  readonly days: readonly TestedDay[];
  readonly executions: readonly TapedExecution[];
  readonly closeCauses: CloseCauses;
  /** Net liquidation before the first and after the last date. */
  readonly startEquity: number;
  readonly endEquity: number;
}

/** Runs every date in order. Rejects with ModelRunError and store errors of the model source. */
export async function runBacktest(options: BacktestOptions): Promise<BacktestRun> {
  const { tradeDates, account, config, models, onProgress } = options;
  const broker = new TapedBroker(options.broker);
  const session = new BacktestSession(broker, { account, limits: config.limits });
  const startEquity = broker.netLiquidation();
  const consumed = new Map<FutureSymbol, BarWithQuote[]>();
  const days: TestedDay[] = [];
  for (const tradeDate of tradeDates) {
    const dayModels = await models.modelsFor(tradeDate);
    onProgress(`${tradeDate}: trading`);
    const { lanes, minuteEnds, notices, close } = await openLanes(options, tradeDate, dayModels, consumed);
    const day = new BacktestDay({
      account,
      config,
      tradeDate,
      minuteEnds,
      lanes,
      modelRun: dayModels.runId,
      proposalsWithheld: dayModels.withheld,
      broker,
      session,
    });
    days.push({
      ...(await day.run()),
      inSample: dayModels.learnedFrom.includes(tradeDate),
      notices: [...dayModels.notices, ...notices],
    });
    for (const lane of lanes) consumed.set(lane.symbol, [...(consumed.get(lane.symbol) ?? []), ...lane.rows]);
    await close();
  }
  return {
    days,
    executions: broker.executions,
    closeCauses: session.closeCauses(),
    startEquity,
    endEquity: broker.netLiquidation(),
  };
}

interface OpenedLanes {
  readonly lanes: readonly RecordedLane[];
  readonly minuteEnds: readonly number[];
  readonly notices: readonly string[];
  readonly close: () => Promise<void>;
}

async function openLanes(
  { market, instruments }: BacktestOptions,
  tradeDate: string,
  models: DayModels,
  consumed: ReadonlyMap<FutureSymbol, readonly BarWithQuote[]>,
): Promise<OpenedLanes> {
  const { start, end } = tradeDateBounds(tradeDate);
  const lanes: RecordedLane[] = [];
  const notices: string[] = [];
  const ends = new Set<number>();
  const ensembles: { close(): Promise<void> }[] = [];
  for (const symbol of instruments) {
    const recorded = frontRecordedContract(market, symbol, tradeDate);
    if (recorded === null) {
      notices.push(`${symbol} is left out: its front contract is not recorded on ${tradeDate}`);
      continue;
    }
    const ensemble = await models.ensembleOf(symbol);
    if (ensemble !== null) ensembles.push(ensemble);
    for (const minute of minutesBetween(recorded, start, end)) ends.add(minute.start + MINUTE_MS);
    lanes.push(
      await RecordedLane.open({
        instrument: INSTRUMENTS[symbol],
        contract: contractOf(recorded),
        recorded,
        tradeDate,
        from: start,
        to: end,
        consumed: consumed.get(symbol) ?? [],
        ensemble,
        outside: market.outside?.(symbol) ?? NOTHING_OUTSIDE,
      }),
    );
  }
  const close = async (): Promise<void> => {
    for (const ensemble of ensembles) await ensemble.close();
  };
  return { lanes, minuteEnds: [...ends].sort((a, b) => a - b), notices, close };
}

/** The recorded contract as the gateway names it. */
export function contractOf({ symbol, deliveryMonth }: RecordedContract): FutureContract {
  const { ibSymbol, tradingClass, exchange, currency, multiplier } = INSTRUMENTS[symbol];
  return {
    secType: 'FUT',
    symbol,
    conId: conIdOf(symbol, deliveryMonth),
    ibSymbol,
    localSymbol: localSymbolOf(symbol, deliveryMonth),
    tradingClass,
    exchange,
    currency,
    multiplier,
    lastTradeDate: lastTradeDate(symbol, deliveryMonth),
  };
}
