/** A provider on the loopback that answers as it is told and writes down what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Sends the start of the body and never ends it. */
  readonly hangs?: boolean;
  /** Announces more bytes than it sends, and closes. */
  readonly breaksOff?: boolean;
}

export interface LocalProvider {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Keeps answering what `reply` says; the last given is in force. */
  answer(reply: (asked: Asked, count: number) => Reply): void;
  close(): Promise<void>;
}

export async function startLocalProvider(): Promise<LocalProvider> {
  // A proxy of the machine is not asked for the loopback.
  process.env.NO_PROXY = process.env.no_proxy = '127.0.0.1';
  const asked: Asked[] = [];
  let reply: (asked: Asked, count: number) => Reply = () => ({ status: 404, body: { error: 'nothing scripted' } });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://local');
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      asked.push(one);
      send(response, reply(one, asked.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer: (next) => void (reply = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', hangs, breaksOff }: Reply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (breaksOff === true) {
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text) + 100) });
    response.write(text, () => response.destroy());
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (hangs === true) response.write(text);
  else response.end(text);
}
