/** A transport with a scripted exchange behind it, and a bare socket client that writes any bytes. */
import { connect, type Socket } from 'node:net';
import { encodeFrame, splitFields, type Field } from '../../src/paper-gateway/framing';
import type { ClientRequest, GatewaySession, RequestHandler } from '../../src/paper-gateway/messages';
import { GatewayTransport } from '../../src/paper-gateway/transport';
import { ACCOUNT, MARKET_TIME } from './sample-parts';

export interface ScriptedGateway {
  readonly transport: GatewayTransport;
  readonly port: number;
  /** What reached the exchange, in order: "101 opened", "101 placeOrder 5", "101 closed". */
  readonly heard: string[];
  readonly log: string[];
  /** Answers beyond the greeting and the time. */
  answer: (session: GatewaySession, request: ClientRequest) => void;
}

export async function startScriptedGateway(highestVersion?: number): Promise<ScriptedGateway> {
  const heard: string[] = [];
  const log: string[] = [];
  const handler: RequestHandler = {
    onSessionOpened: (session) => {
      heard.push(`${session.clientId} opened`);
      session.send({ type: 'managedAccounts', accounts: [ACCOUNT] });
      session.send({ type: 'nextValidId', orderId: 1_000_000 });
      session.send({ type: 'error', id: -1, code: 2104, message: 'Market data farm connection is OK:usfuture' });
    },
    onRequest: (session, request) => {
      const id = request.type === 'placeOrder' || request.type === 'cancelOrder' ? ` ${request.orderId}` : '';
      heard.push(`${session.clientId} ${request.type}${id}`);
      if (request.type === 'reqCurrentTime') session.send({ type: 'currentTime', time: MARKET_TIME });
      gateway.answer(session, request);
    },
    onSessionClosed: (session) => heard.push(`${session.clientId} closed`),
  };
  const transport = new GatewayTransport({
    ...{ host: '127.0.0.1', port: 0, handler, marketTime: () => MARKET_TIME, log: (line) => log.push(line) },
    ...(highestVersion === undefined ? {} : { highestVersion }),
  });
  const port = await transport.listen();
  const gateway: ScriptedGateway = { transport, port, heard, log, answer: () => undefined };
  return gateway;
}

/** A client below any library: it sends what the test says and keeps what it hears. */
export class BareClient {
  readonly messages: (readonly string[])[] = [];
  /** How the socket ended: 'fin', 'rst' or null while it lives. */
  ended: 'fin' | 'rst' | null = null;
  /** Sizes of the pieces in which bytes arrived. */
  readonly pieces: number[] = [];
  private buffered = Buffer.alloc(0);

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('end', () => (this.ended ??= 'fin'));
    socket.on('error', () => (this.ended = 'rst'));
  }

  static async connect(port: number): Promise<BareClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const client = new BareClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return client;
  }

  /** Connects and agrees on a version. */
  static async shakeHands(port: number, offer = 'v100..193'): Promise<BareClient> {
    const client = await BareClient.connect(port);
    client.socket.write(handshake(offer));
    await until(() => client.messages.length === 1);
    return client;
  }

  /** Connects, agrees on a version and asks for a client id. */
  static async open(port: number, clientId: number, offer?: string): Promise<BareClient> {
    const client = await BareClient.shakeHands(port, offer);
    client.send(71, 2, clientId, '');
    return client;
  }

  send(...fields: Field[]): void {
    this.socket.write(encodeFrame(fields));
  }

  heardId(id: number): boolean {
    return this.messages.slice(1).some((fields) => fields[0] === String(id));
  }

  private receive(chunk: Buffer): void {
    this.pieces.push(chunk.length);
    this.buffered = Buffer.concat([this.buffered, chunk]);
    while (this.buffered.length >= 4 && this.buffered.length >= 4 + this.buffered.readUInt32BE(0)) {
      const end = 4 + this.buffered.readUInt32BE(0);
      this.messages.push(splitFields(this.buffered.subarray(4, end)));
      this.buffered = this.buffered.subarray(end);
    }
  }
}

export function handshake(offer: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(offer.length);
  return Buffer.concat([Buffer.from('API\0'), length, Buffer.from(offer)]);
}

/** Waits until `condition` holds. @throws when it doesn't within `withinMs`. */
export async function until(condition: () => boolean, withinMs = 3000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${condition.toString()}`);
    await pause(2);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
