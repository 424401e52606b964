/**
 * One instrument of a back-tested trade date: recorded minutes as the live feed would have them, features, models. The rows are those of the
 * feed's journal: warmed up from the same bar, with quotes where a feed of an earlier back-tested date consumed them, without elsewhere.
 */
import { EnsembleMemory, type DecidedVotes } from '../activities/market-feed/ensemble-memory';
import { formOpinion, type Opinion } from '../activities/market-feed/opinion';
import type { BarWithQuote, Quote } from '../domain/bars';
import type { FutureContract } from '../domain/contracts';
import { MINUTE_MS } from '../domain/exchange-time';
import type { Instrument } from '../domain/instruments';
import type { OutsideValues } from '../features/outside/outside-values';
import { createFeatureStream } from '../features/pipeline';
import { DEFAULT_SCHEMA } from '../features/schema';
import type { Ensemble } from '../learning/ensemble';
import { minutesBetween, type RecordedContract, type RecordedMinute } from '../market-data/recorded-market';
import { mergeWarmUp, warmUpStart } from '../market-data/warm-up';

export interface LaneOptions {
  readonly instrument: Instrument;
  readonly contract: FutureContract;
  readonly recorded: RecordedContract;
  readonly tradeDate: string;
  /** Start of the trade date, UTC ms. */
  readonly from: number;
  readonly to: number;
  /** Rows that earlier trade dates of this back-test consumed. */
  readonly consumed: readonly BarWithQuote[];
  /** Null: nobody votes. */
  readonly ensemble: Ensemble | null;
  readonly outside: OutsideValues;
}

export class RecordedLane {
  readonly stale = null;
  readonly instrument: Instrument;
  readonly contract: FutureContract;
  warmedFrom: number | null = null;
  /** Rows consumed on this trade date, in order. */
  readonly rows: BarWithQuote[] = [];
  private readonly memory: EnsembleMemory;
  private readonly minuteByStart: ReadonlyMap<number, RecordedMinute>;
  private latestQuote: Quote | null;
  private readonly ensemble: Ensemble | null;

  /** Warmed up, with the weights that the voters have earned by then. */
  static async open(options: LaneOptions): Promise<RecordedLane> {
    const lane = new RecordedLane(options);
    await lane.memory.adopt(options.ensemble);
    return lane;
  }

  private constructor({
    instrument,
    contract,
    recorded,
    tradeDate,
    from,
    to,
    consumed,
    ensemble,
    outside,
  }: LaneOptions) {
    this.instrument = instrument;
    this.contract = contract;
    this.ensemble = ensemble;
    this.memory = new EnsembleMemory(createFeatureStream(ensemble?.schema ?? DEFAULT_SCHEMA, instrument, outside));
    this.minuteByStart = new Map(minutesBetween(recorded, from, to).map((minute) => [minute.start, minute]));
    const begin = warmUpStart(tradeDate, this.memory.features.warmupBars);
    const before = minutesBetween(recorded, begin, from);
    this.latestQuote = before.findLast(({ quote }) => quote !== null)?.quote ?? null;
    const history = before.flatMap(({ bar }) => (bar === null ? [] : [bar]));
    for (const row of mergeWarmUp(consumed, history, begin, from)) this.take(row);
  }

  get symbol(): Instrument['symbol'] {
    return this.instrument.symbol;
  }

  /** Last price traded, null before the first bar. */
  get lastClose(): number | null {
    return this.rows.at(-1)?.bar.close ?? null;
  }

  /** Closes the minute that ends at `minuteEnd`; false when nothing traded in it. */
  close(minuteEnd: number): boolean {
    const minute = this.minuteByStart.get(minuteEnd - MINUTE_MS);
    if (minute === undefined) return false;
    this.latestQuote = minute.quote ?? this.latestQuote;
    if (minute.bar === null) return false;
    const row = { bar: minute.bar, quote: this.latestQuote };
    this.rows.push(row);
    this.take(row);
    return true;
  }

  quote(): Quote | null {
    return this.latestQuote;
  }

  opinion(): Promise<Opinion> {
    return formOpinion(this.memory, this.ensemble);
  }

  remember(decided: DecidedVotes): void {
    this.memory.record(decided);
  }

  private take(row: BarWithQuote): void {
    this.warmedFrom ??= row.bar.start;
    this.memory.push(row);
  }
}
