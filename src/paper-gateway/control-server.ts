/**
 * The control port: HTTP on the loopback address for conductors, drills and tests; nothing in the trading path uses it.
 * GET /orders /executions[?tradeDate=] /positions /account /clock /minutes?from=&to= /faults · POST /clock {advanceTo} · POST /faults {fault, …}
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { clockReport, executionsReport, minutesReport, ordersReport, positionsReport } from './control-reports';
import type { ClockDriver } from './clock-driver';
import type { Exchange } from './exchange';
import type { FaultDesk } from './fault-desk';

const MAX_BODY_BYTES = 1_000_000;
const LOOPBACK = '127.0.0.1';

export interface ControlServerOptions {
  readonly exchange: Exchange;
  readonly driver: ClockDriver;
  readonly faults: FaultDesk;
  readonly log: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (status: number, error: string): Answer => ({ status, body: { error } });

const advanceSchema = z.object({ advanceTo: z.number().int() });
const timeParameter = (text: string | null): number | null => {
  if (text === null || text === '') return null;
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
};

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new RangeError('the body is too long');
  }
  return text === '' ? {} : (JSON.parse(text) as unknown);
}

function read(options: ControlServerOptions, url: URL): Answer {
  const { exchange, driver, faults } = options;
  switch (url.pathname) {
    case '/orders':
      return ok(ordersReport(exchange));
    case '/executions':
      return ok(executionsReport(exchange, url.searchParams.get('tradeDate')));
    case '/positions':
      return ok(positionsReport(exchange));
    case '/account':
      return ok({ account: exchange.ledger.origin.account, ...exchange.account.figures() });
    case '/clock':
      return ok(clockReport(exchange, driver.mode));
    case '/faults':
      return ok(faults.list());
    case '/minutes': {
      const from = timeParameter(url.searchParams.get('from'));
      const to = timeParameter(url.searchParams.get('to'));
      if (from === null || to === null || Number.isNaN(from) || Number.isNaN(to)) {
        return refused(400, 'give from and to as UTC milliseconds or ISO-8601');
      }
      const symbols = url.searchParams.get('instruments')?.split(',') ?? null;
      return ok(minutesReport(exchange, from, to, symbols));
    }
    default:
      return refused(404, `there is no ${url.pathname} here`);
  }
}

function moveClock({ exchange, driver }: ControlServerOptions, body: unknown): Answer {
  const parsed = advanceSchema.safeParse(body);
  if (!parsed.success) return refused(400, 'give {"advanceTo": UTC milliseconds}');
  if (driver.mode.kind !== 'lockstep') {
    return refused(409, 'the clock runs by itself; start the gateway with --speed lockstep to release it');
  }
  exchange.advanceTo(parsed.data.advanceTo);
  return ok(clockReport(exchange, driver.mode));
}

async function answer(options: ControlServerOptions, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
  if (request.method === 'GET') return read(options, url);
  if (request.method !== 'POST') return refused(405, 'use GET or POST');
  let body: unknown;
  try {
    body = await readBody(request);
  } catch (error) {
    return refused(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (url.pathname === '/clock') return moveClock(options, body);
  if (url.pathname === '/faults') {
    const result = await options.faults.apply(body);
    return result.ok ? ok(result) : refused(400, result.error);
  }
  return refused(404, `there is no ${url.pathname} here`);
}

async function respond(
  options: ControlServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let result: Answer;
  try {
    result = await answer(options, request);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    options.log(`control port: ${text}`);
    result = refused(500, error instanceof Error ? error.message : String(error));
  }
  const text = JSON.stringify(result.body);
  response.writeHead(result.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Listens on loopback; resolves to the server and its port. Rejects with the system's error when the port is taken. */
export function startControlServer(
  port: number,
  options: ControlServerOptions,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => void respond(options, request, response));
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve({ server, port: address !== null && typeof address === 'object' ? address.port : port });
    });
  });
}
