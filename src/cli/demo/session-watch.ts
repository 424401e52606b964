/** The conductor's eye on the session: asks until answered, and knows when the session has heard everything the gateway did. */
import type { Client } from '@temporalio/client';
import { sessionWorkflowId } from '../../domain/ids';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { snapshot } from '../../workflows/messages';
import type { GatewayControl } from './gateway-control';
import { waitFor } from './wait-for';

/** Long enough for a killed trader or server to come back and for an order of unknown outcome to be looked up. */
const SETTLE_TIMEOUT_MS = 600_000;
const CALL_TIMEOUT_MS = 5_000;
const POLL_MS = 4;

export interface Settled {
  readonly snapshot: SessionSnapshot;
  readonly executions: number;
}

export class SessionWatch {
  constructor(
    private readonly client: Client,
    private readonly account: string,
    private readonly gateway: GatewayControl,
    private readonly onSnapshot: (snapshot: SessionSnapshot) => void,
  ) {}

  private get handle() {
    return this.client.workflow.getHandle(sessionWorkflowId(this.account));
  }

  /** What the session knows now; asked again until a trader answers. */
  async now(): Promise<SessionSnapshot> {
    const answer = await waitFor(
      'the session to answer',
      () => this.client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => this.handle.query(snapshot)),
      { timeoutMs: SETTLE_TIMEOUT_MS, pollMs: POLL_MS },
    );
    this.onSnapshot(answer);
    return answer;
  }

  /**
   * Resolves when nothing is in flight and the session has applied every execution that the gateway made on this trade date.
   * What the session does with one execution may cause the next, so it is asked until both stand still.
   */
  async caughtUp(): Promise<Settled> {
    for (;;) {
      const { executions } = await this.gateway.clock();
      const snapshot = await waitFor(
        `the session to settle and to hear of ${executions} executions`,
        async () => {
          const now = await this.now();
          return now.settled && now.day.executions >= executions ? now : null;
        },
        { timeoutMs: SETTLE_TIMEOUT_MS, pollMs: POLL_MS },
      );
      if ((await this.gateway.clock()).executions === executions) return { snapshot, executions };
    }
  }

  /** Resolves when the session has closed `tradeDate`. */
  closed(tradeDate: string): Promise<SessionSnapshot> {
    return waitFor(
      `the session to close ${tradeDate}`,
      async () => {
        const now = await this.now();
        return now.pastDays.some((day) => day.tradeDate === tradeDate) ? now : null;
      },
      { timeoutMs: SETTLE_TIMEOUT_MS, pollMs: 20 },
    );
  }
}
