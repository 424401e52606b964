/** Requests of a connection (no orders): through the limiter, on the connection they were meant for, or an error that says so. */
import type { IBApi } from '@stoqey/ib';
import { BrokerError } from './broker-error';
import type { BrokerConnection } from './connection';
import type { SendLimiter } from './limiter';

export class RequestSender {
  constructor(
    private readonly connection: BrokerConnection,
    private readonly limiter: SendLimiter,
  ) {}

  /** Writes one message when the limiter allows it. Rejects with BrokerError NOT_READY when the connection ends before. */
  async send(what: string, call: (api: IBApi) => void): Promise<void> {
    const epoch = this.connection.accepted?.epoch;
    const outcome = await this.limiter.submit({
      lane: 'request',
      messages: 1,
      check: () =>
        epoch !== undefined && this.connection.accepted?.epoch === epoch ? null : `no connection for ${what}`,
      write: () => this.connection.write(what, call),
    });
    if (!outcome.written) throw new BrokerError('NOT_READY', `The gateway was not asked: ${outcome.refused}.`);
  }
}
