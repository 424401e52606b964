/** Errors of the broker room: a stable code for programs, one sentence for people. */

export type BrokerErrorCode =
  /** Nobody listens at host and port, or the socket was refused. */
  | 'NO_GATEWAY'
  | 'NOT_READY'
  /** The connection was lost or replaced while an answer was awaited. */
  | 'CONNECTION_LOST'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_REFUSED'
  | 'NO_CONTRACT'
  | 'PACING'
  | 'NO_DATA'
  | 'BAD_REQUEST'
  | 'CLOSED'
  | 'LATCH_UNWRITABLE';

export class BrokerError extends Error {
  constructor(
    readonly code: BrokerErrorCode,
    message: string,
    /** IB's own code when there is one. */
    readonly ibCode: number | null = null,
  ) {
    super(message);
    this.name = 'BrokerError';
  }
}
