/** `omega audit show|replay`: what was decided on a trade date and why, and whether it comes out the same when decided again. Offline. */
import { Command } from 'commander';
import { replayTradeDate } from '../activities/audit-replay';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { auditedDates, readAuditDay, spooledDates } from '../storage/audit-reader';
import type { ObjectStore } from '../storage/object-store';
import { entryRow, entryTypes, isAbout } from './audit-rows';
import { replayLines } from './audit-replay-lines';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { outsideSettings } from './outside-settings';
import { printResult } from './command-io';
import { storePlace, withStore, type StorePlace } from './store-place';
import { textTable } from './text-table';

interface DayOptions {
  readonly day?: string;
  readonly json?: boolean;
}

/** The trade date asked for, or the last one with entries. Throws USAGE or NOT_FOUND. */
async function tradeDateOf(store: ObjectStore, place: StorePlace, day: string | undefined): Promise<string> {
  if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day)) {
    throw new CliError('USAGE', `--day needs a date like 2013-10-09, not ${day}.`);
  }
  const known = [...new Set([...(await auditedDates(store)), ...(await spooledDates(place.stateDir))])].sort();
  const found = day === undefined ? known.at(-1) : known.find((date) => date === day);
  if (found !== undefined) return found;
  const dates = known.length === 0 ? 'it is empty' : `it has ${known.join(', ')}`;
  throw new CliError(
    'NOT_FOUND',
    `The audit log in ${store.location} has nothing of ${day ?? 'any trade date'}; ${dates}.`,
  );
}

interface ShowOptions extends DayOptions {
  readonly type?: string;
  readonly symbol?: string;
  readonly last: string;
}

async function show(io: CommandIo, { day, json, type, symbol, last }: ShowOptions): Promise<void> {
  if (type !== undefined && !entryTypes.includes(type)) {
    throw new CliError('USAGE', `--type is one of ${entryTypes.join(', ')}, not ${type}.`);
  }
  if (symbol !== undefined && !(FUTURE_SYMBOLS as readonly string[]).includes(symbol)) {
    throw new CliError('USAGE', `--symbol is one of ${FUTURE_SYMBOLS.join(', ')}, not ${symbol}.`);
  }
  if (!/^\d+$/.test(last)) throw new CliError('USAGE', `--last needs a whole number, not ${last}.`);
  const place = storePlace(io);
  await withStore(place, async (store) => {
    const tradeDate = await tradeDateOf(store, place, day);
    const { entries, problems } = await readAuditDay(store, place.stateDir, tradeDate);
    const wanted = entries.filter((entry) => (type === undefined || entry.type === type) && isAbout(entry, symbol));
    const shown = Number(last) === 0 ? wanted : wanted.slice(-Number(last));
    const table = textTable(
      [
        { title: 'time (UTC)', cell: (row) => row.time },
        { title: 'type', cell: (row) => row.type },
        { title: 'about', cell: (row) => row.about },
        { title: 'what', cell: (row) => row.what },
      ],
      shown.map(entryRow),
    );
    const left = wanted.length - shown.length;
    const lines = [
      `${tradeDate}: ${wanted.length} entries${left > 0 ? `, the last ${shown.length} (--last 0 shows all)` : ''}`,
      ...table,
      ...problems.map((problem) => `! ${problem}`),
    ];
    printResult(io, json, { tradeDate, entries: wanted, problems }, lines);
  });
}

async function replay(io: CommandIo, { day, json }: DayOptions): Promise<void> {
  const place = storePlace(io);
  await withStore(place, async (store) => {
    const tradeDate = await tradeDateOf(store, place, day);
    const { stateDir, account } = place;
    const outside = outsideSettings(currentConfig(io).config);
    const result = await replayTradeDate({ store, stateDir, account, tradeDate, outside });
    printResult(io, json, result, replayLines(result));
    const clean = result.differing.length === 0 && result.notReplayed.length === 0 && result.decisions > 0;
    if (!clean) throw new CommandExit(EXIT.failed);
  });
}

const withDay = (command: Command): Command =>
  command
    .option('--day <date>', 'trade date, YYYY-MM-DD; the last one with entries when left out')
    .option('--json', 'print JSON');

export const auditCommand = (io: CommandIo): Command =>
  new Command('audit')
    .description('evidence of every decision: show it, or decide a day again')
    .addCommand(
      withDay(new Command('show').description('entries of a trade date'))
        .option('--type <type>', `only ${entryTypes.join(', ')}`)
        .option('--symbol <symbol>', 'only this instrument')
        .option('--last <n>', 'how many to print, 0 for all (JSON has all)', '40')
        .action((options: ShowOptions) => show(io, options)),
    )
    .addCommand(
      withDay(
        new Command('replay').description(
          'decide a trade date again from journal and models; exit code 1 when it differs',
        ),
      ).action((options: DayOptions) => replay(io, options)),
    );
