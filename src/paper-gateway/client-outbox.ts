/** Messages of the running transaction: they leave only after the journal holds what they say. */
import type { GatewaySession, ServerMessage } from './messages';

export class ClientOutbox {
  private pending: { readonly session: GatewaySession; readonly message: ServerMessage }[] = [];

  send(session: GatewaySession, message: ServerMessage): void {
    this.pending.push({ session, message });
  }

  /** Hands everything to the transport, in order. */
  flush(): void {
    const leaving = this.pending;
    this.pending = [];
    for (const { session, message } of leaving) session.send(message);
  }

  /** Drops what is waiting for one session: its line was cut before the answer. */
  discard(session: GatewaySession): void {
    this.pending = this.pending.filter((entry) => entry.session !== session);
  }
}
