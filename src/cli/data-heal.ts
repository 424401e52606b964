/** `omega data heal`: finds holes in the stored history and fills them from whichever provider can. */
import { join } from 'node:path';
import { Command } from 'commander';
import { writtenTicker } from '../domain/share-class';
import type { Config } from '../config/config';
import type { BarStore } from '../market-data/bar-store/bar-store';
import { namedContract } from '../market-data/bar-store/contract-name';
import { healSeries, type HealedSeries, type ProviderFailure } from '../market-data/bar-store/heal-series';
import type { SeriesKey } from '../market-data/bar-store/series-key';
import { openBarProviders, type OpenedProviders } from '../market-data/providers/open-bar-providers';
import type { BarProvider } from '../market-data/providers/provider';
import { SAMPLE_NOTE } from '../market-data/bar-store/shipped-bars';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { withBrokerHistory, type BrokerHistory } from './data-broker';
import { importSample } from './data-import';
import {
  chosenSeries,
  nothingStored,
  parseInterval,
  parseSpan,
  parseWhatToShow,
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
    healFrom(providersOf(io, config, broker), contracts, options, config, io),
  );
}

async function healFrom(
  { providers, skipped }: OpenedProviders<BarProvider>,
  contracts: readonly string[],
  options: HealOptions,
  { data }: Config,
  io: CommandIo,
): Promise<void> {
  const span = parseSpan(options);
  await withBarStore(io, async (bars) => {
    const empty = (await bars.list()).length === 0;
    if (empty) await importSample(bars, Date.now());
    const stored = await chosenSeries(bars, contracts, options);
    const begun = newSeries(contracts, stored, options);
    if (stored.length + begun.length === 0) throw nothingStored(contracts);
    const healed: HealedSeries[] = [];
    for (const series of stored) healed.push(await healSeries(bars, { series, ...span, providers, now: Date.now }));
    for (const series of begun)
      healed.push(await healSeries(bars, { series, to: Date.now(), ...span, providers, now: Date.now }));
    const failed = failuresThatCount(healed, data.providers);
    printResult(io, options.json, { store: bars.store.location, skipped, sampleTaken: empty, series: healed, failed }, [
      ...skipped.map(({ reason }) => reason),
      ...(empty ? [`Nothing was stored: the sample is taken, ${SAMPLE_NOTE}.`] : []),
      ...healText(healed),
    ]);
    if (failed.length > 0 || (await stillNothing(bars, begun))) throw new CommandExit(EXIT.failed);
  });
}

/** Series of the named contracts of which nothing is stored: days of stocks, minutes of futures. Throws CliError NOT_FOUND without a first day. */
function newSeries(
  contracts: readonly string[],
  stored: readonly SeriesKey[],
  { interval, what, from }: HealOptions,
): readonly SeriesKey[] {
  const missing = contracts.filter((contract) => !stored.some((series) => series.contract === contract));
  if (missing.length > 0 && from === undefined)
    throw new CliError(
      'NOT_FOUND',
      `Nothing is stored of ${missing.join(', ')}: say with --from where its history is to begin (--from 2017-01-03).`,
    );
  return missing.map((contract) => ({
    contract,
    whatToShow: parseWhatToShow(what ?? 'TRADES'),
    interval: parseInterval(interval ?? (namedContract(contract).kind === 'stock' ? '1d' : '1m')),
  }));
}

async function stillNothing(bars: BarStore, begun: readonly SeriesKey[]): Promise<boolean> {
  for (const series of begun) if ((await bars.last(series)) === null) return true;
  return false;
}

/**
 * Failures that left a hole, each once. That a provider does not know a contract is no failure, and neither is that Yahoo, which nobody set up,
 * cannot be reached: a machine without a network heals from what it has. Pure.
 */
export function failuresThatCount(
  healed: readonly HealedSeries[],
  named: readonly string[] | null,
): readonly ProviderFailure[] {
  const gaps = healed.flatMap((one) => one.gaps);
  const left = new Set(gaps.filter((gap) => gap.left.length > 0).flatMap(({ refusals }) => refusals));
  const counted = gaps
    .flatMap(({ failures }) => failures)
    .filter(
      ({ provider, code, refusal }) =>
        left.has(refusal) &&
        code !== 'NOT_FOUND' &&
        !(code === 'UNREACHABLE' && provider === 'yahoo' && named?.includes(provider) !== true),
    );
  return [...new Map(counted.map((failure) => [failure.refusal, failure])).values()];
}

const NO_BARS = /^(\w+): has no bars there$/;

/** Lines for people: what providers said once, then the series with their holes. Pure. */
export function healText(healed: readonly HealedSeries[]): readonly string[] {
  const left = healed.flatMap(({ gaps }) => gaps).filter((gap) => gap.left.length > 0);
  const said = new Set(left.flatMap(({ refusals }) => refusals).filter((text) => !NO_BARS.test(text)));
  return [...said, ...healed.flatMap(healLines)];
}

function healLines({ series, gaps, notes }: HealedSeries): readonly string[] {
  const { interval } = series;
  if (gaps.length === 0) return [`${seriesText(series)}: no holes`, ...notes.map((note) => `  ${note}`)];
  return [
    `${seriesText(series)}: ${gaps.length} ${gaps.length === 1 ? 'hole' : 'holes'}`,
    ...gaps.map(({ from, to, filled, left, refusals }) => {
      const by = filled.map(({ provider, rows }) => `${wholeNumber(rows)} bars from ${provider}`).join(', ');
      const rest = left.length === 0 ? 'filled' : filled.length === 0 ? 'not filled' : 'filled in part';
      const without = refusals.flatMap((text) => NO_BARS.exec(text)?.[1] ?? []);
      const why = left.length === 0 || without.length === 0 ? '' : ` (no bars there: ${without.join(', ')})`;
      return `  ${timeText(from, interval)} to ${timeText(to, interval)}: ${rest}${by === '' ? '' : `, ${by}`}${why}`;
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}

export const dataHealCommand = (io: CommandIo): Command =>
  new Command('heal')
    .description(
      'find holes in the stored history and fill them from another provider; an empty store begins with the sample, a new contract at --from',
    )
    .argument('[contracts...]', 'ES_201312, AAPL, … (default: all)')
    .option('--interval <interval>', 'only bars of 1m, 5m, 10m, 15m, 60m or 1d')
    .option('--what <what>', 'only TRADES or MIDPOINT')
    .option('--from <time>', 'look from here on (default: the first stored bar)')
    .option('--to <time>', 'look up to here (default: the last stored bar)')
    .option('--from-broker', 'ask the configured gateway, too (also where data.providers names ibkr)')
    .option('--json', 'print JSON')
    .action((contracts: readonly string[], options: HealOptions) => heal(contracts.map(writtenTicker), options, io));
