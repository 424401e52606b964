/**
 * One entry for every worker process: `node dist/worker.js trader|market|training`. Configuration comes from environment and omega.config.json.
 * Exit codes: 0 asked to end, 1 failed, 2 could not start (one sentence on standard error says what to do).
 */
import pino from 'pino';
import { ConfigError, loadConfig } from './config/load-config';
import type { Config } from './config/config';
import { openProcessLink, type ProcessLink } from './worker/process-link';
import { WorkerStartError, installRuntime } from './worker/temporal';

type Role = (config: Config, link: ProcessLink, log: pino.Logger) => Promise<void>;

/** Each loads its own code only: a trader that was killed is back sooner without what models are fitted with. */
const ROLES: Readonly<Record<string, () => Promise<Role>>> = {
  trader: async () => (await import('./worker/trader.js')).runTrader,
  market: async () => (await import('./worker/market.js')).runMarketProcess,
  training: async () => (await import('./worker/training.js')).runTraining,
};

/** A process whose parent is gone, or that cannot finish, must not stay: wall milliseconds for an orderly end. */
const END_PATIENCE_MS = 8_000;

async function main(role: string | undefined): Promise<number> {
  const load = role === undefined ? undefined : ROLES[role];
  if (role === undefined || load === undefined) {
    throw new WorkerStartError(`name the role of this worker: ${Object.keys(ROLES).join(' or ')}`);
  }
  const link = openProcessLink();
  const { config } = loadConfig({ env: process.env, folder: process.cwd() });
  const log = pino({ name: role, level: process.env.OMEGA_LOG_LEVEL ?? 'info' }, pino.destination(2));
  installRuntime(log);
  void link.ended.then(() => setTimeout(() => process.exit(0), END_PATIENCE_MS).unref());
  const run = await load();
  await run(config, link, log);
  return 0;
}

main(process.argv[2]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const expected = error instanceof WorkerStartError || error instanceof ConfigError;
    process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(expected ? 2 : 1);
  },
);
