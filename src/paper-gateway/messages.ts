/**
 * The typed language between the TWS transport (framing, versions, sockets) and the exchange (clock, matching, account).
 * Invariants:
 *  1. The exchange never sees bytes or version numbers' field layouts; the transport never sees an order's meaning.
 *  2. Requests of one session arrive in the order they were sent, one at a time; the next is decoded after the handler returned.
 *  3. onSessionClosed comes once, after the last onRequest of that session; only then is its client id free again.
 */
import type { ClientRequest } from './messages-client';
import type { ServerMessage } from './messages-server';

export type { ClientRequest, ClientRequestType, ExecutionFilter } from './messages-client';
export type {
  DepthExchange,
  HistoricalBidAsk,
  HistoricalLast,
  ServerMessage,
  ServerMessageType,
  SymbolSample,
} from './messages-server';
export type {
  ContractQuery,
  WireBar,
  WireContract,
  WireContractDetails,
  WireExecution,
  WireOrder,
  WireOrderState,
} from './messages-values';
export { DEFAULT_ORDER, plainOrderState } from './messages-values';

/** One accepted client, from its startApi to the end of its socket. */
export interface GatewaySession {
  /** Unique among the sessions of this process. */
  readonly sessionId: number;
  readonly clientId: number;
  /** min(client's highest, 193). */
  readonly serverVersion: number;
  /** CLOCK_MONOTONIC when the bytes of the request in work came from the socket, ms. */
  readonly readAtMonotonicMs: number;
  /** Queues one message; a no-op once the socket is gone. Messages arrive in the order of the calls. */
  send(message: ServerMessage): void;
  /** Flushes what was sent and closes. */
  close(): void;
}

export interface RequestHandler {
  /** startApi was accepted: send managedAccounts, nextValidId and the data farm notices here. */
  onSessionOpened(session: GatewaySession): void;
  /** Never called with startApi. May throw: the client gets error 320 with the message and the session goes on. */
  onRequest(session: GatewaySession, request: ClientRequest): void;
  onSessionClosed(session: GatewaySession): void;
}
