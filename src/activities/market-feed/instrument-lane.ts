/**
 * One instrument in the feed: its stream of minutes, its features, its models.
 * Invariants: 1. a row is in the journal before anything is computed from it; 2. rows reach the features once and in order; 3. a minute
 * that was not heard from its first second (subscribed or reconnected inside it) is taken from history, not from the stream.
 */
import type { Depth, MarketDataPort } from '../../broker/market-data-port';
import type { Bar, BarWithQuote, Quote } from '../../domain/bars';
import type { FutureContract } from '../../domain/contracts';
import { MINUTE_MS } from '../../domain/exchange-time';
import type { Instrument } from '../../domain/instruments';
import type { JudgedEntry, VetoCounts } from '../../domain/decision-vetoes';
import type { FeatureStream } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import type { Ensemble, RowReader } from '../../learning/ensemble';
import { MinuteAggregator } from '../../market-data/minute-aggregator';
import { mergeWarmUp } from '../../market-data/warm-up';
import type { MarketJournal } from '../../storage/market-journal';
import { EnsembleMemory, type DecidedVotes } from './ensemble-memory';
import { formOpinion, type Opinion } from './opinion';
import type { RowMemory } from './row-memory';

/** A quote snapshot belongs to the minute that ended this recently. */
const SNAPSHOT_GRACE_MS = 2_000;

export interface LaneParts {
  readonly instrument: Instrument;
  readonly contract: FutureContract;
  readonly data: MarketDataPort;
  readonly journal: MarketJournal;
  readonly features: FeatureStream;
  /** Null in learning-only mode without a model run. The lane closes it. */
  readonly ensemble: Ensemble | null;
  /** Entries of this trade date that the validator has judged already, by the close of their bar (UTC ms). */
  readonly judged: ReadonlyMap<number, JudgedEntry>;
  /** Told of each bar and quote of the stream. */
  readonly onHeard: () => void;
}

export class InstrumentLane {
  private readonly minutes: MinuteAggregator;
  private readonly unsubscribe: () => void;
  private partialUntil: number;
  private ensemble: Ensemble | null;
  /** Null while no run asked for depth. */
  private depth: Depth | null = null;
  private endDepth: (() => void) | null = null;
  private readonly memory: EnsembleMemory;
  /** The bars under the schema of a run that answers beside the one that votes. */
  private beside: RowMemory | null = null;
  /** Start of the first bar that this feature state remembers, UTC ms; null before the first bar. */
  warmedFrom: number | null = null;
  warmBars = 0;
  lastBar: Bar | null = null;
  stale: string | null = null;

  private constructor(
    private readonly parts: LaneParts,
    subscribedAt: number,
  ) {
    this.ensemble = parts.ensemble;
    this.memory = new EnsembleMemory(parts.features);
    this.followDepth(parts.features.schema);
    const minute = Math.floor(subscribedAt / MINUTE_MS) * MINUTE_MS;
    this.minutes = new MinuteAggregator(minute);
    this.partialUntil = subscribedAt === minute ? minute : minute + MINUTE_MS;
    this.unsubscribe = parts.data.subscribe(parts.contract, {
      onBar5s: (bar) => {
        parts.onHeard();
        this.minutes.addBar(bar);
      },
      onQuote: (quote, status) => {
        parts.onHeard();
        this.stale = status.stale ? (status.staleReason ?? 'stale quotes') : null;
        this.minutes.addQuote(quote);
      },
    });
  }

  /** Subscribes, then warms up from journal and history so that no minute is missed in between. */
  static async open(parts: LaneParts, from: number): Promise<InstrumentLane> {
    const lane = new InstrumentLane(parts, await parts.data.marketTime());
    await lane.warmUp(from);
    return lane;
  }

  /** Asks for the book's depth where columns are made of it. Once asked for it stays: books that were consumed are not to be missed. */
  private followDepth({ parameters }: FeatureSchema): void {
    const { data, contract, onHeard } = this.parts;
    if (!parameters.some(({ kind }) => kind === 'depth') || this.endDepth !== null) return;
    this.endDepth = data.subscribe(contract, {
      onDepth: (depth) => {
        onHeard();
        this.depth = depth;
      },
    });
  }

  /** With the book as it is now, which closes with the minute. */
  private withBook(row: BarWithQuote): BarWithQuote {
    const { depth } = this;
    return depth === null ? row : { ...row, book: { time: row.bar.start + MINUTE_MS, ...depth } };
  }

  get symbol(): Instrument['symbol'] {
    return this.parts.instrument.symbol;
  }

  get contract(): FutureContract {
    return this.parts.contract;
  }

  get instrument(): Instrument {
    return this.parts.instrument;
  }

  /** End of the last bar consumed, UTC ms. */
  get lastBarAt(): number | null {
    return this.lastBar === null ? null : this.lastBar.start + MINUTE_MS;
  }

  private async warmUp(from: number): Promise<void> {
    const { data, journal, contract } = this.parts;
    const now = await data.marketTime();
    const to = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const consumed = await journal.read(this.symbol, from, to);
    const history = to > from ? await data.history(contract, { from, to }) : [];
    const known = new Set(consumed.map(({ bar }) => bar.start));
    const merged = mergeWarmUp(consumed, history, from, to).map((row) => this.withSnapshotQuote(row, now));
    const fresh = merged.filter(({ bar }) => !known.has(bar.start));
    await journal.appendAll(this.symbol, fresh, now, 'history');
    merged.forEach((row) => this.take(row));
    this.warmBars = this.parts.features.bars;
    await this.memory.adopt(this.ensemble);
    this.memory.restoreVetoes(this.parts.judged);
  }

  /** A minute that ended just now still has its quote: the one the subscription began with. */
  private withSnapshotQuote(row: BarWithQuote, now: number): BarWithQuote {
    const age = now - (row.bar.start + MINUTE_MS);
    return row.quote === null && age >= 0 && age <= SNAPSHOT_GRACE_MS
      ? { ...row, quote: this.minutes.latestQuote() }
      : row;
  }

  private take(row: BarWithQuote): void {
    this.warmedFrom ??= row.bar.start;
    this.lastBar = row.bar;
    this.memory.push(row);
    this.beside?.push(row);
  }

  /** After a hole in the stream the forming minute is not to be trusted, nor is the book until it is told anew. */
  noteGap(marketTime: number): void {
    this.depth = null;
    this.partialUntil = Math.max(this.partialUntil, Math.floor(marketTime / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  }

  isComplete(minuteEnd: number): boolean {
    return this.minutes.isComplete(minuteEnd);
  }

  dueMinutes(through: number): readonly number[] {
    const due = this.minutes.dueMinutes(through);
    return this.partialUntil <= through && this.lastBarAt !== null && this.lastBarAt < this.partialUntil
      ? [...new Set([this.partialUntil, ...due])].sort((a, b) => a - b)
      : due;
  }

  quote(): Quote | null {
    return this.minutes.latestQuote();
  }

  /** Closes the minute that ends at `minuteEnd`; null when nothing traded in it. */
  async close(minuteEnd: number): Promise<BarWithQuote | null> {
    const streamed = this.minutes.close(minuteEnd);
    const found = minuteEnd <= this.partialUntil ? await this.fromHistory(minuteEnd) : streamed;
    if (found === null || (this.lastBarAt !== null && found.bar.start < this.lastBarAt)) return null;
    const row = this.withBook(found);
    await this.parts.journal.append(this.symbol, row, minuteEnd);
    this.take(row);
    return row;
  }

  private async fromHistory(minuteEnd: number): Promise<BarWithQuote | null> {
    const from = this.lastBarAt ?? minuteEnd - MINUTE_MS;
    const bars = await this.parts.data.history(this.parts.contract, { from, to: minuteEnd });
    // Minutes lost in a gap come back without their quotes; only the one that closes now has the book of this instant.
    const lost = mergeWarmUp([], bars, from, minuteEnd - MINUTE_MS);
    await this.parts.journal.appendAll(this.symbol, lost, minuteEnd, 'history');
    lost.forEach((row) => this.take(row));
    const last = bars.find((bar) => bar.start + MINUTE_MS === minuteEnd && bar.volume > 0);
    return last === undefined ? null : { bar: last, quote: this.minutes.latestQuote() };
  }

  /** Features, votes and second opinions on the last closed bar. */
  opinion(): Promise<Opinion> {
    return formOpinion(this.memory, this.ensemble);
  }

  /** The decision on the last closed bar, to be judged when its horizon is over. */
  remember(decided: DecidedVotes): void {
    this.memory.record(decided);
  }

  /** What the validator did on this trade date, and what came of it. */
  get vetoCounts(): VetoCounts {
    return this.memory.vetoCounts;
  }

  /** Columns that its models read and that have no value on the last closed bar. */
  get missing(): readonly string[] {
    return this.memory.features.missing();
  }

  /** Rows of one series that end with the last closed bar, as `reader` reads them; none while that bar's row has a hole. */
  rowsFor({ schema, window }: RowReader): readonly Float32Array[] {
    if (schema.hash === this.memory.features.schema.hash) return this.memory.rows(window);
    if (this.beside?.features.schema.hash !== schema.hash) {
      this.beside = this.memory.rowsUnder(schema);
      this.followDepth(schema);
    }
    return this.beside.rows(window);
  }

  /** How many models vote; null without any that could be loaded. */
  get voters(): number | null {
    return this.ensemble?.models.length ?? null;
  }

  /** From the next opinion on these models vote; the ones before are closed. Not while an opinion is formed. */
  async useEnsemble(ensemble: Ensemble | null): Promise<void> {
    const before = this.ensemble;
    this.ensemble = ensemble;
    this.beside = null;
    await this.memory.adopt(ensemble);
    if (ensemble !== null) this.followDepth(ensemble.schema);
    await before?.close();
  }

  /** Ends the streams and frees the models' memory. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.endDepth?.();
    await this.ensemble?.close();
  }
}
