/** `omega data outside`: macro series, flows, sentiment and the calendar, brought up to date and listed by the names that features use. */
import { Command } from 'commander';
import { join } from 'node:path';
import { readOutsideWorld, shippedCalendar } from '../activities/open-outside';
import { readOutside } from '../domain/outside-ingestion';
import type { OutsideIngestionResult } from '../domain/outside-ingestion';
import { ProviderError } from '../http/provider-error';
import { fetchSeries, outsidePlan } from '../market-data/fetch-outside';
import { outsideNames } from '../market-data/outside-readers';
import type { RejectedOutside } from '../market-data/providers/outside-provider';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { outsideSettings } from './outside-settings';
import { learningPlace, withStore } from './store-place';

interface OutsideOptions {
  readonly fetch: boolean;
  readonly json?: boolean;
}

/** Rows of the calendar that are told one by one; JSON has all. */
const TOLD = 5;
const NOTHING_ASKED: OutsideIngestionResult = { results: [], skipped: [] };

async function outside({ fetch, json }: OutsideOptions, io: CommandIo): Promise<void> {
  const { config } = currentConfig(io);
  const dataFolder = join(PACKAGE_ROOT, 'data');
  const places = { data: config.data, stateDir: config.stateDir, env: io.env, now: () => Date.now() };
  await withStore({ storage: learningPlace(io).storage }, async (store) => {
    const asked = fetch
      ? await readOutside(outsidePlan(places), (series) => fetchSeries({ ...places, store }, series), sentenceOf)
      : NOTHING_ASKED;
    const { library, events, aside } = await readOutsideWorld(store, outsideSettings(config)).catch(
      (error: unknown) => {
        throw error instanceof ProviderError ? new CliError('FAILED', error.message, { cause: error }) : error;
      },
    );
    const calendar = config.data.economicCalendar ?? `${shippedCalendar(dataFolder)} (a sample that ships with Omega)`;
    const names = outsideNames(library, events);
    const lines = [...resultLines(asked), ...calendarLines(calendar, events, aside), ...names];
    const document = { ...asked, calendar, events: events.length, calendarAside: aside, series: names };
    printResult(io, json, document, lines);
    if (asked.results.some(({ failed }) => failed !== null)) throw new CommandExit(EXIT.failed);
  });
}

/** With the days of its first and last event: after the last one nothing is to come, and the columns say no more than that. */
function calendarLines(
  calendar: string,
  events: readonly { readonly time: number }[],
  aside: readonly RejectedOutside[],
): readonly string[] {
  const put = aside.length === 0 ? '' : `, ${aside.length} rows put aside`;
  const [first, last] = [events.at(0), events.at(-1)].map((event) =>
    event === undefined ? '' : new Date(event.time).toISOString().slice(0, 10),
  );
  const span = events.length === 0 ? '' : ` of ${first} to ${last}`;
  return [
    `calendar: ${calendar}, ${events.length} events${span}${put}`,
    ...aside.slice(0, TOLD).map(({ row, reason }) => `  ${reason}: ${row}`),
  ];
}

/** Throws what is not a provider's refusal. */
function sentenceOf(error: unknown): string {
  if (error instanceof ProviderError) return error.message;
  throw error;
}

const resultLines = ({ results, skipped }: OutsideIngestionResult): readonly string[] => [
  ...skipped.map(({ why }) => why),
  ...results.flatMap(({ provider, series, added, rejected, why, failed }) => [
    `${provider}/${series}: ${failed ?? `${added} new${rejected === 0 ? '' : `, ${rejected} put aside`}`}`,
    ...why.map((reason) => `  ${reason}`),
  ]),
];

export const dataOutsideCommand = (io: CommandIo): Command =>
  new Command('outside')
    .description('macro series, flows, sentiment and the calendar: bring them up to date, list what features can read')
    .option('--no-fetch', 'list what is stored, ask nobody')
    .option('--json', 'print JSON')
    .action((options: OutsideOptions) => outside(options, io));
