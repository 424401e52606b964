/**
 * `npm start`: the demonstration from the first process to the last line of the summary.
 * Invariants:
 *  1. It can touch nothing real: its own gateway, account, folders and server namespace, whatever the environment says.
 *  2. One conductor per folder; whatever a killed one left is ended or taken up, and the days go on where they were.
 *  3. It ends its processes in order, and they end by themselves when it is killed.
 */
import { join, resolve } from 'node:path';
import type { FeaturesConfig } from '../../config/config';
import { dataNotes } from '../../market-data/data-notes';
import type { RecordedMarket } from '../../market-data/recorded-market';
import { RecordedDataError } from '../../market-data/recorded-market';
import { loadRecordedMarket } from '../../market-data/recorded-minutes';
import { PACKAGE_ROOT } from '../child-command';
import { CliError, EXIT } from '../cli-error';
import type { CommandIo } from '../command-io';
import { currentConfig } from '../current-place';
import { schemaOfConfig } from '../current-schema';
import { signedMoney } from '../number-format';
import { checkReportFile, writeReportFile } from '../report-file';
import { CRASH_FROM, CRASH_UNTIL, crashScript } from './crash';
import { modelsFor } from './day-models';
import type { DayReport } from './day-report';
import type { DemoOptions } from './demo-options';
import type { DemoPaths } from './demo-folder';
import { DEMO_FOLDER, demoPaths, leaveFolder, prepareState, removeState, takeFolder } from './demo-folder';
import { endStaleProcesses } from './demo-processes';
import { finishedDay } from './finished-day';
import { NoteBook } from './note-book';
import { Rig } from './rig';
import { runReport } from './run-report';
import type { Window } from './schedule';
import { scheduleOf } from './schedule';
import type { Selection } from './selection';
import { selectionName, selectionOf } from './selection';
import { Show } from './show';
import { daySummary, noteLines, runSummary } from './summary';
import { TradeDay } from './trade-day';
import { initialView, withDay } from './view-state';

const INTERRUPTED = 130;

const SIMULATED = ['simulated: fills and depth; one quote a minute is known; the market itself is recorded'];
const HALVED_VOLUME = 'data: the recorded ES volume of 2013-10-06 to 11 is half of the exchange’s';

async function loadMarket(options: DemoOptions, io: CommandIo): Promise<RecordedMarket> {
  const folder = options.data === null ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, options.data);
  try {
    return await loadRecordedMarket(folder);
  } catch (error) {
    if (error instanceof RecordedDataError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

const titleOf = (selection: Selection): string =>
  `Omega · ${selection.crash ? 'a scripted position in a falling market' : 'recorded days'} · ${selection.instruments.join(' ')} · nothing real is traded`;

/** Everything of one start: what is selected, where it is kept, what is shown. */
interface Start {
  readonly options: DemoOptions;
  readonly io: CommandIo;
  readonly folder: string;
  readonly market: RecordedMarket;
  readonly selection: Selection;
  readonly paths: DemoPaths;
}

/** The columns that omega.config.json asks for; nothing else of it reaches the demonstration. Throws CliError CONFIG. */
function featuresOf(io: CommandIo): FeaturesConfig {
  const { config } = currentConfig({ ...io, env: {} });
  schemaOfConfig(config);
  return config.features;
}

async function prepare(options: DemoOptions, io: CommandIo): Promise<Start> {
  if (options.json !== null) checkReportFile(resolve(io.folder, options.json));
  const market = await loadMarket(options, io);
  const request = {
    tradeDates: options.day,
    instruments: options.instruments,
    crash: options.crash,
    sampleData: options.data === null,
    features: featuresOf(io),
  };
  const selection = selectionOf(request, market);
  const folder = resolve(io.folder, DEMO_FOLDER);
  const suffix = options.until === null ? '' : `-until-${options.until.replace(':', '')}`;
  return { options, io, folder, market, selection, paths: demoPaths(folder, selectionName(selection) + suffix) };
}

/** Runs the demonstration; resolves to the exit code. Throws CliError with one sentence for what the user can mend. */
export async function runDemo(options: DemoOptions, io: CommandIo): Promise<number> {
  const start = await prepare(options, io);
  takeFolder(start.folder);
  try {
    await endStaleProcesses(start.paths, (text) => io.err(text));
    if (options.reset) removeState(start.paths);
    prepareState(start.paths);
    return await conduct(start);
  } finally {
    leaveFolder(start.folder);
  }
}

function openShow({ selection, paths }: Start): Show {
  const view = initialView(titleOf(selection), selection.instruments, selection.tradeDates.length);
  const halved = selection.instruments.includes('ES') && selection.tradeDates.some((day) => day < '2013-10-12');
  const show = new Show({ ...view, simulated: halved ? [...SIMULATED, HALVED_VOLUME] : SIMULATED });
  for (const line of show.current().simulated) show.event(line);
  show.event(`state is kept in ${paths.root}; started again it goes on, --reset begins anew`);
  return show;
}

/** Ctrl-C, a closed terminal and SIGTERM end the demonstration in order; a second Ctrl-C ends it at once. */
function interruption(): { readonly signal: AbortSignal; readonly done: () => void } {
  const abort = new AbortController();
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    abort.abort(new CliError('FAILED', 'interrupted'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: abort.signal,
    done: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

async function conduct(start: Start): Promise<number> {
  const { options, io } = start;
  const show = openShow(start);
  const notes = new NoteBook(show);
  for (const text of [...dataNotes(start.market), ...start.selection.notes]) notes.noteRun(text);
  const interrupt = interruption();
  const rig = new Rig({ ...start, show, notes, signal: interrupt.signal });
  try {
    await rig.unlessEnded(rig.start());
    const reports: DayReport[] = [];
    for (const tradeDate of start.selection.tradeDates) {
      reports.push(await rig.unlessEnded(tradeOrRecall({ ...start, rig, show, notes }, tradeDate)));
    }
    const report = runReport(reports, rig.memory());
    if (options.json !== null) writeReportFile(resolve(io.folder, options.json), report);
    show.finish(closingLines(reports, rig.uiAddress(), options));
    if (!options.once) await untilAborted(interrupt.signal);
    return reports.every(({ reconciled }) => reconciled) ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (!interrupt.signal.aborted) throw rig.failure() ?? error;
    show.finish(['', 'interrupted; npm start goes on where this ended']);
    return INTERRUPTED;
  } finally {
    show.finish();
    await rig.stop();
    interrupt.done();
  }
}

/** A start whose processes run. */
interface Conducted extends Start {
  readonly rig: Rig;
  readonly show: Show;
  readonly notes: NoteBook;
}

/** The report of a day that was finished before, or the day itself. */
async function tradeOrRecall(conducted: Conducted, tradeDate: string): Promise<DayReport> {
  const { market, selection, paths, options, rig, show, notes } = conducted;
  const finished = finishedDay(paths.days, tradeDate);
  if (finished !== null) {
    show.notice(
      'info',
      `${tradeDate} was traded before: ${signedMoney(finished.realizedPnl - finished.fees)} after fees`,
    );
    return finished;
  }
  const schedule = scheduleOf(market, selection.instruments, tradeDate, windowOf(options, tradeDate));
  notes.beginDay(join(paths.days, `${tradeDate}.said.json`));
  for (const text of schedule.absent) notes.noteDay('warning', text);
  show.change({ phase: `fitting models for ${tradeDate}` });
  // In the scripted crash nobody else trades: what is shown is the halt, not the models.
  const onFitProcess = (pid: number | null): void => rig.noteFitProcess(pid);
  const modelRun = options.crash ? null : await modelsFor({ ...conducted, onFitProcess }, tradeDate);
  const dayNumber = selection.tradeDates.indexOf(tradeDate) + 1;
  const minutes = schedule.minuteEnds.length;
  show.change(withDay(show.current(), { tradeDate, dayNumber, minuteCount: minutes, minute: 0, modelRun }));
  const parts = rig.dayParts();
  const script = options.crash ? crashScript(parts) : undefined;
  const report = await new TradeDay({ ...parts, script }, schedule, modelRun).run();
  show.print(['', ...daySummary(report), '']);
  return report;
}

/** The part of the day that is played; all of it unless a trial or the crash asks for less. */
function windowOf({ until, crash }: DemoOptions, tradeDate: string): Window {
  if (crash) return { from: CRASH_FROM, until: CRASH_UNTIL };
  return { from: -Infinity, until: until === null ? Infinity : Date.parse(`${tradeDate}T${until}:00Z`) };
}

function closingLines(reports: readonly DayReport[], ui: string | null, options: DemoOptions): readonly string[] {
  const again = options.once ? [] : ['', 'Ctrl-C ends the demonstration.'];
  return [
    // The live view was drawn over the days' own summaries.
    ...(process.stdout.isTTY ? reports.flatMap(daySummary) : []),
    ...runSummary(reports),
    ...noteLines(reports),
    '',
    ...(ui === null ? [] : [`Temporal UI: ${ui}`]),
    ...(options.json === null ? [] : [`report: ${options.json}`]),
    'next: npm run omega -- status · npm run omega -- trades · npm run demo:crash · docs/commands.md',
    ...again,
  ];
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
