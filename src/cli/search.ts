/**
 * `omega search`: nested hyperparameter search of one family, indicator windows included; in this process without a server, or on the
 * training workers. Every trial stays in the store: killed and started again with its id, it goes on after the last finished one.
 */
import { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import { join } from 'node:path';
import { recordedSource } from '../activities/recorded-source';
import { finishSearchStep, judgeTrialStep, prepareSearchStep, runTrialStep } from '../activities/search-steps';
import { searchWorkflowId, startSearch } from '../client/search-start';
import type { Config } from '../config/config';
import { NO_PROGRESS, runSearch } from '../domain/hyperparameter-search';
import type { SearchOutcome, SearchProgress, SearchRequest, SearchSteps } from '../domain/hyperparameter-search';
import { runIdOf } from '../domain/ids';
import { isFuture } from '../domain/instruments';
import { FeatureError } from '../features/feature-error';
import { SearchError } from '../learning/search/search-error';
import { bestKey } from '../learning/search/search-store';
import { SEARCHABLE_FAMILIES } from '../learning/search/search-space';
import { EvaluationError } from '../learning/evaluation/evaluation-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { searchProgress } from '../workflows/search-messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { parseDays } from './demo';
import { learningSet } from './learning-set';
import { outsideSettings } from './outside-settings';
import { learningPlace, withStore } from './store-place';
import { wholeNumber } from './whole-number';

interface SearchOptions {
  readonly family: string;
  readonly trials: string;
  readonly set: string;
  readonly data?: string;
  readonly instruments?: string;
  readonly days?: string;
  readonly seed?: string;
  readonly searchId?: string;
  readonly threads: string;
  readonly fixedWindows?: boolean;
  readonly workers?: boolean;
  readonly json?: boolean;
}

interface Asked {
  readonly request: SearchRequest;
  readonly folder: string;
}

/** Throws CliError USAGE. */
function asked(options: SearchOptions, config: Config, io: CommandIo, now: number): Asked {
  if (!SEARCHABLE_FAMILIES.includes(options.family))
    throw new CliError('USAGE', `--family is one of ${SEARCHABLE_FAMILIES.join(', ')}, not ${options.family}.`);
  const named = options.set === 'futures' ? { instruments: 'ES', ...options } : options;
  const { folder, instruments } = learningSet(named, config, io);
  if (instruments.length !== 1)
    throw new CliError('USAGE', `A search is for one instrument, not for ${instruments.join(', ')}.`);
  const searchId = options.searchId ?? runIdOf(now);
  if (!/^[\w-]{1,64}$/.test(searchId))
    throw new CliError('USAGE', `--search-id needs letters, digits, _ and -, not ${searchId}.`);
  const request = {
    searchId,
    symbol: instruments[0],
    days: options.days === undefined ? null : parseDays(options.days),
    family: options.family,
    trials: wholeNumber('--trials', options.trials, 1, 1_000),
    seed: options.seed === undefined ? config.seed : wholeNumber('--seed', options.seed, 0, 2 ** 32 - 1),
    windows: options.fixedWindows !== true,
  };
  return { request, folder };
}

const progressText = ({ phase, finished, planned, best }: SearchProgress): string =>
  `${phase}: ${finished} of ${planned}${best === null ? '' : `, trial ${best.trial} leads with an AUC of ${best.auc.toFixed(3)}`}`;

async function search(options: SearchOptions, io: CommandIo): Promise<void> {
  const { config } = currentConfig(io);
  const { request, folder } = asked(options, config, io, Date.now());
  const parallel = wholeNumber('--threads', options.threads, 1, 64);
  const { storage } = learningPlace(io);
  const say = (progress: SearchProgress): void => io.err(progressText(progress));
  io.err(`search ${request.searchId}: ${request.symbol} ${request.family}, ${request.trials} trials`);
  try {
    await withStore({ storage }, async (store) => {
      if (options.workers === true && options.data !== undefined)
        throw new CliError('USAGE', 'The workers read their own data folder: leave --data out with --workers.');
      const parts = { storage, store, source: recordedSource(folder, config, store, outsideSettings(config)) };
      const here: SearchSteps = {
        prepareSearch: (asks) => prepareSearchStep(parts, asks),
        runTrial: (task) => runTrialStep(parts, task),
        judgeTrial: (task) => judgeTrialStep(parts, task),
        finishSearch: (plan, outcome) => finishSearchStep(parts, plan, outcome),
      };
      const outcome =
        options.workers === true
          ? await searchOnWorkers(config.temporal, request, say)
          : await runSearch(request, here, { parallel, onProgress: say });
      const file =
        storage.kind === 'folder' ? join(storage.root, bestKey(request.searchId)) : bestKey(request.searchId);
      printResult(io, options.json, { ...outcome, parametersFile: file }, outcomeLines(request, outcome, file));
    });
  } catch (error) {
    if (
      error instanceof SearchError ||
      error instanceof RecordedDataError ||
      error instanceof EvaluationError ||
      error instanceof FeatureError ||
      error instanceof RangeError
    )
      throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

const POLL_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** As a workflow; this process only watches. Ended, it leaves the search running: the same command joins it. */
async function searchOnWorkers(
  { address, namespace }: Config['temporal'],
  request: SearchRequest,
  say: (progress: SearchProgress) => void,
): Promise<SearchOutcome> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS }).catch(
    (error: unknown) => {
      const why = `No Temporal server answers at ${address} (${messageOf(error)}); leave --workers out to search in this process.`;
      throw new CliError('TEMPORAL_UNREACHABLE', why, { cause: error });
    },
  );
  try {
    const handle = await startSearch(new Client({ connection, namespace }), request);
    let told = NO_PROGRESS;
    const watch = setInterval(() => {
      // No answer means that no worker lives just now; the result is waited for all the same.
      void handle.query(searchProgress).then(
        (now) => {
          if (JSON.stringify(now) !== JSON.stringify(told)) say(now);
          told = now;
        },
        () => undefined,
      );
    }, POLL_MS);
    try {
      return await handle.result();
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? (error.cause.cause ?? error.cause) : error;
      throw new CliError('FAILED', `${searchWorkflowId(request.searchId)} failed: ${messageOf(cause)}`, {
        cause: error,
      });
    } finally {
      clearInterval(watch);
    }
  } finally {
    await connection.close();
  }
}

/** Lines for people. Pure. */
export function outcomeLines(
  { family, symbol, trials }: SearchRequest,
  { searchId, best, innerAuc, nestedAuc, shippedAuc, failed }: SearchOutcome,
  file: string,
): readonly string[] {
  const set = isFuture(symbol) ? 'futures' : 'spy';
  return [
    `Search ${searchId}: ${symbol} ${family}, ${trials} trials${failed > 0 ? `, ${failed} could not be fitted` : ''}.`,
    `AUC on rows that no choice saw (outer folds): ${nestedAuc.toFixed(3)} for what the search chose, ${shippedAuc.toFixed(3)} for the shipped parameters.`,
    `Taken: trial ${best}${best === 1 ? ', the shipped parameters' : ''}; its inner AUC of ${innerAuc.toFixed(3)} chose it and is optimistic.`,
    `omega train --set ${set} --families ${family} --parameters ${file}`,
  ];
}

export const searchCommand = (io: CommandIo): Command =>
  new Command('search')
    .description('search the parameters of a model family and the windows of its indicators, nested, every trial kept')
    .requiredOption('--family <name>', `model family: ${SEARCHABLE_FAMILIES.join(', ')}`)
    .option('--trials <n>', 'parameters to try, the shipped ones included', '30')
    .option('--set <name>', 'what to learn from: futures, or spy, the larger set without quotes', 'futures')
    .option('--data <dir>', 'folder of recorded minutes (default: the data of the repository)')
    .option('--instruments <name>', 'the instrument (default: ES)')
    .option('--days <list>', 'trade dates, the hold-out included (default: all recorded)')
    .option('--seed <n>', 'seed of everything that is drawn (default: the configured one)')
    .option('--search-id <id>', 'an unfinished search of this id goes on (default: now)')
    .option('--threads <n>', 'trials at a time', '2')
    .option('--fixed-windows', 'leave the windows of the indicators as they are')
    .option('--workers', 'run as a workflow on the training workers of the Temporal server')
    .option('--json', 'print JSON')
    .action((options: SearchOptions) => search(options, io));
