/**
 * Questions asked of the gateway and not answered yet. Every one ends: by its answer, by a refusal, by the time-out, or when the
 * connection it was asked on is lost.
 */
import { BrokerError } from './broker-error';

interface Pending {
  readonly what: string;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
  readonly timer: NodeJS.Timeout;
}

export class PendingRequests {
  private readonly byId = new Map<number, Pending>();
  private nextId = 1;

  constructor(private readonly timeoutMs: number) {}

  /** A request id never used before in this process; far below the order ids (FIRST_ORDER_ID). */
  allocateId(): number {
    return this.nextId++;
  }

  /** Resolves when `settle(id)` is called. Rejects with BrokerError REQUEST_TIMEOUT, REQUEST_REFUSED or CONNECTION_LOST. */
  wait(id: number, what: string, timeoutMs: number = this.timeoutMs): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(id, new BrokerError('REQUEST_TIMEOUT', `No answer to ${what} within ${timeoutMs} ms.`));
      }, timeoutMs);
      this.byId.set(id, { what, resolve, reject, timer });
    });
  }

  has(id: number): boolean {
    return this.byId.has(id);
  }

  settle(id: number): void {
    this.take(id)?.resolve();
  }

  fail(id: number, error: BrokerError): void {
    this.take(id)?.reject(error);
  }

  /** A refusal by the gateway, with IB's code. */
  refuse(id: number, code: number, message: string): void {
    const pending = this.byId.get(id);
    if (pending === undefined) return;
    this.fail(id, new BrokerError('REQUEST_REFUSED', `${pending.what} was refused: ${message} (code ${code}).`, code));
  }

  failAll(reason: string): void {
    for (const [id, { what }] of [...this.byId]) {
      this.fail(id, new BrokerError('CONNECTION_LOST', `${what} was not answered: ${reason}.`));
    }
  }

  private take(id: number): Pending | undefined {
    const pending = this.byId.get(id);
    if (pending === undefined) return undefined;
    clearTimeout(pending.timer);
    this.byId.delete(id);
    return pending;
  }
}
