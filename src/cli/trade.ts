/**
 * `omega trade`: trader and market for the configured gateway, IB paper or live, until Ctrl-C. The session lives in Temporal and goes on
 * without this command; protective orders rest at the broker.
 * Invariants: 1. nothing is started for an account that the gateway does not manage; 2. a live account only when ALLOW_LIVE names it.
 */
import { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDataConnection } from '../broker/data-connection';
import { startFeed } from '../client/session-start';
import type { Config } from '../config/config';
import type { ProcessReport } from '../domain/process-messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { leaveFolder, takeFolder } from './demo/demo-folder';
import { workerSpec } from './demo/demo-processes';
import { SupervisedProcess } from './demo/supervised-process';
import { within } from './demo/wait-for';
import { accountRefusal } from './managed-accounts';
import { QUIET_LOG } from './quiet-log';
import { registerSearchAttributes } from './register-search-attributes';
import { TradeLines } from './trade-lines';

interface TradeOptions {
  readonly json?: boolean;
}

async function managedAccounts({ broker }: Config): Promise<readonly string[]> {
  const data = createDataConnection(broker, { logger: QUIET_LOG });
  try {
    await within(`the gateway at ${broker.host}:${broker.port}`, broker.requestTimeoutMs, data.connect());
    return data.state().managedAccounts;
  } catch (error) {
    throw new CliError(
      'GATEWAY_UNREACHABLE',
      `No broker gateway answers at ${broker.host}:${broker.port}: start IB Gateway or npm run gateway, or set IBKR_HOST and IBKR_PORT.`,
      { cause: error },
    );
  } finally {
    await data.close();
  }
}

function permissionsLine({ permissions }: Config): string {
  const missing = [
    ...(permissions.enableOrderExec ? [] : ['ENABLE_ORDER_EXEC is off']),
    ...(permissions.allowOrders ? [] : ['ALLOW_ORDERS is off']),
    ...(permissions.dryRun ? ['DRY_RUN is on'] : []),
    ...(permissions.learningOnly ? ['LEARNING_ONLY is on'] : []),
  ];
  return missing.length === 0 ? 'orders may be sent' : `no order is sent: ${missing.join(', ')}`;
}

/** One line an event, or one JSON object a line. */
function teller(io: CommandIo, json: boolean | undefined): (event: string, text: string) => void {
  return (event, text) => io.out(json === true ? JSON.stringify({ at: new Date().toISOString(), event, text }) : text);
}

function untilAsked(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

async function supervise(
  config: Config,
  account: string,
  client: Client,
  tell: ReturnType<typeof teller>,
): Promise<void> {
  const folder = (name: string): string => {
    const path = join(config.stateDir, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const paths = { root: process.cwd(), logs: folder('logs'), pids: folder('pids') };
  const lines = new TradeLines();
  const started = (['trader', 'market'] as const).map(
    (role) =>
      new SupervisedProcess(workerSpec(role, paths, process.env), {
        onMessage: (message) => {
          const report = message as ProcessReport;
          for (const line of lines.of(report)) tell(report.type, line);
        },
        onDeath: ({ name }, cause) => tell('death', `${name} died (${cause}); it is started again`),
        onRecovery: ({ name, lastRecoverySeconds }) =>
          tell('recovery', `${name} is back after ${lastRecoverySeconds?.toFixed(1)} s`),
      }),
  );
  try {
    await Promise.all(started.map((process) => process.start()));
    await startFeed(client, { account, tradeDate: null, model: { kind: 'promoted' }, lockStep: false });
    tell('trading', `Trading ${account}; ${permissionsLine(config)}. Ctrl-C ends this command, the session stays.`);
    await untilAsked();
  } finally {
    for (const process of [...started].reverse()) await process.stop();
  }
}

async function trade(io: CommandIo, { json }: TradeOptions): Promise<void> {
  const { config } = currentConfig(io);
  const { account } = config.broker;
  if (account === null) throw new CliError('CONFIG', 'IBKR_ACCOUNT names no account: set it to the account to trade.');
  const connection = await Connection.connect({ address: config.temporal.address, connectTimeout: 5_000 }).catch(
    (error: unknown) => {
      throw new CliError(
        'TEMPORAL_UNREACHABLE',
        `No Temporal server answers at ${config.temporal.address} (${messageOf(error)}): start one (docker-compose.temporal.yml) or set TEMPORAL_ADDRESS.`,
      );
    },
  );
  try {
    const refusal = accountRefusal(config, await managedAccounts(config));
    if (refusal !== null) throw new CliError('REFUSED', refusal);
    await registerSearchAttributes(connection, config.temporal.namespace);
    takeFolder(config.stateDir, 'omega trade');
    try {
      const client = new Client({ connection, namespace: config.temporal.namespace });
      await supervise(config, account, client, teller(io, json));
    } finally {
      leaveFolder(config.stateDir);
    }
  } finally {
    await connection.close();
  }
}

export const tradeCommand = (io: CommandIo): Command =>
  new Command('trade')
    .description('trade with the configured gateway, IB paper or live, until Ctrl-C')
    .option('--json', 'print one JSON object an event')
    .action((options: TradeOptions) => trade(io, options));
