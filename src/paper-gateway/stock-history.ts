/** Answers history requests about stocks: daily and longer bars from daily data, shorter ones and ticks where minutes are recorded. */
import { tradeDateOf } from '../domain/calendar';
import type { ListedStock } from './contract-universe';
import { DAILY_SHOWS, dailyHistory, type DatedBar } from './daily-history';
import { formatGatewayTime, parseWireTime } from './fields-time';
import { durationStart, parseBarSize } from './history-bars';
import type { HistoryDesk } from './history-desk';
import type { ClientRequest, GatewaySession, ServerMessage, WireBar } from './messages';
import type { StockReplay } from './stock-replay';

type Request<T extends ClientRequest['type']> = Extract<ClientRequest, { type: T }>;
type HistoryRequest = Request<'reqHistoricalData' | 'reqHeadTimestamp' | 'reqHistogramData' | 'reqHistoricalTicks'>;

export interface StockHistorySurroundings {
  readonly now: number;
  readonly history: HistoryDesk;
  readonly send: (session: GatewaySession, message: ServerMessage) => void;
}

const HMDS = 'Historical Market Data Service error message:';

const wireBar = ({ date, open, high, low, close, volume }: DatedBar): WireBar => ({
  date: date.replaceAll('-', ''),
  open,
  high,
  low,
  close,
  volume,
  wap: -1,
  count: -1,
});

/** Answers one request about a stock with recorded prices. */
export function answerStockHistory(
  around: StockHistorySurroundings,
  session: GatewaySession,
  request: HistoryRequest,
  stock: ListedStock,
  replay: StockReplay,
): void {
  const size = request.type === 'reqHistoricalData' ? parseBarSize(request.barSize) : null;
  if (request.type === 'reqHistoricalData' && size !== null && size.unit !== 'time') {
    return answerDaily(around, session, request, stock, replay, size.unit);
  }
  if (request.type === 'reqHeadTimestamp') return answerHead(around, session, request, replay);
  const minutes = replay.allMinutes();
  if (minutes === null) return noData(around, session, request.reqId, stock, 'only daily bars are recorded');
  switch (request.type) {
    case 'reqHistoricalData':
      return around.history.bars(session, request, stock, minutes);
    case 'reqHistogramData':
      return around.history.histogram(session, request, minutes);
    case 'reqHistoricalTicks':
      return around.history.ticks(session, request, minutes);
  }
}

function answerDaily(
  around: StockHistorySurroundings,
  session: GatewaySession,
  request: Request<'reqHistoricalData'>,
  stock: ListedStock,
  replay: StockReplay,
  size: 'day' | 'week' | 'month',
): void {
  const { reqId } = request;
  const invalid = (cause: string): void =>
    around.send(session, {
      type: 'error',
      id: reqId,
      code: 321,
      message: `Error validating request.-'bA' : cause - ${cause}`,
    });
  const end = parseWireTime(request.endDateTime);
  if (end === 'invalid') return invalid('Invalid end time');
  if (request.keepUpToDate) return invalid('Daily bars of a stock cannot be kept up to date by the paper gateway');
  const show = DAILY_SHOWS.find((name) => name === request.whatToShow.toUpperCase());
  if (show === undefined) return noData(around, session, reqId, stock, request.whatToShow);
  if (show === 'ADJUSTED_LAST' && end !== null) return invalid('End date/time must be empty for ADJUSTED_LAST');
  const cutOff = end === null ? around.now : Math.min(end, around.now);
  const from = durationStart(request.duration, cutOff);
  if (from === null) return invalid(`Invalid duration "${request.duration}"`);
  const bars = dailyHistory(replay.daily, { fromDate: tradeDateOf(from), cutOff }, size, show);
  if (bars.length === 0) return noData(around, session, reqId, stock, show);
  around.send(session, {
    type: 'historicalData',
    reqId,
    start: formatGatewayTime(from),
    end: formatGatewayTime(cutOff),
    bars: bars.map(wireBar),
  });
}

function answerHead(
  { send }: StockHistorySurroundings,
  session: GatewaySession,
  { reqId, formatDate }: Request<'reqHeadTimestamp'>,
  replay: StockReplay,
): void {
  const [first] = replay.daily.days;
  if (first === undefined) {
    return send(session, { type: 'error', id: reqId, code: 162, message: `${HMDS}No head time stamp` });
  }
  const headTimestamp = formatDate === 2 ? String(Math.floor(first.open / 1000)) : formatGatewayTime(first.open);
  send(session, { type: 'headTimestamp', reqId, headTimestamp });
}

function noData(
  { send }: StockHistorySurroundings,
  session: GatewaySession,
  id: number,
  { wire }: ListedStock,
  what: string,
): void {
  const message = `${HMDS}HMDS query returned no data: ${wire.localSymbol}@${wire.exchange} ${what}`;
  send(session, { type: 'error', id, code: 162, message });
}
