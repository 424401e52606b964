/** `omega rebalance`: the list of the week with its reasons, without a server. Orders are the weekly workflow's (rebalance-run.ts). */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { planRebalance } from '../activities/rebalance-steps';
import { RebalanceError, type RebalanceErrorCode } from '../domain/rebalance/rebalance-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { openStore } from '../storage/open-store';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { rebalanceBacktestCommand } from './rebalance-backtest';
import { planLines } from './rebalance-lines';
import { rebalanceRunCommands } from './rebalance-run';
import { cashOption, dateOption, readHoldings } from './rebalance-options';
import { learningPlace } from './store-place';

interface PlanOptions {
  readonly data?: string;
  readonly set?: string;
  readonly asOf?: string;
  readonly cash: string;
  readonly holdings?: string;
  readonly json?: boolean;
}

async function plan(options: PlanOptions, io: CommandIo): Promise<void> {
  const asOf = dateOption('as-of', options.asOf);
  const cash = cashOption(options.cash);
  const holdings = readHoldings(options.holdings === undefined ? null : resolve(io.folder, options.holdings));
  const { rebalance: settings } = currentConfig(io).config;
  try {
    const planned = await planRebalance({
      dataFolder: options.data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, options.data),
      settings,
      set: options.set ?? null,
      asOf,
      holdings,
      cash,
      trade: false,
      store: await openStore(learningPlace(io).storage),
    });
    printResult(io, options.json, { kind: 'dry-run', ...planned }, planLines(planned));
  } catch (error) {
    throw explained(error);
  }
}

/** What the data or the account make impossible is a wrong input; the code of the rebalance leads the sentence. */
function explained(error: unknown): unknown {
  if (error instanceof RebalanceError)
    return new CliError(EXPLAINED[error.code], `${error.code}: ${error.message}`, { cause: error });
  return error instanceof RecordedDataError ? new CliError('DATA', error.message, { cause: error }) : error;
}

const EXPLAINED: Readonly<Record<RebalanceErrorCode, 'DATA' | 'USAGE' | 'CONFIG'>> = {
  UNIVERSE_EMPTY: 'CONFIG',
  EQUITY_NOT_POSITIVE: 'USAGE',
  NO_SCORES: 'DATA',
  FEWER_DAYS_THAN_NAMES: 'DATA',
  NO_PRICES: 'DATA',
  STALE_PRICES: 'DATA',
  INVALID_HOLDING: 'USAGE',
  ORDERS_OPEN: 'USAGE',
};

export function rebalanceCommand(io: CommandIo): Command {
  const command = new Command('rebalance')
    .description(
      'the weekly rebalance: its list and why each name is in or out (a dry run), its workflow and its back-test',
    )
    .option('--dry-run', 'make the list and order nothing: the default, and all that this command does')
    .option('--as-of <date>', 'day the orders are for; prices before it decide (default: after the newest)')
    .option('--data <folder>', 'folder with equity_1d/*_daily_*.csv[.gz]; the shipped data when left out')
    .option(
      '--set <name>',
      'one of its files, or store; the store’s prices, else the last file that fits, when left out',
    )
    .option('--cash <dollars>', 'cash of the account', '100000')
    .option('--holdings <file>', 'CSV ticker,quantity of what the account holds')
    .option('--json', 'print JSON')
    .action((options: PlanOptions) => plan(options, io))
    .addCommand(rebalanceBacktestCommand(io))
    .enablePositionalOptions();
  for (const sub of rebalanceRunCommands(io)) command.addCommand(sub);
  return command;
}
