/**
 * `omega search`: nested hyperparameter search of one family, indicator windows included; in this process without a server, or on the
 * training workers. Every trial stays in the store: killed and started again with its id, it goes on after the last finished one.
 */
import { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import { join } from 'node:path';
import { searchWorkflowId, startSearch } from '../client/search-start';
import type { Config } from '../config/config';
import { NO_PROGRESS } from '../domain/hyperparameter-search';
import type { SearchOutcome, SearchProgress, SearchRequest } from '../domain/hyperparameter-search';
import { runIdOf } from '../domain/ids';
import { isFuture } from '../domain/instruments';
import { bestKey } from '../learning/search/search-store';
import { FAMILY_NAMES } from '../learning/families/families';
import { SEARCHABLE_FAMILIES } from '../learning/search/search-space';
import { searchProgress } from '../workflows/search-messages';
import { askedRunId } from './asked-run-id';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { parseDays } from './demo';
import { learningSet } from './learning-set';
import { searchFailure, searchHere } from './search-here';
import { setAndForget } from './set-and-forget';
import { learningPlace, withStore } from './store-place';
import { wholeNumber } from './whole-number';

/** Those that vote unless others are named. */
const SEARCHED_BY_DEFAULT = FAMILY_NAMES.filter((name) => SEARCHABLE_FAMILIES.includes(name));

interface SearchOptions {
  readonly family?: string;
  readonly families?: string;
  readonly setAndForget?: boolean;
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

/** The set and what is asked of every search of it, whatever the family. Throws CliError USAGE. */
function asked(options: SearchOptions, config: Config, io: CommandIo, now: number) {
  const named = options.set === 'futures' ? { instruments: 'ES', ...options } : options;
  const { folder, instruments } = learningSet(named, config, io);
  if (instruments.length !== 1)
    throw new CliError('USAGE', `A search is for one instrument, not for ${instruments.join(', ')}.`);
  const searchId = options.searchId ?? runIdOf(now);
  if (!/^[\w-]{1,40}$/.test(searchId))
    throw new CliError('USAGE', `--search-id needs at most 40 letters, digits, _ and -, not ${searchId}.`);
  const every = {
    searchId,
    symbol: instruments[0],
    days: options.days === undefined ? null : parseDays(options.days),
    trials: wholeNumber('--trials', options.trials, 1, 1_000),
    seed: options.seed === undefined ? config.seed : wholeNumber('--seed', options.seed, 0, 2 ** 32 - 1),
    windows: options.fixedWindows !== true,
  };
  return { every, folder };
}

function familiesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !SEARCHABLE_FAMILIES.includes(name));
  if (unknown.length > 0)
    throw new CliError('USAGE', `Families to search are ${SEARCHABLE_FAMILIES.join(', ')}, not ${unknown.join(', ')}.`);
  return [...new Set(names)];
}

const progressText = ({ phase, finished, planned, best }: SearchProgress): string =>
  `${phase}: ${finished} of ${planned}${best === null ? '' : `, trial ${best.trial} leads with an AUC of ${best.auc.toFixed(3)}`}`;

async function search(options: SearchOptions, io: CommandIo): Promise<void> {
  const { config } = currentConfig(io);
  if (options.family === undefined)
    throw new CliError('USAGE', 'Name the --family to search, or search all and train with --set-and-forget.');
  const [family, ...others] = familiesOf(options.family);
  if (others.length > 0)
    throw new CliError(
      'USAGE',
      `--family takes one family: search ${options.family} with --set-and-forget --families.`,
    );
  const { every, folder } = asked(options, config, io, Date.now());
  const request = { ...every, family };
  const parallel = wholeNumber('--threads', options.threads, 1, 64);
  const { storage } = learningPlace(io);
  const say = (progress: SearchProgress): void => io.err(progressText(progress));
  io.err(`search ${request.searchId}: ${request.symbol} ${family}, ${request.trials} trials`);
  try {
    await withStore({ storage }, async (store) => {
      if (options.workers === true && options.data !== undefined)
        throw new CliError('USAGE', 'The workers read their own data folder: leave --data out with --workers.');
      const outcome =
        options.workers === true
          ? await searchOnWorkers(config.temporal, request, say)
          : await searchHere({ config, storage, store, folder }, request, { parallel, onProgress: say });
      const file =
        storage.kind === 'folder' ? join(storage.root, bestKey(request.searchId)) : bestKey(request.searchId);
      printResult(io, options.json, { ...outcome, parametersFile: file }, outcomeLines(request, outcome, file));
    });
  } catch (error) {
    throw searchFailure(error);
  }
}

/** Every family searched, then a run fitted with what was found. */
async function searchAndTrain(options: SearchOptions, io: CommandIo): Promise<void> {
  const { config } = currentConfig(io);
  if (options.workers === true)
    throw new CliError('USAGE', '--set-and-forget searches in this process: leave --workers out.');
  if (options.family !== undefined)
    throw new CliError('USAGE', '--set-and-forget takes --families, a list, instead of --family.');
  const families = options.families === undefined ? SEARCHED_BY_DEFAULT : familiesOf(options.families);
  const now = Date.now();
  // It names the run, too: begun again, neither a trial nor a fit is repeated.
  const searchId = askedRunId('--search-id', options.searchId, now);
  const { every, folder } = asked({ ...options, searchId }, config, io, now);
  const parallel = wholeNumber('--threads', options.threads, 1, 64);
  const { storage } = learningPlace(io);
  const plan = { every, families, parallel, set: options.set, data: options.data, json: options.json };
  try {
    await withStore({ storage }, (store) => setAndForget({ config, storage, store, folder }, plan, io));
  } catch (error) {
    throw searchFailure(error);
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
    .option('--family <name>', `model family: ${SEARCHABLE_FAMILIES.join(', ')}`)
    .option('--set-and-forget', 'search every family, then train with what was found')
    .option('--families <list>', `with --set-and-forget (default: ${SEARCHED_BY_DEFAULT.join(', ')})`)
    .option('--trials <n>', 'parameters to try, the shipped ones included', '30')
    .option('--set <name>', 'what to learn from: futures, or spy, the larger set without quotes', 'futures')
    .option('--data <dir>', 'folder of recorded minutes (default: the data of the repository)')
    .option('--instruments <name>', 'the instrument (default: ES)')
    .option('--days <list>', 'trade dates, the hold-out included (default: all recorded)')
    .option('--seed <n>', 'seed of everything that is drawn (default: the configured one)')
    .option('--search-id <id>', 'an unfinished search of this id goes on (default: now)')
    .option('--threads <n>', 'trials at a time; with --set-and-forget fits, too', '2')
    .option('--fixed-windows', 'leave the windows of the indicators as they are')
    .option('--workers', 'run as a workflow on the training workers of the Temporal server')
    .option('--json', 'print JSON')
    .action((options: SearchOptions) => (options.setAndForget === true ? searchAndTrain : search)(options, io));
