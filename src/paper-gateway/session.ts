/**
 * One client's socket, from its first byte to its last: handshake, startApi, requests, end.
 * Invariants:
 *  1. Requests are processed in the order they arrived, one at a time; the end of the socket is processed after all of them.
 *  2. The client id is held until that end was processed, so a new session of the same id knows that the old one's orders are in.
 *  3. A message that can't be read costs an error answer; a stream that can't be read costs the socket.
 */
import type { Socket } from 'node:net';
import { decodeRequest } from './decode-request';
import { encodeMessage } from './encode-message';
import { MessageError } from './fields';
import { formatGatewayTime } from './fields-time';
import { encodeFrame, FrameReader, FramingError, splitFields } from './framing';
import type { ClientRequest, GatewaySession, RequestHandler, ServerMessage } from './messages';
import { negotiateVersion } from './server-versions';
import { DelayLine } from './session-delay';
import { clientIdInUse, NO_ID, unacceptable, undecodable, unreadable } from './session-errors';
import { SessionOutbox } from './session-outbox';
import type { LineCondition, PendingCuts } from './transport-faults';

const HANDSHAKE_TIMEOUT_MS = 30_000;
/** How long a socket that this side has ended is still read, so that a last message (326) isn't lost to an RST. */
const LINGER_MS = 1_000;

type InboxItem =
  | { readonly type: 'frame'; readonly payload: Buffer; readonly readAt: number }
  | { readonly type: 'garbage'; readonly error: FramingError }
  | { readonly type: 'end' };

export interface SessionSurroundings {
  readonly handler: RequestHandler;
  readonly marketTime: () => number;
  readonly highestVersion: number;
  readonly cuts: PendingCuts;
  readonly log: (line: string) => void;
  /** Answers once, perhaps later, whether the session may have this client id. */
  readonly claimClientId: (session: ClientSession, answer: (granted: boolean) => void) => void;
  /** The session is over and its client id free. */
  readonly onEnded: (session: ClientSession) => void;
}

type Phase = 'version' | 'start' | 'claiming' | 'open' | 'over';

export class ClientSession implements GatewaySession {
  clientId = NO_ID;
  serverVersion = 0;
  readAtMonotonicMs = 0;
  private phase: Phase = 'version';
  private readonly frames = new FrameReader();
  private readonly outbox: SessionOutbox;
  private readonly arrivals = new DelayLine();
  private readonly inbox: InboxItem[] = [];
  private line: LineCondition;
  private pumping = false;
  private readonly handshakeTimer: NodeJS.Timeout;

  constructor(
    readonly sessionId: number,
    private readonly socket: Socket,
    private readonly surroundings: SessionSurroundings,
    line: LineCondition,
  ) {
    this.outbox = new SessionOutbox(socket, () => this.overflow());
    this.line = line;
    this.setLine(line);
    this.handshakeTimer = setTimeout(() => this.handshakeTimedOut(), HANDSHAKE_TIMEOUT_MS).unref();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.afterDelay(() => this.receive(chunk)));
    socket.on('end', () => this.afterDelay(() => this.enqueue({ type: 'end' })));
    // A reset connection is the client's way of dying; 'close' follows and ends the session.
    socket.on('error', (error) => this.log(`socket error: ${error.message}`));
    socket.on('close', () => this.afterDelay(() => this.enqueue({ type: 'end' })));
  }

  /** True between the grant of the client id and the end. */
  get isOpen(): boolean {
    return this.phase === 'open';
  }

  send(message: ServerMessage): void {
    this.outbox.push(encodeMessage(message, this.serverVersion));
  }

  close(): void {
    this.outbox.end();
    this.enqueue({ type: 'end' });
  }

  /** FIN or RST from this side. What was received before is still processed. */
  cutLine(how: 'fin' | 'rst'): void {
    this.outbox.discard();
    if (how === 'rst') this.socket.resetAndDestroy();
    else this.socket.destroySoon();
    this.enqueue({ type: 'end' });
  }

  setLine(line: LineCondition): void {
    this.line = line;
    this.outbox.delay(line.outboundDelayMs);
    this.outbox.split(line.splitBytes);
    this.outbox.hold(line.frozen || line.muted);
    this.pump();
  }

  get lineCondition(): LineCondition {
    return this.line;
  }

  private afterDelay(arrive: () => void): void {
    this.arrivals.push(arrive, this.line.inboundDelayMs);
  }

  private receive(chunk: Buffer): void {
    if (this.phase === 'over') return;
    const readAt = Number(process.hrtime.bigint()) / 1e6;
    try {
      this.frames.push(chunk, (payload) => this.inbox.push({ type: 'frame', payload, readAt }));
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.inbox.push({ type: 'garbage', error });
    }
    this.pump();
  }

  private enqueue(item: InboxItem): void {
    this.inbox.push(item);
    this.pump();
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (!this.line.frozen && this.phase !== 'claiming' && this.phase !== 'over') {
        const item = this.inbox.shift();
        if (item === undefined) return;
        this.process(item);
      }
    } finally {
      this.pumping = false;
    }
  }

  private process(item: InboxItem): void {
    if (item.type === 'end') return this.finish();
    if (item.type === 'garbage') {
      this.log(`closing: ${item.error.message}`);
      if (this.phase === 'open') this.send(unreadable(NO_ID, item.error.message));
      this.outbox.end();
      return this.finish();
    }
    this.readAtMonotonicMs = item.readAt;
    if (this.phase === 'version') return this.readVersion(item.payload);
    return this.readMessage(item.payload);
  }

  private readVersion(payload: Buffer): void {
    const offer = payload.toString('utf8').replace(/\0+$/, '');
    const version = negotiateVersion(offer, this.surroundings.highestVersion);
    if (version === null) {
      this.log(`closing: no common version for the offer "${offer.slice(0, 60)}"`);
      this.outbox.end();
      return this.finish();
    }
    this.serverVersion = version;
    this.phase = 'start';
    this.outbox.push(encodeFrame([version, formatGatewayTime(this.surroundings.marketTime())]));
  }

  private readMessage(payload: Buffer): void {
    const request = this.decode(payload);
    if (request === null) return;
    if (request.type === 'startApi') return this.startApi(request);
    if (this.phase !== 'open') {
      this.send(unacceptable(NO_ID, `'${request.type}' came before startApi`));
      this.outbox.end();
      return this.finish();
    }
    const cut = this.surroundings.cuts.strike(request.type, this.clientId);
    if (cut === null) return this.handle(request);
    this.outbox.discard();
    if (cut === 'after') this.handle(request);
    this.log(`cut ${cut} ${request.type}`);
    this.inbox.length = 0;
    this.cutLine('rst');
  }

  private decode(payload: Buffer): ClientRequest | null {
    try {
      return decodeRequest(splitFields(payload), this.serverVersion);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.log(`refused request: ${error.message}`);
      this.send(undecodable(error));
      return null;
    }
  }

  private startApi(request: Extract<ClientRequest, { type: 'startApi' }>): void {
    if (this.phase === 'open') {
      this.send(unacceptable(NO_ID, 'startApi was already accepted'));
      return;
    }
    this.clientId = request.clientId;
    this.phase = 'claiming';
    this.surroundings.claimClientId(this, (granted) => {
      clearTimeout(this.handshakeTimer);
      this.phase = granted ? 'open' : 'start';
      if (granted) this.guarded(NO_ID, () => this.surroundings.handler.onSessionOpened(this));
      else this.refuseClientId();
      this.pump();
    });
  }

  private refuseClientId(): void {
    this.log(`client id ${this.clientId} is in use`);
    this.send(clientIdInUse);
    this.clientId = NO_ID;
    this.outbox.end();
    this.finish();
  }

  private handle(request: ClientRequest): void {
    const id = 'reqId' in request ? request.reqId : 'orderId' in request ? request.orderId : NO_ID;
    this.guarded(id, () => this.surroundings.handler.onRequest(this, request));
  }

  /** A defect in the exchange must not take the other sessions down: the client is told, the log has the stack. */
  private guarded(id: number, action: () => void): void {
    try {
      action();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.log(`request failed: ${error instanceof Error ? (error.stack ?? text) : text}`);
      this.send(unreadable(id, text));
    }
  }

  private finish(): void {
    if (this.phase === 'over') return;
    const wasOpen = this.phase === 'open';
    this.phase = 'over';
    clearTimeout(this.handshakeTimer);
    this.inbox.length = 0;
    if (this.line.muted) this.socket.destroySoon();
    else this.outbox.end();
    const linger = setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
    this.socket.once('close', () => clearTimeout(linger));
    // Before the id is free: what the exchange does on a closed session belongs to the old session.
    if (wasOpen) this.guarded(NO_ID, () => this.surroundings.handler.onSessionClosed(this));
    this.surroundings.onEnded(this);
  }

  private handshakeTimedOut(): void {
    if (this.phase !== 'version' && this.phase !== 'start') return;
    this.log('closing: no handshake');
    this.cutLine('fin');
  }

  private overflow(): void {
    this.log('cutting off a client that does not read');
    this.cutLine('rst');
  }

  private log(text: string): void {
    this.surroundings.log(`session ${this.sessionId}, client id ${this.clientId}: ${text}`);
  }
}
