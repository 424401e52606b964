/** The market process: the `runMarket` activity on `market/<account>`, with data connections, features and models in memory. */
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createMarketActivities } from '../activities/market-activities';
import { startChampionWatch } from '../client/champion-watch';
import type { Config } from '../config/config';
import { createRedactor } from '../config/secrets';
import { marketQueue } from '../domain/ids';
import { openAuditLog } from '../storage/audit-log';
import { openMarketJournal } from '../storage/market-journal';
import { openStore } from '../storage/open-store';
import type { ProcessLink } from './process-link';
import { WorkerStartError, connectTemporal, workerTuning } from './temporal';

/** Runs until the process is asked to end. Throws WorkerStartError on what the user can mend. */
export async function runMarketProcess(config: Config, link: ProcessLink, log: Logger): Promise<void> {
  const { account } = config.broker;
  if (account === null) throw new WorkerStartError('IBKR_ACCOUNT names no account: set it to the account to trade');
  const redact = createRedactor(process.env);
  const report = (problem: string): void => log.warn(problem);
  const store = await openStore(config.storage);
  const journal = openMarketJournal(config.stateDir, account, report);
  const audit = await openAuditLog({ stateDir: config.stateDir, writer: `market-${account}`, redact, report });
  const temporal = await connectTemporal(config.temporal, log);
  const worker = await Worker.create({
    ...workerTuning,
    connection: temporal.native,
    namespace: config.temporal.namespace,
    taskQueue: marketQueue(account),
    activities: createMarketActivities({
      config,
      client: temporal.client,
      store,
      journal,
      audit,
      dataFolder: join(__dirname, '..', '..', 'data'),
      watchChampion: (runId) => startChampionWatch(temporal.client, runId),
      report: (told) => link.report(told),
      onCommand: (listener) => link.onCommand(listener),
      log: (level, message, fields) => log[level](fields ?? {}, message),
    }),
  });
  const running = worker.run();
  link.report({ type: 'ready', role: 'market', pid: process.pid });
  const reason = await Promise.race([link.ended, running.then(() => 'the worker ended')]);
  log.info({ reason }, 'market process ends');
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await audit.close();
  await journal.close();
  await temporal.close();
}
