/** `omega schedules list|apply|pause|resume`: what Temporal starts by itself for the account. Nothing does before `apply`. */
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { Command } from 'commander';
import { startChampionWatch } from '../client/champion-watch';
import { applySchedules, listSchedules, plannedSchedules, setPaused } from '../client/schedules';
import type { KnownSchedule, PlannedSchedule } from '../client/schedules';
import { readReviewLog } from '../storage/review-log';
import { CliError, messageOf } from './cli-error';
import { printResult } from './command-io';
import type { CommandIo } from './command-io';
import { currentConfig, currentPlace } from './current-place';
import { operatorOf, withOperatorOptions } from './operator';
import type { OperatorOptions } from './operator';
import type { SessionPlace } from './session-access';
import { storePlace, withStore } from './store-place';
import { textTable } from './text-table';

const CONNECT_TIMEOUT_MS = 3_000;
const CALL_TIMEOUT_MS = 10_000;

/** Runs `work` with a client of the place's server. Throws TEMPORAL_UNREACHABLE. */
async function withServer<T>({ address, namespace }: SessionPlace, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS }).catch(
    (error: unknown) => {
      throw new CliError(
        'TEMPORAL_UNREACHABLE',
        `No Temporal server answers at ${address} (${messageOf(error)}); start it first.`,
        { cause: error },
      );
    },
  );
  try {
    const client = new Client({ connection, namespace });
    return await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => work(client));
  } finally {
    await connection.close();
  }
}

/** All schedules of the account, or the one that is named. Throws NOT_FOUND. */
function named(planned: readonly PlannedSchedule[], scheduleId: string | undefined): readonly PlannedSchedule[] {
  const found = planned.filter((schedule) => scheduleId === undefined || schedule.scheduleId === scheduleId);
  if (found.length > 0) return found;
  const ids = planned.map((schedule) => schedule.scheduleId).join(', ');
  throw new CliError('NOT_FOUND', `There is no schedule ${scheduleId}; there is ${ids}.`);
}

function plannedHere(io: CommandIo, { account }: SessionPlace): readonly PlannedSchedule[] {
  const { news, rebalance, trading } = currentConfig(io).config;
  return plannedSchedules({
    account,
    newsMinutes: news.pollMinutes,
    rebalanceDay: rebalance.weekday,
    instruments: trading.instruments,
  });
}

async function list(io: CommandIo, json: boolean | undefined): Promise<void> {
  const place = currentPlace(io);
  print(io, json, await withServer(place, (client) => listSchedules(client, plannedHere(io, place))));
}

async function apply(io: CommandIo, json: boolean | undefined): Promise<void> {
  const place = currentPlace(io);
  const planned = plannedHere(io, place);
  const known = await withServer(place, async (client) => {
    await applySchedules(client, planned);
    await watchChampion(io, client);
    return listSchedules(client, planned);
  });
  print(io, json, known);
}

/** The watch over the promoted run is no schedule, but what runs by itself belongs together; without a promoted run there is none. */
async function watchChampion(io: CommandIo, client: Client): Promise<void> {
  await withStore(storePlace(io), async (store) => {
    const { promoted } = (await readReviewLog(store)).review;
    if (promoted !== null) await startChampionWatch(client, promoted);
  });
}

async function pause(
  io: CommandIo,
  paused: boolean,
  scheduleId: string | undefined,
  options: OperatorOptions,
): Promise<void> {
  const place = currentPlace(io);
  const chosen = named(plannedHere(io, place), scheduleId);
  const { by, why } = operatorOf(options, paused ? 'paused by command' : 'resumed by command');
  const known = await withServer(place, async (client) => {
    for (const schedule of chosen)
      await setPaused(client, schedule.scheduleId, paused, `${by}: ${why}`).catch(notApplied);
    return listSchedules(client, chosen);
  });
  print(io, options.json, known);
}

function notApplied(error: unknown): never {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
  throw new CliError('NOT_FOUND', 'The schedule is not there yet: omega schedules apply makes it.', { cause: error });
}

const documentOf = ({ scheduleId, purpose, everyMinutes, workflowType, state }: KnownSchedule) => ({
  scheduleId,
  purpose,
  everyMinutes,
  workflowType,
  state,
});

const print = (io: CommandIo, json: boolean | undefined, known: readonly KnownSchedule[]): void =>
  printResult(io, json, known.map(documentOf), scheduleLines(known));

/** Lines for people. Pure. */
export const scheduleLines = (known: readonly KnownSchedule[]): readonly string[] => [
  ...textTable(
    [
      { title: 'schedule', cell: ({ scheduleId }) => scheduleId },
      { title: 'every', align: 'right', cell: ({ everyMinutes }) => `${everyMinutes} min` },
      { title: 'state', cell: ({ state }) => state.kind },
      { title: 'last run', cell: ({ state }) => (state.kind === 'absent' ? '' : (state.lastRun ?? '–')) },
      { title: 'next run', cell: ({ state }) => (state.kind === 'absent' ? '' : (state.nextRun ?? '–')) },
      { title: 'note', cell: ({ state }) => (state.kind === 'absent' ? '' : state.note) },
      { title: 'what for', cell: ({ purpose }) => purpose },
    ],
    known,
  ),
  ...(known.some(({ state }) => state.kind === 'absent')
    ? ['What is absent does not run: omega schedules apply makes it.']
    : []),
];

interface JsonOption {
  readonly json?: boolean;
}

export const schedulesCommand = (io: CommandIo): Command =>
  new Command('schedules')
    .description('what Temporal starts by itself: the hourly drift check, the reading of news')
    .addCommand(
      new Command('list')
        .description('the schedules, when they ran and will run')
        .option('--json', 'print JSON')
        .action((options: JsonOption) => list(io, options.json)),
    )
    .addCommand(
      new Command('apply')
        .description('make what is missing, running; bring the others up to date, paused ones stay paused')
        .option('--json', 'print JSON')
        .action((options: JsonOption) => apply(io, options.json)),
    )
    .addCommand(
      withOperatorOptions(new Command('pause').description('pause one schedule, or all').argument('[id]')).action(
        (id: string | undefined, options: OperatorOptions) => pause(io, true, id, options),
      ),
    )
    .addCommand(
      withOperatorOptions(new Command('resume').description('resume one schedule, or all').argument('[id]')).action(
        (id: string | undefined, options: OperatorOptions) => pause(io, false, id, options),
      ),
    );
