/** `omega data providers`: which sources of data are asked in the configured mode, and which are skipped and why. No key is ever shown. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { openBarProviders, openQuoteProviders } from '../market-data/providers/open-bar-providers';
import { openOutsideProviders } from '../market-data/providers/open-outside-providers';
import { PACKAGE_ROOT } from './child-command';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { textTable } from './text-table';

type Gives = 'bars' | 'quotes' | 'outside';

interface ProviderRow {
  readonly gives: Gives;
  readonly provider: string;
  readonly state: 'ready' | 'skipped';
  readonly note: string;
}

const NOTES: Readonly<Record<string, string>> = {
  csv: 'files of your own',
  sample: 'ships with Omega: a sample, not a live source',
  fred: 'macro series as of their release',
};

interface JsonOption {
  readonly json?: boolean;
}

function show(io: CommandIo, { json }: JsonOption): void {
  const { data, stateDir } = currentConfig(io).config;
  const places = { data, stateDir, env: io.env };
  const rows: readonly ProviderRow[] = [
    ...rowsOf('bars', openBarProviders({ ...places, sampleFolder: join(PACKAGE_ROOT, 'data') })),
    ...rowsOf('quotes', openQuoteProviders(places)),
    ...rowsOf('outside', openOutsideProviders(places)),
    calendarRow(data.economicCalendar),
  ];
  const lines = textTable(
    [
      { title: 'gives', cell: ({ gives }) => gives },
      { title: 'provider', cell: ({ provider }) => provider },
      { title: 'state', cell: ({ state }) => state },
      { title: 'note', cell: ({ note }) => note },
    ],
    rows,
  );
  const more = 'News has a command of its own: omega news sources.';
  printResult(io, json, { mode: data.mode, providers: rows }, [`Data mode: ${data.mode}`, ...lines, more]);
}

const rowsOf = (
  gives: Gives,
  opened: {
    readonly providers: readonly { readonly name: string }[];
    readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  },
): readonly ProviderRow[] => [
  ...opened.providers.map(({ name }): ProviderRow => ({
    gives,
    provider: name,
    state: 'ready',
    note: NOTES[name] ?? '',
  })),
  ...opened.skipped.map(({ name, reason }): ProviderRow => ({ gives, provider: name, state: 'skipped', note: reason })),
];

/** Without a setting the shipped calendar is read. */
function calendarRow(configured: string | null): ProviderRow {
  const row = { gives: 'outside', provider: 'economic-calendar' } as const;
  const path = configured ?? join(PACKAGE_ROOT, 'data', 'calendar', 'us_events.csv');
  if (!existsSync(path))
    return { ...row, state: 'skipped', note: `There is no file ${path}; correct ECONOMIC_CALENDAR.` };
  return {
    ...row,
    state: 'ready',
    note: configured ?? 'ships with Omega: a sample; name your own in ECONOMIC_CALENDAR',
  };
}

export const dataProvidersCommand = (io: CommandIo): Command =>
  new Command('providers')
    .description('which sources of data are asked, and which are skipped and why')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => show(io, options));
