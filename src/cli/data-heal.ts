/** `omega data heal`: finds holes in the stored history and fills them from whichever provider can. */
import { join } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config/config';
import type { BarStore } from '../market-data/bar-store/bar-store';
import { healSeries, type HealedSeries } from '../market-data/bar-store/heal-series';
import { intervalMs, type SeriesKey } from '../market-data/bar-store/series-key';
import { openBarProviders, type OpenedProviders } from '../market-data/providers/open-bar-providers';
import type { BarProvider } from '../market-data/providers/provider';
import { SAMPLE_NOTE } from '../market-data/bar-store/shipped-bars';
import { PACKAGE_ROOT } from './child-command';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { withBrokerHistory, type BrokerHistory } from './data-broker';
import { importSample } from './data-import';
import {
  chosenSeries,
  nothingStored,
  parseSpan,
  seriesText,
  timeText,
  withBarStore,
  type SeriesOptions,
  type SpanOptions,
} from './data-place';
import { wholeNumber } from './number-format';

interface HealOptions extends SeriesOptions, SpanOptions {
  readonly fromBroker?: boolean;
  readonly json?: boolean;
}

/** In the order in which they are asked; the sample is the last resort and says what it is. */
function providersOf(io: CommandIo, { data, stateDir }: Config, broker: BrokerHistory): OpenedProviders<BarProvider> {
  const sampleFolder = join(PACKAGE_ROOT, 'data');
  return openBarProviders({ data, stateDir, env: io.env, sampleFolder, ...broker });
}

/** `--from-broker` puts the broker first where the user's own order leaves it out. */
const asked = (config: Config, fromBroker: boolean): Config =>
  !fromBroker || config.data.providers === null || config.data.providers.includes('ibkr')
    ? config
    : { ...config, data: { ...config.data, providers: ['ibkr', ...config.data.providers] } };

async function heal(contracts: readonly string[], options: HealOptions, io: CommandIo): Promise<void> {
  parseSpan(options);
  const fromBroker = options.fromBroker === true;
  const config = asked(currentConfig(io).config, fromBroker);
  await withBrokerHistory(config, fromBroker, (broker) =>
    healFrom(providersOf(io, config, broker), contracts, options, io),
  );
}

async function healFrom(
  { providers, skipped }: OpenedProviders<BarProvider>,
  contracts: readonly string[],
  options: HealOptions,
  io: CommandIo,
): Promise<void> {
  const span = parseSpan(options);
  await withBarStore(io, async (bars) => {
    const empty = (await bars.list()).length === 0;
    if (empty) await importSample(bars, Date.now());
    const chosen = await chosenSeries(bars, contracts, options);
    if (chosen.length === 0) throw nothingStored(contracts);
    const healed: HealedSeries[] = [];
    for (const series of chosen) {
      healed.push(await healSeries(bars, { series, ...(await spanOf(bars, series, span)), providers, now: Date.now }));
    }
    const begun = [
      ...skipped.map(({ reason }) => reason),
      ...(empty ? [`Nothing was stored: the sample is taken, ${SAMPLE_NOTE}.`] : []),
    ];
    printResult(io, options.json, { store: bars.store.location, skipped, sampleTaken: empty, series: healed }, [
      ...begun,
      ...healed.flatMap(healLines),
    ]);
  });
}

/** From the first stored bar to the end of the last one, unless it is said otherwise. */
async function spanOf(
  bars: BarStore,
  series: SeriesKey,
  { from, to }: { readonly from?: number; readonly to?: number },
): Promise<{ readonly from: number; readonly to: number }> {
  const { table } = await bars.read(series);
  const end = table.length === 0 ? 0 : table.start[table.length - 1] + intervalMs(series.interval);
  return { from: from ?? table.start[0] ?? end, to: to ?? end };
}

/** Lines for people. Pure. */
export function healLines({ series, gaps, notes }: HealedSeries): readonly string[] {
  const { interval } = series;
  if (gaps.length === 0) return [`${seriesText(series)}: no holes`, ...notes.map((note) => `  ${note}`)];
  return [
    `${seriesText(series)}: ${gaps.length} ${gaps.length === 1 ? 'hole' : 'holes'}`,
    ...gaps.map(({ from, to, filled, left, refusals }) => {
      const by = filled.map(({ provider, rows }) => `${wholeNumber(rows)} bars from ${provider}`).join(', ');
      const rest = left.length === 0 ? 'filled' : filled.length === 0 ? 'not filled' : 'filled in part';
      const why = left.length === 0 ? '' : ` (${refusals.join('; ')})`;
      return `  ${timeText(from, interval)} to ${timeText(to, interval)}: ${rest}${by === '' ? '' : `, ${by}`}${why}`;
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}

export const dataHealCommand = (io: CommandIo): Command =>
  new Command('heal')
    .description(
      'find holes in the stored history and fill them from another provider; an empty store begins with the sample',
    )
    .argument('[contracts...]', 'ES_201312, AAPL, … (default: all)')
    .option('--interval <interval>', 'only bars of 1m, 5m, 10m, 15m, 60m or 1d')
    .option('--what <what>', 'only TRADES or MIDPOINT')
    .option('--from <time>', 'look from here on (default: the first stored bar)')
    .option('--to <time>', 'look up to here (default: the last stored bar)')
    .option('--from-broker', 'ask the configured gateway, too (also where data.providers names ibkr)')
    .option('--json', 'print JSON')
    .action((contracts: readonly string[], options: HealOptions) => heal(contracts, options, io));
