/**
 * Temporal schedules as code (requirement G1): what is to run by itself, under fixed ids. None exists before `applySchedules`; applying
 * again brings a schedule up to date and leaves it paused when a person paused it.
 */
import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleDescription, ScheduleSpec } from '@temporalio/client';
import { driftMonitorWorkflowId } from '../domain/drift-monitor';
import { EXPORTED_PRICES, type HistoryExportRequest } from '../domain/history-export';
import { DATA_QUEUE, LEARNING_QUEUE } from '../domain/ids';
import type { FutureSymbol } from '../domain/instruments';
import { NEWS_INGESTION_WORKFLOW_ID } from '../domain/news-ingestion';
import { OUTSIDE_INGESTION_WORKFLOW_ID } from '../domain/outside-ingestion';
import { dueRebalanceWorkflowId } from '../domain/rebalance/rebalance-run';
import type { RebalanceRunInput } from '../domain/rebalance/rebalance-run';

export interface PlannedSchedule {
  readonly scheduleId: string;
  /** For people. */
  readonly purpose: string;
  readonly everyMinutes: number;
  /** When in the week, by New York's clock, weekdays from 0 for Sunday; left out: at every multiple of the minutes. */
  readonly at?: { readonly weekdays: readonly number[]; readonly hour: number; readonly minute: number };
  readonly workflowType: string;
  readonly taskQueue: string;
  /** The server adds the time of the run. */
  readonly workflowId: string;
  readonly args: readonly unknown[];
  /** A run that the server could not begin in time is made up for within this; older ones are left out. */
  readonly catchupMinutes: number;
}

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];

export interface ScheduleSettings {
  readonly account: string;
  /** `news.pollMinutes`. */
  readonly newsMinutes: number;
  /** `rebalance.weekday`: 1 = Monday. */
  readonly rebalanceDay: number;
  /** `trading.instruments`: their minutes are kept. */
  readonly instruments: readonly FutureSymbol[];
}

/** The schedules of an account. */
export const plannedSchedules = ({
  account,
  newsMinutes,
  rebalanceDay,
  instruments,
}: ScheduleSettings): readonly PlannedSchedule[] => [
  {
    scheduleId: `drift-monitor/${account}`,
    purpose: 'drift of features and of the AUC, every hour',
    everyMinutes: 60,
    workflowType: 'driftMonitor',
    taskQueue: LEARNING_QUEUE,
    workflowId: driftMonitorWorkflowId(account),
    args: [{ account }],
    catchupMinutes: 60,
  },
  {
    scheduleId: NEWS_INGESTION_WORKFLOW_ID,
    purpose: 'news of all sources that can answer',
    everyMinutes: newsMinutes,
    workflowType: 'newsIngestion',
    taskQueue: DATA_QUEUE,
    workflowId: NEWS_INGESTION_WORKFLOW_ID,
    args: [{ sources: null }],
    // The next run reads what a missed one would have.
    catchupMinutes: newsMinutes,
  },
  {
    scheduleId: OUTSIDE_INGESTION_WORKFLOW_ID,
    purpose: 'macro series, flows and sentiment of all providers that can answer, every hour',
    everyMinutes: 60,
    workflowType: 'outsideIngestion',
    taskQueue: DATA_QUEUE,
    workflowId: OUTSIDE_INGESTION_WORKFLOW_ID,
    args: [],
    catchupMinutes: 60,
  },
  {
    scheduleId: `history-export/${account}`,
    purpose: 'the minutes of the instruments traded, from the broker into the bar store, after each trade date',
    everyMinutes: DAY_MINUTES,
    // The trade date of the futures ended half an hour before.
    at: { weekdays: MONDAY_TO_FRIDAY, hour: 17, minute: 30 },
    workflowType: 'historyExport',
    taskQueue: DATA_QUEUE,
    workflowId: `history-export/${account}`,
    args: [
      { instruments, whatToShow: EXPORTED_PRICES, interval: '1m', from: null, to: null } satisfies HistoryExportRequest,
    ],
    // Each export goes on where the store ends: one is enough for all that were missed.
    catchupMinutes: DAY_MINUTES,
  },
  {
    scheduleId: `rebalance/${account}`,
    purpose: 'the weekly rebalance: a list, and orders if the settings say so',
    everyMinutes: WEEK_MINUTES,
    // An hour before the open: time for prices, news and a person's yes.
    at: { weekdays: [rebalanceDay], hour: 8, minute: 30 },
    workflowType: 'weeklyRebalance',
    taskQueue: DATA_QUEUE,
    workflowId: dueRebalanceWorkflowId(account),
    args: [
      { account, rebalanceId: null, asOf: null, manner: {}, paper: null, askBecause: null } satisfies RebalanceRunInput,
    ],
    // A missed one is begun when the server is back, within the week: the settings say then what becomes of it.
    catchupMinutes: WEEK_MINUTES - DAY_MINUTES,
  },
];

export type ScheduleState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'active' | 'paused';
      /** What the person who paused or resumed it said. */
      readonly note: string;
      /** ISO times, UTC; null before the first run, and while paused. */
      readonly lastRun: string | null;
      readonly nextRun: string | null;
    };

export interface KnownSchedule extends PlannedSchedule {
  readonly state: ScheduleState;
}

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

const specOf = ({ everyMinutes, at }: PlannedSchedule): ScheduleSpec =>
  at === undefined
    ? { intervals: [{ every: everyMinutes * 60_000 }] }
    : {
        calendars: [{ dayOfWeek: at.weekdays.map((weekday) => DAYS[weekday]), hour: at.hour, minute: at.minute }],
        timezone: 'America/New_York',
      };
const actionOf = ({ workflowType, taskQueue, workflowId, args, purpose }: PlannedSchedule) => ({
  type: 'startWorkflow' as const,
  workflowType,
  workflowId,
  args: [...args],
  taskQueue,
  staticSummary: purpose,
});
const policiesOf = ({ catchupMinutes }: PlannedSchedule) => ({
  overlap: ScheduleOverlapPolicy.SKIP,
  catchupWindow: catchupMinutes * 60_000,
});

/** Creates what is missing, running; brings the others up to date and leaves their pause as it is. */
export async function applySchedules(client: Client, planned: readonly PlannedSchedule[]): Promise<void> {
  for (const schedule of planned) {
    const what = { spec: specOf(schedule), action: actionOf(schedule), policies: policiesOf(schedule) };
    const known = await describe(client, schedule);
    if (known === null) await client.schedule.create({ scheduleId: schedule.scheduleId, ...what });
    else await client.schedule.getHandle(schedule.scheduleId).update(({ state }) => ({ ...what, state }));
  }
}

/** The planned schedules with what the server knows of them. */
export async function listSchedules(
  client: Client,
  planned: readonly PlannedSchedule[],
): Promise<readonly KnownSchedule[]> {
  return Promise.all(
    planned.map(async (schedule) => ({ ...schedule, state: stateOf(await describe(client, schedule)) })),
  );
}

/** Pauses or resumes; the note says who and why. Throws ScheduleNotFoundError for one that was never applied. */
export async function setPaused(client: Client, scheduleId: string, paused: boolean, note: string): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId);
  await (paused ? handle.pause(note) : handle.unpause(note));
}

async function describe(client: Client, { scheduleId }: PlannedSchedule): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function stateOf(described: ScheduleDescription | null): ScheduleState {
  if (described === null) return { kind: 'absent' };
  const { state, info } = described;
  const last = info.recentActions.at(-1)?.takenAt ?? null;
  const next = state.paused ? null : (info.nextActionTimes[0] ?? null);
  return {
    kind: state.paused ? 'paused' : 'active',
    note: state.note ?? '',
    lastRun: last?.toISOString() ?? null,
    nextRun: next?.toISOString() ?? null,
  };
}
