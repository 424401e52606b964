/**
 * The feed's calls to the trading session. Every call is safe to repeat (updates by id and watermark, signals idempotent by content),
 * so each is repeated until it is answered or the feed is told to stop: a dead trader or server delays, it never loses.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import { sessionWorkflowId } from '../../domain/ids';
import type { EquityReport, ProposalAnswer, ProposalBatch } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import * as messages from '../../workflows/messages';

const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = [50, 100, 200, 400, 800];

export interface SessionLinkOptions {
  readonly client: Client;
  readonly account: string;
  readonly signal: AbortSignal;
  /** Told once per call that needs repeating. */
  readonly onRetry: (call: string, error: unknown) => void;
}

export class SessionLink {
  private readonly handle: WorkflowHandle;

  constructor(private readonly options: SessionLinkOptions) {
    this.handle = options.client.workflow.getHandle(sessionWorkflowId(options.account));
  }

  snapshot(): Promise<SessionSnapshot> {
    return this.repeat('snapshot', () => this.handle.query(messages.snapshot));
  }

  reportEquity(report: EquityReport): Promise<void> {
    return this.repeat('equity', () => this.handle.signal(messages.equity, report));
  }

  openTradeDate(opened: messages.TradeDateOpened): Promise<void> {
    return this.repeat('tradeDateOpened', () => this.handle.signal(messages.tradeDateOpened, opened));
  }

  closeTradeDate(closed: messages.TradeDateClosed): Promise<void> {
    return this.repeat('tradeDateClosed', () => this.handle.signal(messages.tradeDateClosed, closed));
  }

  /** Answers of the session, one per proposal; a batch that is refused whole is an answer too. */
  propose(batch: ProposalBatch): Promise<readonly ProposalAnswer[]> {
    const updateId = proposalsUpdateId(batch);
    return this.repeat('proposeOrders', async () => {
      try {
        return await this.handle.executeUpdate(messages.proposeOrders, { args: [batch], updateId });
      } catch (error) {
        const refused = refusedAnswers(error);
        if (refused === null) throw error;
        return refused;
      }
    });
  }

  private async repeat<T>(call: string, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      this.options.signal.throwIfAborted();
      try {
        return await this.options.client.withDeadline(Date.now() + CALL_TIMEOUT_MS, attempt);
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError) throw error;
        if (failures === 0) this.options.onRetry(call, error);
        await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)], this.options.signal);
      }
    }
  }
}

/** Same decisions, same id: a batch computed again after a crash is the same update. */
export function proposalsUpdateId(batch: ProposalBatch): string {
  const content = createHash('sha256').update(JSON.stringify(batch.proposals)).digest('hex').slice(0, 12);
  return `proposals/${new Date(batch.barClose).toISOString()}/${content}`;
}

/** The validator refuses a batch whole with the answers as details of its failure. */
function refusedAnswers(error: unknown): readonly ProposalAnswer[] | null {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return null;
  const [answers] = error.cause.details ?? [];
  return Array.isArray(answers) ? (answers as readonly ProposalAnswer[]) : null;
}

/** Waits; rejects at once when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
