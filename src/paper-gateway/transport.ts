/**
 * The TWS API port: accepts sockets, keeps client ids unique, applies faults of the line. What requests mean is the RequestHandler's business.
 * Invariants:
 *  1. A client id has at most one open session; a second one gets error 326 and is closed.
 *  2. An id is free only after everything its old socket had sent was processed.
 *  3. No input of a client ends the process.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { GatewaySession, RequestHandler } from './messages';
import { MAX_SERVER_VERSION } from './server-versions';
import { ClientSession, type SessionSurroundings } from './session';
import { GOOD_LINE, lineAfter, PendingCuts, type LineCondition, type TransportFault } from './transport-faults';

/** Long enough for the end of a socket that was closed before the new one spoke to be read, short enough not to be noticed. */
const CLIENT_ID_GRACE_MS = 25;
/** Turns of the event loop, each reading every socket once, that follow: a stalled process would otherwise see the time pass before the end. */
const CLIENT_ID_GRACE_TURNS = 10;

export interface TransportOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** UTC ms, told to clients at the handshake. */
  readonly marketTime: () => number;
  readonly log: (line: string) => void;
  /** Tests speak older versions to newer clients; default 193. */
  readonly highestVersion?: number;
}

export class GatewayTransport {
  private server: Server | null = null;
  private port: number;
  private lastSessionId = 0;
  private readonly sockets = new Set<Socket>();
  private readonly all = new Set<ClientSession>();
  private readonly holders = new Map<number, ClientSession>();
  private readonly cuts = new PendingCuts();
  private everyLine: LineCondition = GOOD_LINE;

  constructor(private readonly options: TransportOptions) {
    this.port = options.port;
  }

  /** Starts to listen and resolves to the port. @throws the system's error (EADDRINUSE, …) */
  listen(): Promise<number> {
    // Half-open sockets are allowed so that a client's FIN is processed in turn, behind its requests.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.options.host, () => {
        server.off('error', reject);
        server.on('error', (error) => this.options.log(`listening: ${error.message}`));
        this.server = server;
        const address = server.address();
        if (address !== null && typeof address === 'object') this.port = address.port;
        resolve(this.port);
      });
    });
  }

  /** Stops listening and closes every session. */
  async close(): Promise<void> {
    const listening = this.server;
    this.server = null;
    const closed = new Promise<void>((resolve) => {
      if (listening === null) resolve();
      else listening.close(() => resolve());
    });
    for (const session of this.all) {
      session.setLine(GOOD_LINE);
      session.cutLine('fin');
    }
    for (const socket of this.sockets) socket.destroySoon();
    await closed;
  }

  /** Sessions that have been opened and not closed. */
  sessions(): readonly GatewaySession[] {
    return [...this.holders.values()];
  }

  /** Applies one fault; resolves to the number of present sessions it struck. */
  async applyFault(fault: TransportFault): Promise<number> {
    switch (fault.type) {
      case 'cut':
        this.cuts.add(fault);
        return 0;
      case 'refuse-connections':
        await this.refuseConnections(fault.refuse);
        return 0;
      case 'drop':
      case 'reset': {
        const struck = this.struckBy(fault.clientId);
        for (const session of struck) session.cutLine(fault.type === 'drop' ? 'fin' : 'rst');
        return struck.length;
      }
      case 'freeze':
      case 'thaw':
      case 'mute':
      case 'unmute':
      case 'delay':
      case 'split': {
        const struck = this.struckBy(fault.clientId);
        if (fault.clientId === null) this.everyLine = lineAfter(this.everyLine, fault);
        for (const session of struck) session.setLine(lineAfter(session.lineCondition, fault));
        return struck.length;
      }
    }
  }

  /** Ends every lasting fault. */
  async clearFaults(): Promise<void> {
    this.cuts.clear();
    this.everyLine = GOOD_LINE;
    for (const session of this.all) session.setLine(GOOD_LINE);
    await this.refuseConnections(false);
  }

  private struckBy(clientId: number | null): readonly ClientSession[] {
    return [...this.all].filter((session) => clientId === null || session.clientId === clientId);
  }

  private async refuseConnections(refuse: boolean): Promise<void> {
    if (refuse) {
      this.server?.close();
      this.server = null;
    } else if (this.server === null) {
      await this.listen();
    }
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    this.lastSessionId += 1;
    const surroundings: SessionSurroundings = {
      handler: this.options.handler,
      marketTime: this.options.marketTime,
      highestVersion: this.options.highestVersion ?? MAX_SERVER_VERSION,
      cuts: this.cuts,
      log: this.options.log,
      claimClientId: (session, answer) => this.claimClientId(session, answer),
      onEnded: (session) => this.release(session),
    };
    this.all.add(new ClientSession(this.lastSessionId, socket, surroundings, this.everyLine));
  }

  private claimClientId(session: ClientSession, answer: (granted: boolean) => void): void {
    const grantIfFree = (): boolean => {
      if (this.holders.has(session.clientId)) return false;
      this.holders.set(session.clientId, session);
      return true;
    };
    if (grantIfFree()) answer(true);
    else setTimeout(() => afterTurns(CLIENT_ID_GRACE_TURNS, () => answer(grantIfFree())), CLIENT_ID_GRACE_MS);
  }

  private release(session: ClientSession): void {
    this.all.delete(session);
    if (this.holders.get(session.clientId) === session) this.holders.delete(session.clientId);
  }
}

function afterTurns(turns: number, action: () => void): void {
  if (turns === 0) action();
  else setImmediate(() => afterTurns(turns - 1, action));
}
