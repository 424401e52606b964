/** The exchange in this process with a durable state folder, and clients that collect what they are told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FutureSymbol } from '../../src/domain/instruments';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import type { RecordedContract, RecordedMarket, RecordedMinute } from '../../src/market-data/recorded-market';
import { Exchange } from '../../src/paper-gateway/exchange';
import { Journal } from '../../src/paper-gateway/journal';
import {
  DEFAULT_ORDER,
  type GatewaySession,
  type ServerMessage,
  type WireOrder,
} from '../../src/paper-gateway/messages';
import type { RecordedStockMarket } from '../../src/paper-gateway/stock-replay';
import { ACCOUNT, ES_QUERY } from './sample-parts';

export const START_CASH = 100_000;
export type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

let sample: Promise<RecordedMarket> | null = null;
/** The repository's data, read once a test file. */
export const sampleMarket = (): Promise<RecordedMarket> => (sample ??= loadRecordedMarket('data'));

/** A market of hand-written minutes. */
export function scriptedMarket(minutes: readonly RecordedMinute[], symbol: FutureSymbol = 'ES'): RecordedMarket {
  const contract: RecordedContract = { symbol, deliveryMonth: '201312', file: 'scripted', minutes };
  return {
    folder: 'scripted',
    contracts: [contract],
    rejected: [],
    skipped: [],
    tradeDates: ['2013-10-09'],
    margins: [{ symbol, from: 20130101, initial: 4180, maintenance: 3800 }],
    files: [{ name: 'scripted', sha256: '0' }],
  };
}

export const T0 = Date.parse('2013-10-09T14:30:00Z');

/** Minute `index` after T0: prices open, high, low, close (null: no trade), quote bid, ask, sizes (null: none). */
export function minute(
  index: number,
  prices: readonly [number, number, number, number] | null,
  quote: readonly [number, number, number, number] | null,
  volume = 100,
): RecordedMinute {
  const start = T0 + index * 60_000;
  return {
    start,
    bar: prices && { start, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume },
    quote: quote && { time: start + 59_000, bid: quote[0], ask: quote[1], bidSize: quote[2], askSize: quote[3] },
  };
}

export class Client implements GatewaySession {
  readonly serverVersion = 193;
  readonly received: ServerMessage[] = [];
  closed = false;
  constructor(
    readonly sessionId: number,
    readonly clientId: number,
  ) {}
  get readAtMonotonicMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }
  send(message: ServerMessage): void {
    if (!this.closed) this.received.push(message);
  }
  close(): void {
    this.closed = true;
  }
  all<T extends ServerMessage['type']>(type: T): readonly Message<T>[] {
    return this.received.filter((message): message is Message<T> => message.type === type);
  }
  /** Error codes for an id. */
  errors(id: number): readonly number[] {
    return this.all('error').flatMap((error) => (error.id === id ? [error.code] : []));
  }
  /** Statuses told for an order, without repetitions. */
  statuses(orderId: number): readonly string[] {
    const told = this.all('orderStatus').flatMap((status) => (status.orderId === orderId ? [status.status] : []));
    return told.filter((status, index) => status !== told[index - 1]);
  }
}

export class Rig {
  private sessions = 0;
  exchange!: Exchange;
  private journal!: Journal;

  constructor(
    private readonly market: RecordedMarket,
    private readonly clock = T0,
    readonly folder = mkdtempSync(join(tmpdir(), 'omega-exchange-')),
    private readonly seed = 1,
    private readonly stocks: readonly RecordedStockMarket[] = [],
  ) {
    this.open();
  }

  /** Starts anew from what is on disk, as after kill -9: the old journal is left as it is. */
  restart(): void {
    this.open();
  }

  connect(clientId = 1): Client {
    this.sessions += 1;
    const client = new Client(this.sessions, clientId);
    this.exchange.onSessionOpened(client);
    return client;
  }

  place(client: Client, orderId: number, order: Partial<WireOrder>, symbol = 'ES'): void {
    this.exchange.onRequest(client, {
      type: 'placeOrder',
      orderId,
      contract: {
        ...ES_QUERY,
        conId: 0,
        symbol,
        exchange: '',
        localSymbol: '',
        tradingClass: '',
        multiplier: '',
        lastTradeDateOrContractMonth: '201312',
      },
      order: { ...DEFAULT_ORDER, totalQuantity: 1, orderType: 'MKT', action: 'BUY', ...order },
    });
  }

  close(): void {
    this.journal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private open(): void {
    const { journal } = Journal.open(this.folder, {
      account: ACCOUNT,
      startCash: START_CASH,
      seed: this.seed,
      startClock: this.clock,
      dataFiles: this.market.files,
    });
    this.journal = journal;
    this.exchange = new Exchange({
      market: this.market,
      stocks: this.stocks,
      journal,
      clientPacing: false,
      onDiskFailure: (error) => {
        throw error;
      },
    });
  }
}
