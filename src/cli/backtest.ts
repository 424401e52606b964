/** `omega backtest`: recorded days again through the decision code that trades live; a page and a JSON document. Offline. */
import { Command } from 'commander';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { providedSchema, withOutside } from '../activities/open-outside';
import { reportOf, type BacktestReport, type FillSetting } from '../backtest/backtest-report';
import { compareTrades, type TradeComparison } from '../backtest/compare-trades';
import type { ExecutedTrade } from '../backtest/execution';
import { GatewayBroker } from '../backtest/gateway-broker';
import { GatewayRecordError, readGatewayRecord } from '../backtest/gateway-record';
import { refitDaily, storedRun, type ModelSource } from '../backtest/model-source';
import { ModelledBroker } from '../backtest/modelled-broker';
import { pageOf } from '../backtest/page/page';
import { runBacktest } from '../backtest/run-backtest';
import { totalCosts, type SimulatedBroker } from '../backtest/simulated-broker';
import { tradeDateBounds } from '../domain/calendar';
import type { FutureSymbol } from '../domain/instruments';
import { ModelRunError } from '../learning/model-run-error';
import { RecordedDataError, type RecordedMarket } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { openFolderStore } from '../storage/folder-store';
import { openStore } from '../storage/open-store';
import { isStoreError, type ObjectStore } from '../storage/object-store';
import { backtestRequest, commandOf, type BacktestArguments, type BacktestRequest } from './backtest-options';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { currentSchema } from './current-schema';
import { DEFAULT_TRADE_DATES } from './demo/selection';
import { signedMoney, money } from './number-format';
import { outsideSettings } from './outside-settings';
import { packageVersion } from './package-version';
import { learningPlace, storeFailure } from './store-place';

const ACCOUNT = 'BACKTEST';
/** Runs that refits made, by everything that decides their content: the second back-test of the same days fits nothing. */
const FITS_FOLDER = join('.omega', 'backtest');

async function loadMarket(data: string | null, io: CommandIo): Promise<RecordedMarket> {
  try {
    return await loadRecordedMarket(data === null ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, data));
  } catch (error) {
    if (error instanceof RecordedDataError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

/** The dates asked for; of the shipped data without --from and --to the three that the demonstration shows. */
export function tradeDatesOf({ data, from, to }: BacktestRequest, market: RecordedMarket): readonly string[] {
  const recorded = market.tradeDates;
  const wanted = recorded.filter((date) => (from === null || date >= from) && (to === null || date <= to));
  if (wanted.length === 0) {
    const range = `it holds ${recorded[0] ?? 'nothing'} to ${recorded.at(-1) ?? 'nothing'}`;
    throw new CliError(
      'DATA',
      `There is no recorded trade date from ${from ?? 'the first'} to ${to ?? 'the last'}; ${range}.`,
    );
  }
  const shown = DEFAULT_TRADE_DATES.filter((date) => recorded.includes(date));
  return data === null && from === null && to === null && shown.length > 0 ? shown : wanted;
}

function instrumentsOf(
  { instruments }: BacktestRequest,
  configured: readonly FutureSymbol[],
  market: RecordedMarket,
): readonly FutureSymbol[] {
  const recorded = new Set(market.contracts.map(({ symbol }) => symbol));
  const absent = (instruments ?? []).filter((symbol) => !recorded.has(symbol));
  if (absent.length > 0) throw new CliError('DATA', `There is no recorded data for ${absent.join(', ')}.`);
  const chosen = instruments ?? configured.filter((symbol) => recorded.has(symbol));
  if (chosen.length === 0) {
    throw new CliError(
      'DATA',
      `None of the configured instruments (${configured.join(', ')}) is recorded; name others with --instruments.`,
    );
  }
  return chosen;
}

/** The market with the world outside of its days, and whose models decide on it. */
interface Decided {
  readonly market: RecordedMarket;
  readonly models: ModelSource;
}

async function decidedBy(
  { model, seed }: BacktestRequest,
  recorded: RecordedMarket,
  instruments: readonly FutureSymbol[],
  io: CommandIo,
): Promise<Decided> {
  const settings = outsideSettings(currentConfig(io).config);
  if (model.kind === 'run') {
    const store = await openStore(learningPlace(io).storage);
    const models = await storedRun(store, model.runId);
    return { models, market: await withOutside(recorded, models.schema, store, settings) };
  }
  const codeVersion = packageVersion();
  const known = await outsideStore(io);
  const { schema, absent } = await providedSchema(currentSchema(io), instruments, known, settings);
  for (const why of absent) io.err(why);
  const market = await withOutside(recorded, schema, known, settings);
  const identity = JSON.stringify([market.files, market.tradeDates, instruments, seed, codeVersion, schema.hash]);
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const store = await openFolderStore(join(io.folder, FITS_FOLDER, name));
  const onProgress = (text: string): void => io.err(text);
  return { market, models: refitDaily({ market, instruments, schema, seed, codeVersion, store, onProgress }) };
}

/** Where what is known of the world outside is kept. */
const outsideStore = async (io: CommandIo): Promise<ObjectStore> => openStore(learningPlace(io).storage);

function brokerOf(request: BacktestRequest, market: RecordedMarket, startClock: number): SimulatedBroker {
  const { fills, cash, seed } = request;
  return fills.kind === 'gateway'
    ? new GatewayBroker({ market, account: ACCOUNT, cash, seed, startClock })
    : new ModelledBroker({ market, cash, startClock, costs: fills });
}

function comparisonOf(
  { compare }: BacktestRequest,
  recorded: readonly ExecutedTrade[] | null,
  executions: readonly ExecutedTrade[],
  tradeDates: readonly string[],
): TradeComparison | null {
  return recorded === null || compare === null ? null : compareTrades(compare, recorded, executions, tradeDates);
}

/** Runs it and returns its document. Throws CliError for what the user can mend. */
async function backtest(given: BacktestArguments, io: CommandIo): Promise<BacktestReport> {
  const request = backtestRequest(given);
  for (const file of [request.html, request.json]) if (file !== null) checkFolderOf(resolve(io.folder, file));
  const { config } = currentConfig(io);
  const recorded = request.compare === null ? null : readGatewayRecord(resolve(io.folder, request.compare));
  const data = await loadMarket(request.data, io);
  const tradeDates = tradeDatesOf(request, data);
  const instruments = instrumentsOf(request, config.trading.instruments, data);
  const { market, models } = await decidedBy(request, data, instruments, io);
  const broker = brokerOf(request, market, tradeDateBounds(tradeDates[0]).start);
  const run = await runBacktest({
    market,
    config,
    account: ACCOUNT,
    instruments,
    tradeDates,
    models,
    broker,
    onProgress: (text) => io.err(text),
  });
  const { fills, seed, cash } = request;
  return reportOf({
    run,
    instruments,
    fills: fills.kind === 'gateway' ? ({ kind: 'gateway', seed } satisfies FillSetting) : fills,
    limits: config.limits,
    data: { name: request.data ?? 'data of the repository', files: market.files },
    models: models.asked,
    seed,
    cash,
    command: commandOf(given),
    codeVersion: packageVersion(),
    comparison: comparisonOf(request, recorded, run.executions, tradeDates),
  });
}

function checkFolderOf(file: string): void {
  if (!existsSync(dirname(file)))
    throw new CliError('USAGE', `${file} cannot be written: there is no folder ${dirname(file)}.`);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError('FAILED', `${file} cannot be written (${why}).`, { cause: error });
  }
}

/** Failures of stores, models and records as the sentences they are. */
function explained(error: unknown): unknown {
  if (error instanceof GatewayRecordError) return new CliError('DATA', error.message, { cause: error });
  if (error instanceof ModelRunError)
    return new CliError(error.code === 'RUN_NOT_FOUND' ? 'NOT_FOUND' : 'DATA', error.message, { cause: error });
  return isStoreError(error) ? storeFailure(error) : error;
}

const skipText = ({ model, why, count }: BacktestReport['figures']['skippedVotes'][number]): string =>
  `${model === '*' ? 'nobody voted' : `${model} did not vote`} on ${count} bars: ${why}`;

/** The page has them all. */
const SKIPS_SHOWN = 5;

export function summary({ figures, comparison }: BacktestReport): readonly string[] {
  const { sharpe } = figures;
  const days = figures.days.map(
    ({ tradeDate, equityChange, buyAndHold, trades, proposals, halt, inSample, modelRun }) =>
      `${tradeDate}: ${signedMoney(equityChange)} after costs, buy-and-hold ${signedMoney(buyAndHold)}, ${trades} trades of ${proposals} proposals${halt === null ? '' : `, halted: ${halt}`}${inSample ? `; in sample: run ${modelRun} learned from this date, so this is no evidence` : ''}`,
  );
  return [
    ...days,
    `all: ${signedMoney(figures.endEquity - figures.startEquity)} after costs, ${figures.trades} trades, costs ${money(totalCosts(figures.costs))} (fees ${money(figures.costs.fee)})`,
    `Sharpe ${sharpe.sharpe?.toFixed(2) ?? 'not defined'} over ${sharpe.days} dates · largest drawdown ${money(figures.maxDrawdown)}`,
    ...figures.skippedVotes.slice(0, SKIPS_SHOWN).map(skipText),
    ...(comparison === null
      ? []
      : [`through the gateway: ${comparison.equal} executions equal, ${comparison.differences.length} differ`]),
  ];
}

async function run(given: BacktestArguments, io: CommandIo): Promise<void> {
  try {
    const report = await backtest(given, io);
    if (typeof given.json === 'string') write(resolve(io.folder, given.json), `${JSON.stringify(report, null, 2)}\n`);
    if (given.html !== undefined) write(resolve(io.folder, given.html), pageOf(report));
    io.out(given.json === true ? JSON.stringify(report, null, 2) : summary(report).join('\n'));
  } catch (error) {
    throw explained(error);
  }
}

export const backtestCommand = (io: CommandIo): Command =>
  new Command('backtest')
    .description('trade recorded days again, with the code that decides live, and report')
    .option('--data <folder>', 'recorded minutes; the shipped ones when left out')
    .option('--from <date>', 'first trade date, YYYY-MM-DD')
    .option('--to <date>', 'last trade date')
    .option('--instruments <symbols>', 'with commas; those of the configuration when left out')
    .option('--model <run>', 'a stored run, or refit: fitted before each date on the days before it', 'refit')
    .option('--fills <setting>', 'gateway: the paper gateway’s matching; modelled: bars and costs')
    .option('--fees <dollars>', 'modelled: per contract and side; the instrument’s own when left out')
    .option('--slippage-ticks <n>', 'modelled: beyond the half spread (1)')
    .option('--impact <y>', 'modelled: coefficient of the square-root law (1)')
    .option('--cash <dollars>', 'at the start', '100000')
    .option('--seed <n>', 'of fits and of the gateway’s price paths', '1')
    .option('--compare <path>', 'a gateway’s state folder, or a JSON file of executions')
    .option('--html <file>', 'write the report as one page')
    .option('--json [file]', 'print the report as JSON, or write it there')
    .action((given: BacktestArguments) => run(given, io));
