/** `omega rebalance backtest`: the weekly rebalance over the shipped daily bars, beside equal weight and buy-and-hold. */
import { Command } from 'commander';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SURVIVORSHIP } from '../activities/rebalance-steps';
import { buyAndHoldPolicy, equalWeightPolicy, rebalancePolicy } from '../backtest/rebalance/portfolio-policies';
import {
  PORTFOLIO_NAMES,
  setReport,
  type RebalanceReport,
  type SetReport,
} from '../backtest/rebalance/rebalance-report';
import { rebalancePageOf } from '../backtest/rebalance/rebalance-page';
import { runRebalanceBacktest } from '../backtest/rebalance/run-rebalance-backtest';
import type { RebalanceConfig } from '../config/rebalance-settings';
import { sessionsNeeded } from '../domain/rebalance/rebalance-rules';
import { dailySets, loadDailyPrices, stocksOf, type DailySet } from '../market-data/daily-prices';
import { RecordedDataError } from '../market-data/recorded-market';
import { loadSectors } from '../market-data/sector-table';
import { PACKAGE_ROOT } from './child-command';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { money, percent } from './number-format';
import { packageVersion } from './package-version';
import { cashOption, dateOption } from './rebalance-options';

interface BacktestOptions {
  readonly data?: string;
  readonly set?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cash: string;
  readonly html?: string;
  readonly json?: string;
}

interface Asked {
  readonly from: string | null;
  readonly to: string | null;
  readonly cash: number;
}

/** Null when nothing of the set lies within the dates. */
async function playSet(set: DailySet, asked: Asked, settings: RebalanceConfig): Promise<SetReport | null> {
  const { histories, sessions, rejected, files } = await loadDailyPrices(set);
  const { rules, weekday } = settings;
  // The first day that can be decided on has all the sessions that a score needs before it.
  const possible = sessions.slice(sessionsNeeded(rules));
  const played = possible.filter((day) => (asked.from ?? '') <= day && day <= (asked.to ?? '9999'));
  if (played.length < 2) return null;
  const stocks = stocksOf(histories);
  const universe = settings.universe?.filter((ticker) => stocks.includes(ticker)) ?? stocks;
  const sectors = settings.sectorFile === null ? null : await loadSectors(settings.sectorFile);
  const test = {
    histories,
    sessions,
    universe,
    sectors,
    rules,
    weekday,
    cash: asked.cash,
    from: played[0],
    to: played[played.length - 1],
  };
  const policies = [rebalancePolicy(rules), equalWeightPolicy(rules), buyAndHoldPolicy(rules)];
  const portfolios = runRebalanceBacktest(
    test,
    policies.map((policy, at) => ({ name: PORTFOLIO_NAMES[at], policy })),
  );
  return setReport({ set: set.name, sha256: files[0].sha256, rejectedRows: rejected.length, test, portfolios });
}

function checked(given: BacktestOptions): Asked {
  const [from, to] = [dateOption('from', given.from), dateOption('to', given.to)];
  if (from !== null && to !== null && from > to) throw new CliError('USAGE', `--from ${from} is after --to ${to}.`);
  const cash = cashOption(given.cash);
  if (!(cash > 0)) throw new CliError('USAGE', '--cash needs more than 0 dollars.');
  return { from, to, cash };
}

async function backtest(given: BacktestOptions, io: CommandIo): Promise<RebalanceReport> {
  const asked = checked(given);
  for (const file of [given.html, given.json])
    if (file !== undefined && !existsSync(dirname(resolve(io.folder, file))))
      throw new CliError(
        'USAGE',
        `${file} cannot be written: there is no folder ${dirname(resolve(io.folder, file))}.`,
      );
  const { rebalance: settings } = currentConfig(io).config;
  const folder = given.data === undefined ? join(PACKAGE_ROOT, 'data', 'equity_1d') : resolve(io.folder, given.data);
  const sets = dailySets(folder).filter(({ name }) => given.set === undefined || name === given.set);
  if (sets.length === 0)
    throw new CliError(
      'DATA',
      `${folder} holds no ${given.set === undefined ? 'daily prices' : `set ${given.set}`} (*_daily_*.csv.gz).`,
    );
  const played = await Promise.all(sets.map((set) => playSet(set, asked, settings)));
  const reports = played.flatMap((report) => (report === null ? [] : [report]));
  if (reports.length === 0)
    throw new CliError(
      'DATA',
      'No set of daily prices has two sessions within these dates after the ones its scores need.',
    );
  const options = (['data', 'set', 'from', 'to', 'cash'] as const).flatMap((name) =>
    given[name] === undefined ? [] : [`--${name} ${given[name]}`],
  );
  return {
    kind: 'rebalance-backtest',
    sets: reports,
    rules: settings.rules,
    weekday: settings.weekday,
    cash: asked.cash,
    sectorLimit: settings.sectorFile !== null,
    notices: [
      SURVIVORSHIP,
      'There is no news of those years here: momentum alone decides.',
      ...(settings.sectorFile === null ? ['There is no table of sectors: no sector limit is applied.'] : []),
    ],
    command: ['omega rebalance backtest', ...options].join(' '),
    codeVersion: packageVersion(),
  };
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError('FAILED', `${file} cannot be written (${messageOf(error)}).`, { cause: error });
  }
}

const summary = ({ sets, notices }: RebalanceReport): readonly string[] => [
  ...sets.flatMap(({ from, to, universe, figures, rebalances }) => [
    `${from} to ${to}, ${universe.length} names, ${rebalances.length} weekly rebalances:`,
    ...figures.map(
      ({ name, endEquity, annualReturn, annualVolatility, sharpe, maxDrawdown, annualTurnover, costs }) =>
        `  ${name.padEnd(13)} ${money(endEquity).padStart(13)}  ${percent(annualReturn)} a year, volatility ${percent(annualVolatility)}, Sharpe ${sharpe.sharpe?.toFixed(2) ?? '–'}, largest fall ${percent(maxDrawdown)}, turnover ${percent(annualTurnover)} a year, costs ${money(costs.fees + costs.halfSpread + costs.slippage)}`,
    ),
  ]),
  ...notices.map((notice) => `- ${notice}`),
];

async function run(given: BacktestOptions, io: CommandIo): Promise<void> {
  try {
    const report = await backtest(given, io);
    if (given.json !== undefined) write(resolve(io.folder, given.json), `${JSON.stringify(report, null, 2)}\n`);
    if (given.html !== undefined) write(resolve(io.folder, given.html), rebalancePageOf(report));
    io.out(summary(report).join('\n'));
  } catch (error) {
    if (error instanceof RecordedDataError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

export const rebalanceBacktestCommand = (io: CommandIo): Command =>
  new Command('backtest')
    .description('the weekly rebalance over the shipped daily bars, with costs, beside equal weight and buy-and-hold')
    .option('--data <folder>', 'folder of files *_daily_*.csv[.gz]; the shipped ones when left out')
    .option('--set <name>', 'one file of it; all when left out')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day')
    .option('--cash <dollars>', 'at the start', '100000')
    .option('--html <file>', 'write the report as one page')
    .option('--json <file>', 'write the report as JSON')
    .action((given: BacktestOptions) => run(given, io));
