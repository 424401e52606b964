/** Answers history requests: bars (kept up to date on demand), head timestamps, histograms, single ticks, schedules. */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import type { Bar } from '../domain/bars';
import type { ContractReplay } from './contract-replay';
import type { Listing } from './contract-universe';
import { formatBarDate, formatGatewayTime, formatUtcTime, parseWireTime } from './fields-time';
import { historicalTicks } from './history-ticks';
import {
  barStartOf,
  durationStart,
  historyBars,
  parseBarSize,
  WHAT_TO_SHOW,
  type BarSize,
  type HistoryRange,
  type WhatToShow,
} from './history-bars';
import type { ClientRequest, GatewaySession, ServerMessage, WireBar } from './messages';

type Request<T extends ClientRequest['type']> = Extract<ClientRequest, { type: T }>;
type BarsRequest = Request<'reqHistoricalData'>;

interface LiveHistory {
  readonly session: GatewaySession;
  readonly request: BarsRequest;
  readonly conId: number;
  readonly replay: ContractReplay;
  readonly size: BarSize;
  readonly show: WhatToShow;
}

export interface HistorySurroundings {
  readonly now: () => number;
  readonly send: (session: GatewaySession, message: ServerMessage) => void;
}

const HMDS = 'Historical Market Data Service error message:';

/** A day's bar is named by its trade date, a shorter one by its start. */
function dateOfBar(bar: Bar, size: BarSize, formatDate: number): string {
  if (size.unit === 'time') return formatBarDate(bar.start, formatDate);
  return tradeDateOf(bar.start).replaceAll('-', '');
}

const wireBar = (bar: Bar, size: BarSize, formatDate: number): WireBar => ({
  date: dateOfBar(bar, size, formatDate),
  open: bar.open,
  high: bar.high,
  low: bar.low,
  close: bar.close,
  volume: bar.volume,
  wap: -1,
  count: -1,
});

export class HistoryDesk {
  private readonly live = new Map<string, LiveHistory>();

  constructor(private readonly around: HistorySurroundings) {}

  contracts(): ReadonlySet<number> {
    return new Set([...this.live.values()].map(({ conId }) => conId));
  }

  bars(session: GatewaySession, request: BarsRequest, listing: Listing, replay: ContractReplay): void {
    if (request.whatToShow.toUpperCase() === 'SCHEDULE') return this.schedule(session, request, replay);
    const asked = this.readBarsRequest(request);
    if ('code' in asked) return this.fail(session, request.reqId, asked.code, asked.message);
    const { size, show, range } = asked;
    const bars = historyBars(replay, range, size, show, request.useRth);
    if (bars.length === 0) return this.noData(session, request.reqId, listing, show);
    this.send(session, {
      type: 'historicalData',
      reqId: request.reqId,
      start: formatGatewayTime(range.from),
      end: formatGatewayTime(range.to),
      bars: bars.map((bar) => wireBar(bar, size, request.formatDate)),
    });
    if (!request.keepUpToDate) return;
    const key = `${session.sessionId}/${request.reqId}`;
    this.live.set(key, { session, request, conId: listing.conId, replay, size, show });
  }

  cancel(session: GatewaySession, reqId: number): void {
    this.live.delete(`${session.sessionId}/${reqId}`);
  }

  dropSession(session: GatewaySession): void {
    for (const [key, live] of this.live) if (live.session === session) this.live.delete(key);
  }

  dropAll(): void {
    this.live.clear();
  }

  /** Something traded or was quoted: the forming bar of each kept-up request is told again. */
  onEvent(conId: number): void {
    for (const { session, request, replay, size, show, conId: wanted } of this.live.values()) {
      if (wanted !== conId) continue;
      const now = this.around.now();
      const range = { from: barStartOf(now, size), to: now + 1, cutOff: now };
      const bar = historyBars(replay, range, size, show, request.useRth).at(-1);
      if (bar === undefined) continue;
      this.send(session, {
        type: 'historicalDataUpdate',
        reqId: request.reqId,
        bar: wireBar(bar, size, request.formatDate),
      });
    }
  }

  headTimestamp(session: GatewaySession, request: Request<'reqHeadTimestamp'>, replay: ContractReplay): void {
    const trades = request.whatToShow.toUpperCase() === 'TRADES';
    const first = replay.minutes.find(({ bar, quote }) => (trades ? bar : quote) !== null);
    if (first === undefined) return this.fail(session, request.reqId, 162, `${HMDS}No head time stamp`);
    const headTimestamp =
      request.formatDate === 2 ? String(Math.floor(first.start / 1000)) : formatUtcTime(first.start);
    this.send(session, { type: 'headTimestamp', reqId: request.reqId, headTimestamp });
  }

  histogram(session: GatewaySession, request: Request<'reqHistogramData'>, replay: ContractReplay): void {
    const now = this.around.now();
    const period = request.period.replace(
      /^(\d+)\s*([A-Za-z]).*$/,
      (_, count: string, unit: string) => `${count} ${unit.toUpperCase()}`,
    );
    const from = durationStart(period, now);
    if (from === null)
      return this.fail(
        session,
        request.reqId,
        321,
        `Error validating request.-'bU' : cause - Invalid period "${request.period}"`,
      );
    const sizes = new Map<number, number>();
    const range = { from, to: now + 1, cutOff: now };
    for (const bar of historyBars(replay, range, { unit: 'time', ms: 5000 }, 'TRADES', request.useRth)) {
      sizes.set(bar.close, (sizes.get(bar.close) ?? 0) + bar.volume);
    }
    const items = [...sizes].sort(([a], [b]) => a - b).map(([price, size]) => ({ price, size }));
    this.send(session, { type: 'histogramData', reqId: request.reqId, items });
  }

  ticks(session: GatewaySession, request: Request<'reqHistoricalTicks'>, replay: ContractReplay): void {
    this.send(session, historicalTicks(request, replay, this.around.now()));
  }

  private schedule(session: GatewaySession, request: BarsRequest, replay: ContractReplay): void {
    const end = parseWireTime(request.endDateTime) ?? this.around.now();
    const from = end === 'invalid' ? null : durationStart(request.duration, end);
    if (end === 'invalid' || from === null) {
      return this.fail(
        session,
        request.reqId,
        321,
        "Error validating request.-'bA' : cause - Invalid end time or duration",
      );
    }
    const dates = new Set(
      replay.minutes
        .filter(({ start, bar }) => bar !== null && start >= from && start < end)
        .map(({ start }) => tradeDateOf(start)),
    );
    const printed = (time: number): string => formatGatewayTime(time).slice(0, 17).replace(' ', '-');
    this.send(session, {
      type: 'historicalSchedule',
      reqId: request.reqId,
      start: printed(from),
      end: printed(end),
      timeZone: 'US/Central',
      sessions: [...dates].map((date) => {
        const bounds = tradeDateBounds(date);
        return { start: printed(bounds.start), end: printed(bounds.end), refDate: date.replaceAll('-', '') };
      }),
    });
  }

  private readBarsRequest(
    request: BarsRequest,
  ):
    | { readonly size: BarSize; readonly show: WhatToShow; readonly range: HistoryRange }
    | { readonly code: number; readonly message: string } {
    const invalid = (cause: string): { code: number; message: string } => ({
      code: 321,
      message: `Error validating request.-'bA' : cause - ${cause}`,
    });
    const now = this.around.now();
    const end = parseWireTime(request.endDateTime);
    if (end === 'invalid')
      return { code: 10314, message: 'End Date/Time: The date, time, or time-zone entered is invalid.' };
    if (request.keepUpToDate && end !== null)
      return invalid('End date/time must be empty for a request that is kept up to date');
    const size = parseBarSize(request.barSize);
    if (size === null) return invalid(`Invalid bar size "${request.barSize}"`);
    const show = WHAT_TO_SHOW.find((name) => name === request.whatToShow.toUpperCase());
    if (show === undefined) return invalid(`Invalid what to show "${request.whatToShow}"`);
    // A bar that begins at the end of the span is not in it; at an open end the forming bar is.
    const to = end === null || end > now ? now : end;
    const from = durationStart(request.duration, to);
    if (from === null) return invalid(`Invalid duration "${request.duration}"`);
    return { size, show, range: { from, to, cutOff: to } };
  }

  private noData(session: GatewaySession, reqId: number, listing: Listing, show: WhatToShow): void {
    const name = `${listing.wire.localSymbol}@${listing.wire.exchange}`;
    this.fail(session, reqId, 162, `${HMDS}HMDS query returned no data: ${name} ${show}`);
  }

  private send(session: GatewaySession, message: ServerMessage): void {
    this.around.send(session, message);
  }

  private fail(session: GatewaySession, id: number, code: number, message: string): void {
    this.send(session, { type: 'error', id, code, message });
  }
}
