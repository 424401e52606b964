/** Connections to the Temporal server and the tuning that every worker of ours has, each number with its reason. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type WorkerOptions } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/config';

export interface TemporalLink {
  readonly native: NativeConnection;
  readonly connection: Connection;
  readonly client: Client;
  close(): Promise<void>;
}

export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

const CONNECT_PATIENCE_MS = 30_000;
const CONNECT_RETRY_MS = 500;

/** Connects for work and for calls; a server that is only just starting is waited for. Throws WorkerStartError with one sentence. */
export async function connectTemporal({ address, namespace }: Config['temporal'], log: Logger): Promise<TemporalLink> {
  const deadline = performance.now() + CONNECT_PATIENCE_MS;
  for (let attempts = 0; ; attempts += 1) {
    try {
      const native = await NativeConnection.connect({ address });
      const connection = await Connection.connect({ address });
      const client = new Client({ connection, namespace });
      return {
        native,
        connection,
        client,
        async close() {
          await connection.close();
          await native.close();
        },
      };
    } catch (error) {
      if (performance.now() > deadline) {
        throw new WorkerStartError(
          `no Temporal server answers at ${address}: start one (npm start does) or set TEMPORAL_ADDRESS (${String(error)})`,
        );
      }
      if (attempts === 0) log.warn({ address }, 'waiting for the Temporal server');
      await new Promise((resolve) => setTimeout(resolve, CONNECT_RETRY_MS));
    }
  }
}

/** Warnings of the SDK go where ours go. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    logger: {
      log: (level, message, meta) => (level === 'ERROR' ? log.error(meta, message) : log.info(meta, message)),
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      warn: (message, meta) => log.warn(meta, message),
      error: (message, meta) => log.error(meta, message),
    },
    shutdownSignals: [],
  });
}

/** What all workers share. */
export const workerTuning = {
  // With sticky time-out and task time-out at their defaults a killed worker costs 10–12 s, with these 2.2–2.7 s.
  stickyQueueScheduleToStartTimeout: '1s',
  // A heartbeat that is held back would resume a killed feed late.
  maxHeartbeatThrottleInterval: '500ms',
  // A placement in flight may finish; nothing of ours takes longer than this to let go.
  shutdownGraceTime: '30s',
} as const satisfies Partial<WorkerOptions>;

/** The bundle that the build leaves beside the compiled code; workers never compile workflows themselves. */
export function workflowBundle(): { readonly codePath: string } {
  const codePath = join(__dirname, '..', 'workflow-bundle.js');
  if (!existsSync(codePath)) {
    throw new WorkerStartError(`the workflow bundle ${codePath} is missing: run npm run build`);
  }
  return { codePath };
}
