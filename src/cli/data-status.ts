/** `omega data status`: what the bar store holds, where it comes from, and what is missing or was kept aside. */
import { Command } from 'commander';
import { writtenTicker } from '../domain/share-class';
import { seriesStatus, type SeriesStatus } from '../market-data/bar-store/series-status';
import { SAMPLE_NOTE } from '../market-data/bar-store/shipped-bars';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { chosenSeries, nothingStored, seriesText, timeText, withBarStore, type SeriesOptions } from './data-place';
import { wholeNumber } from './number-format';
import { textTable } from './text-table';

interface StatusOptions extends SeriesOptions {
  readonly gaps?: boolean;
  readonly json?: boolean;
}

const SHOWN_GAPS = 20;

async function status(contracts: readonly string[], options: StatusOptions, io: CommandIo): Promise<void> {
  await withBarStore(io, async (bars) => {
    const statuses: SeriesStatus[] = [];
    for (const series of await chosenSeries(bars, contracts, options)) statuses.push(await seriesStatus(bars, series));
    if (statuses.length === 0 && (contracts.length > 0 || options.json !== true)) throw nothingStored(contracts);
    const json = statuses.map((one) => ({
      ...one,
      first: isoOf(one.first),
      last: isoOf(one.last),
      gaps: one.gaps.map(isoGap),
    }));
    printResult(
      io,
      options.json,
      { store: bars.store.location, series: json },
      statusLines(bars.store.location, statuses, options.gaps),
    );
  });
}

const isoOf = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
const isoGap = ({ from, to }: { readonly from: number; readonly to: number }) => ({ from: isoOf(from), to: isoOf(to) });

/** Lines for people. Pure. */
export function statusLines(location: string, statuses: readonly SeriesStatus[], gaps = false): readonly string[] {
  const table = textTable(
    [
      { title: 'series', cell: ({ series }) => seriesText(series) },
      { title: 'bars', align: 'right', cell: ({ rows }) => wholeNumber(rows) },
      { title: 'first', cell: ({ series, first }) => timeText(first, series.interval) },
      { title: 'last', cell: ({ series, last }) => timeText(last, series.interval) },
      { title: 'from', cell: ({ providers }) => providers.map(({ name }) => name).join(', ') },
      { title: 'holes', align: 'right', cell: (one) => String(one.gaps.length) },
      { title: 'conflicts', align: 'right', cell: ({ conflicts }) => String(conflicts) },
      { title: 'rejected', align: 'right', cell: ({ rejected }) => String(rejected) },
      { title: 'unreadable', align: 'right', cell: ({ unreadable }) => String(unreadable) },
    ],
    statuses,
  );
  const corrupt = [...statuses.flatMap((one) => one.corrupt), ...statuses.filter(isLost).map(lostText)];
  const sample = statuses.some(({ providers }) => providers.some(({ name }) => name === 'sample'));
  return [
    location,
    ...table,
    ...(sample ? [`sample: ${SAMPLE_NOTE}`] : []),
    ...corrupt,
    ...(gaps ? statuses.flatMap(gapLines) : []),
  ];
}

const isLost = ({ rows, unreadable }: SeriesStatus): boolean => rows === 0 && unreadable > 0;

const lostText = ({ series }: SeriesStatus): string =>
  `${seriesText(series)}: none of its files can be read; omega data heal fetches the bars again, and the files lie under processed/corrupt/.`;

function gapLines({ series, gaps }: SeriesStatus): readonly string[] {
  const shown = gaps
    .slice(0, SHOWN_GAPS)
    .map(
      ({ from, to }) =>
        `${seriesText(series)}: no bars from ${timeText(from, series.interval)} to ${timeText(to, series.interval)}`,
    );
  return gaps.length > SHOWN_GAPS
    ? [...shown, `${seriesText(series)}: and ${gaps.length - SHOWN_GAPS} more holes`]
    : shown;
}

export const dataStatusCommand = (io: CommandIo): Command =>
  new Command('status')
    .description('what the bar store holds, from whom, its holes, conflicts, rejected rows and unreadable files')
    .argument('[contracts...]', 'ES_201312, AAPL, … (default: all)')
    .option('--interval <interval>', 'only bars of 1m, 5m, 10m, 15m, 60m or 1d')
    .option('--what <what>', 'only TRADES or MIDPOINT')
    .option('--gaps', 'list the holes')
    .option('--json', 'print JSON')
    .action((contracts: readonly string[], options: StatusOptions) =>
      status(contracts.map(writtenTicker), options, io),
    );
