/**
 * Historical bars (requirement A4): useRTH false, `1 min`, `TRADES`, one day, formatDate 1 unless told otherwise; IB's pacing rules are
 * kept before sending, spans are cut into calls of at most 5,000 bars, and a 162 is judged by its text.
 */
import { EventName, type BarSizeSetting, type IBApi } from '@stoqey/ib';
import type { Bar } from '../domain/bars';
import { historyRefusal } from '../domain/broker-codes';
import { BrokerError } from './broker-error';
import type { BrokerConnection } from './connection';
import { dataContract } from './contracts';
import { pacingWaitMs, stillCounting, type PacedRequest, type PastRequest } from './history-pacing';
import { durationText, longestSpanMs } from './history-spans';
import { formatIbUtc, parseIbTime } from './ib-time';
import { monotonicMs } from './limiter';
import type { DataContract, HistoryRequest } from './market-data-port';
import type { PendingRequests } from './pending-requests';

const HISTORY_CODE = 162;
/** IB refuses an identical request within this time; we hand out the answer we have. */
const IDENTICAL_MS = 15_000;
const AFTER_VIOLATION_MS = 15_000;
const MAX_ATTEMPTS = 3;
const FORMAT_DATE = 1;

interface Settings {
  readonly barSize: string;
  readonly whatToShow: NonNullable<HistoryRequest['whatToShow']>;
  readonly useRth: boolean;
}

interface Call extends Settings {
  readonly contract: DataContract;
  /** IB's UTC text, empty for now. */
  readonly end: string;
  readonly duration: string;
}

export interface HistoryParts {
  readonly connection: BrokerConnection;
  readonly pending: PendingRequests;
  /** Writes one message through the limiter; rejects with BrokerError. */
  readonly send: (what: string, call: (api: IBApi) => void) => Promise<void>;
  /** Zone of bar times that name none. */
  readonly zone: string;
  readonly pause?: (ms: number) => Promise<void>;
  /** Awaited before each request once IB's own rules let it pass: what the caller has promised besides. */
  readonly admission?: () => Promise<void>;
}

const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class BarHistory {
  private readonly bars = new Map<number, Bar[]>();
  private past: readonly PastRequest[] = [];
  private admission: Promise<void> = Promise.resolve();
  private readonly recent = new Map<string, { readonly at: number; readonly answer: Promise<readonly Bar[]> }>();

  constructor(private readonly parts: HistoryParts) {}

  attach(api: IBApi): void {
    api.on(EventName.historicalData, (reqId, date, open, high, low, close, volume) => {
      if (date.startsWith('finished')) return this.parts.pending.settle(reqId);
      const start = parseIbTime(date, this.parts.zone);
      if (start === null) {
        const error = new BrokerError('BAD_REQUEST', `The gateway dated a bar "${date}", which is no time.`);
        return this.parts.pending.fail(reqId, error);
      }
      this.bars.get(reqId)?.push({ start, open, high, low, close, volume: Math.max(0, volume) });
    });
  }

  /** Bars in time order, without duplicates. Rejects with BrokerError PACING, REQUEST_REFUSED, REQUEST_TIMEOUT or CONNECTION_LOST. */
  async fetch(contract: DataContract, request: HistoryRequest): Promise<readonly Bar[]> {
    const { barSize = '1 min', whatToShow = 'TRADES', useRth = false } = request;
    const settings: Settings = { barSize, whatToShow, useRth };
    const bars =
      request.from === undefined
        ? await this.single(contract, settings, request.duration ?? '1 D', request.end)
        : await this.span(contract, settings, request.from, request.to);
    return whatToShow === 'TRADES' ? bars.filter(({ volume }) => volume > 0) : bars;
  }

  private async single(
    contract: DataContract,
    settings: Settings,
    duration: string,
    end: number | undefined,
  ): Promise<readonly Bar[]> {
    const call = { ...settings, contract, duration, end: end === undefined ? '' : formatIbUtc(end) };
    // Asked again within 15 s, "now" must be named, or IB takes it for the identical request.
    const repeated = end === undefined && this.isRecent(call);
    return this.answer(repeated ? { ...call, end: formatIbUtc(await this.parts.connection.roundTrip()) } : call);
  }

  /** Backwards from `to`, because IB counts durations back from the end, over breaks too. */
  private async span(contract: DataContract, settings: Settings, from: number, to: number): Promise<readonly Bar[]> {
    const byStart = new Map<number, Bar>();
    for (let end = to; end > from;) {
      const duration = durationText(end - from, settings.barSize);
      const bars = await this.answer({ ...settings, contract, duration, end: formatIbUtc(end) });
      for (const bar of bars) if (bar.start >= from && bar.start < to) byStart.set(bar.start, bar);
      const earliest = bars.length === 0 ? end : Math.min(end, bars[0].start);
      end = earliest < end ? earliest : end - Math.min(end - from, longestSpanMs(settings.barSize));
    }
    return [...byStart.values()].sort((a, b) => a.start - b.start);
  }

  private isRecent(call: Call): boolean {
    const known = this.recent.get(JSON.stringify(call));
    return known !== undefined && monotonicMs() - known.at < IDENTICAL_MS;
  }

  private answer(call: Call): Promise<readonly Bar[]> {
    const identity = JSON.stringify(call);
    for (const [key, { at }] of this.recent) if (monotonicMs() - at >= IDENTICAL_MS) this.recent.delete(key);
    const known = this.recent.get(identity);
    if (known !== undefined) return known.answer;
    const answer = this.withRetries(call);
    this.recent.set(identity, { at: monotonicMs(), answer });
    // A failure is not an answer to hand out again.
    answer.catch(() => this.recent.delete(identity));
    return answer;
  }

  private async withRetries(call: Call): Promise<readonly Bar[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(call);
      } catch (error) {
        if (!(error instanceof BrokerError) || error.ibCode !== HISTORY_CODE) throw error;
        const about = historyRefusal(error.message);
        if (about === 'no-data') return [];
        if (about !== 'pacing') throw error;
        if (attempt >= MAX_ATTEMPTS) {
          throw new BrokerError('PACING', `IB still counts too many history requests: ${error.message}`, HISTORY_CODE);
        }
        await (this.parts.pause ?? pauseFor)(AFTER_VIOLATION_MS);
      }
    }
  }

  private async ask(call: Call): Promise<readonly Bar[]> {
    await this.admit({
      stream: `${call.contract.conId}/${call.contract.exchange}/${call.whatToShow}`,
      cost: call.whatToShow === 'BID_ASK' ? 2 : 1,
    });
    const { pending, send } = this.parts;
    const id = pending.allocateId();
    const bars: Bar[] = [];
    this.bars.set(id, bars);
    const what = `history of ${call.contract.symbol} (${call.duration} to ${call.end || 'now'})`;
    const answered = pending.wait(id, what);
    try {
      await send(what, (api) =>
        api.reqHistoricalData(
          id,
          // Without it IB knows nothing of a future that has expired.
          { ...dataContract(call.contract), ...(call.contract.secType === 'FUT' && { includeExpired: true }) },
          call.end,
          call.duration,
          call.barSize as BarSizeSetting,
          call.whatToShow,
          call.useRth,
          FORMAT_DATE,
          false,
        ),
      );
    } catch (error) {
      pending.fail(id, error instanceof BrokerError ? error : new BrokerError('NOT_READY', String(error)));
    }
    try {
      await answered;
      return bars;
    } finally {
      this.bars.delete(id);
    }
  }

  /** One after the other, so that two requests cannot take the same place in a window. */
  private admit(request: PacedRequest): Promise<void> {
    const admitted = this.admission.then(async () => {
      const wait = pacingWaitMs(this.past, request, monotonicMs());
      if (wait > 0) await (this.parts.pause ?? pauseFor)(wait);
      await this.parts.admission?.();
      const now = monotonicMs();
      this.past = [...stillCounting(this.past, now), { ...request, at: now }];
    });
    // Who was refused does not hold up the next one.
    this.admission = admitted.catch(() => undefined);
    return admitted;
  }
}
