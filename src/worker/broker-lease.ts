/**
 * The worker on `broker/<account>`: there exactly while the guard is ready, so the accepted and synced trading socket is the lease to trade.
 * Invariants: 1. at most one such worker in the process; 2. it takes no new task from the moment the guard is not ready.
 */
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { BrokerPort } from '../broker/port';

export class BrokerLease {
  private worker: Worker | null = null;
  private turn: Promise<void> = Promise.resolve();
  private ended = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly broker: BrokerPort,
    private readonly options: WorkerOptions,
    private readonly log: Logger,
  ) {
    this.unsubscribe = broker.onConnection(() => this.follow());
    this.follow();
  }

  /** Stops polling; resolves when what was taken is finished. */
  async end(): Promise<void> {
    this.ended = true;
    this.unsubscribe();
    this.follow();
    await this.turn;
  }

  private follow(): void {
    if (!this.isWanted()) this.release();
    this.turn = this.turn
      .then(() => this.take())
      .catch((error: unknown) => this.log.error({ error }, 'broker worker failed'));
  }

  private isWanted(): boolean {
    return !this.ended && this.broker.connection().phase === 'ready';
  }

  private release(): void {
    if (this.worker?.getState() === 'RUNNING') this.worker.shutdown();
  }

  /** Creates the worker when it is wanted and the one before is gone. */
  private async take(): Promise<void> {
    if (this.worker !== null || !this.isWanted()) return;
    const worker = await Worker.create(this.options);
    this.worker = worker;
    const run = worker.run();
    this.log.info({ taskQueue: this.options.taskQueue }, 'taking orders');
    if (!this.isWanted()) worker.shutdown();
    this.turn = run
      .catch((error: unknown) => this.log.error({ error }, 'broker worker failed'))
      .then(() => {
        this.worker = null;
        this.log.info({ taskQueue: this.options.taskQueue }, 'no longer taking orders');
      })
      .then(() => this.take());
  }
}
