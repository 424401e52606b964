/** A whole gateway in one process: recorded data, durable state, exchange, TWS port, control port, clock. */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { MINUTE_MS } from '../domain/exchange-time';
import type { FutureSymbol } from '../domain/instruments';
import { dataNotes } from '../market-data/data-notes';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { ClockDriver, type ClockMode } from './clock-driver';
import { startControlServer } from './control-server';
import { Exchange } from './exchange';
import { FaultDesk } from './fault-desk';
import { Journal } from './journal';
import { lockStateFolder } from './state-lock';
import { loadStockMarkets, NO_STOCKS } from './stock-markets';
import { GatewayTransport } from './transport';

export interface GatewayOptions {
  readonly host: string;
  /** 0 takes a free one, also for the control port. */
  readonly port: number;
  readonly controlPort: number;
  readonly dataFolder: string;
  readonly instruments?: readonly FutureSymbol[];
  /** US stocks have the prices of recorded daily bars, and of minutes where there are some. */
  readonly stocks?: boolean;
  /** Virtual time of a new state folder, UTC ms; a folder in use goes on where it was. */
  readonly startClock: number;
  readonly mode: ClockMode;
  readonly stateFolder: string;
  readonly seed: number;
  readonly account: string;
  readonly startCash: number;
  readonly clientPacing: boolean;
  readonly log: (line: string) => void;
  readonly onDiskFailure: (error: unknown) => never;
}

export interface RunningGateway {
  readonly port: number;
  readonly controlPort: number;
  readonly exchange: Exchange;
  close(): Promise<void>;
}

/** A port that can't be listened on; the message is one sentence. */
export class PortError extends Error {
  constructor(
    readonly port: number,
    cause: unknown,
  ) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    super(
      code === 'EADDRINUSE'
        ? `Port ${port} is in use; stop the program that listens there or choose another port.`
        : `Port ${port} cannot be opened (${code}); choose another port.`,
    );
    this.name = 'PortError';
  }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Starts everything; rejects with RecordedDataError, StateError or PortError, with nothing left running. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { log } = options;
  const market = await loadRecordedMarket(options.dataFolder, { instruments: options.instruments });
  for (const note of dataNotes(market)) log(note);
  const stocks = options.stocks === true ? await loadStockMarkets(options.dataFolder) : NO_STOCKS;
  for (const note of stocks.notes) log(note);
  mkdirSync(options.stateFolder, { recursive: true });
  const lock = await lockStateFolder(options.stateFolder);
  const { account, startCash, seed, startClock } = options;
  const dataFiles = [...market.files, ...stocks.files];
  const origin = { account, startCash, seed, startClock, dataFiles };
  const { journal, resumed } = Journal.open(options.stateFolder, origin);
  const { clientPacing, onDiskFailure } = options;
  const exchange = new Exchange({ market, stocks: stocks.markets, journal, clientPacing, onDiskFailure });
  const marketTime = (): number => exchange.ledger.clock;
  const transport = new GatewayTransport({
    host: options.host,
    port: options.port,
    handler: exchange,
    marketTime,
    log,
  });
  const driver = new ClockDriver(options.mode, {
    now: marketTime,
    advanceTo: (target) => exchange.advanceTo(target),
    endOfData: Math.max(
      ...market.contracts.map(({ minutes }) => minutes[minutes.length - 1].start + MINUTE_MS),
      stocks.endOfData,
    ),
  });
  const faults = new FaultDesk(exchange, transport);
  const abandon = async (error: unknown, port: number): Promise<never> => {
    journal.close();
    lock?.close();
    await transport.close();
    throw new PortError(port, error);
  };
  const control = await startControlServer(options.controlPort, { exchange, driver, faults, log }).catch(
    (error: unknown) => abandon(error, options.controlPort),
  );
  const port = await transport.listen().catch(async (error: unknown) => {
    await closeServer(control.server);
    return abandon(error, options.port);
  });
  if (resumed) log(`state: ${options.stateFolder} goes on at ${new Date(journal.ledger.clock).toISOString()}`);
  driver.start();
  return {
    port,
    controlPort: control.port,
    exchange,
    close: async () => {
      driver.stop();
      await transport.close();
      await closeServer(control.server);
      journal.close();
      lock?.close();
    },
  };
}
