/**
 * From files and store to a list: what `omega rebalance` and the weekly workflow call alike. Reads daily prices, sectors and stored news;
 * decides by the pure function; orders nothing.
 */
import { join } from 'node:path';
import type { RebalanceConfig } from '../config/rebalance-settings';
import { DAY_MS } from '../domain/exchange-time';
import { decideRebalance } from '../domain/rebalance/decide-rebalance';
import { barsThrough } from '../domain/rebalance/daily-history';
import type { Holding } from '../domain/rebalance/account-value';
import { needFreshPrices, newsCutOff, rebalanceDates } from '../domain/rebalance/rebalance-dates';
import { RebalanceError } from '../domain/rebalance/rebalance-error';
import { sessionsNeeded } from '../domain/rebalance/rebalance-rules';
import type { RebalanceList } from '../domain/rebalance/rebalance-list';
import { filledPrice } from '../domain/rebalance/trade-costs';
import { tickerSentiments } from '../domain/sentiment';
import { dailySets, loadDailyPrices, stocksOf, type DailyPrices } from '../market-data/daily-prices';
import { STORED_SET, storedDailyPrices } from '../market-data/daily-prices-store';
import { loadSectors } from '../market-data/sector-table';
import { openBarStore } from '../market-data/bar-store/bar-store';
import { openArticleStore } from '../news/article-store';
import type { ObjectStore } from '../storage/object-store';

export interface PlanRequest {
  /** Folder of daily CSV files. */
  readonly dataFolder: string;
  readonly settings: RebalanceConfig;
  /** Name of a set; null takes the store's prices when they reach to the day, else the last file that has enough sessions before it (pricesFor). */
  readonly set: string | null;
  /** Day the orders are for; null: the session after the newest prices. */
  readonly asOf: string | null;
  readonly holdings: readonly Holding[];
  /** Dollars. */
  readonly cash: number;
  /** Orders follow: the prices must be of the session before. */
  readonly trade: boolean;
  /** Null where there is no store: then there is no news. */
  readonly store: ObjectStore | null;
}

/** A trade at the recorded open of its day, worse by modelled half spread and slippage. */
export interface ModelledFill {
  readonly ticker: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly open: number;
  readonly price: number;
  readonly how: 'modelled';
}

export interface RebalancePlan {
  readonly set: string;
  readonly sha256: string;
  readonly list: RebalanceList;
  /** Empty when the day of the orders is not recorded. */
  readonly modelledFills: readonly ModelledFill[];
  readonly notices: readonly string[];
}

/** Half-lives after which an article counts no more. */
const HALF_LIVES = 10;

export const SURVIVORSHIP =
  'Survivorship bias: the names of this set are companies that were still listed when it was made; results over the past are flattered by that.';

const STORED_BIAS =
  'Survivorship bias: a universe chosen today holds no company that failed; a test over the past is flattered by that, orders of now are not.';

/** Throws RebalanceError, RecordedDataError, StoreError. */
export async function planRebalance(request: PlanRequest): Promise<RebalancePlan> {
  const { settings, asOf, holdings, cash, trade } = request;
  const { set, prices } = await pricesFor(request);
  const dates = rebalanceDates(prices.sessions, asOf);
  if (trade) needFreshPrices(dates);
  const { decidedOn, tradeOn, notices } = dates;
  const universe = settings.universe ?? stocksOf(prices.histories);
  const news = await sentimentsFor(request, universe, newsCutOff(tradeOn));
  const list = decideRebalance(
    {
      decidedOn,
      tradeOn,
      universe,
      histories: prices.histories,
      sessions: prices.sessions.filter((session) => session <= decidedOn),
      sentiments: news.sentiments,
      sectors: settings.sectorFile === null ? null : await loadSectors(settings.sectorFile),
      holdings,
      cash,
    },
    settings.rules,
  );
  const rejected = prices.rejected.length;
  const modelled = modelledFills(list, prices, settings);
  return {
    set,
    sha256: prices.files[0]?.sha256 ?? '',
    list,
    modelledFills: modelled,
    notices: [
      ...notices,
      ...list.notices,
      ...(trade ? [] : unmodelled(list, modelled)),
      ...news.notices,
      ...prices.notices,
      ...(rejected === 0
        ? []
        : [`${rejected} rows of ${set} were put aside; the first: ${prices.rejected[0].reason}.`]),
      ...(set === STORED_SET
        ? [STORED_BIAS]
        : [
            `The prices are of the file ${set}, recorded up to ${prices.sessions.at(-1) ?? ''}: no live source.`,
            SURVIVORSHIP,
          ]),
    ],
  };
}

interface PriceSet {
  readonly set: string;
  readonly prices: DailyPrices;
}

/**
 * Of a day asked for: the store's own prices when they reach to it, else the last of the files that has enough sessions before it. Without
 * one: whichever ends last for the universe, so that a store of older bars does not turn the clock back; the store where they end alike.
 */
async function pricesFor(request: PlanRequest): Promise<PriceSet> {
  const { settings, set, asOf } = request;
  const needed = sessionsNeeded(settings.rules);
  const before = ({ sessions }: DailyPrices): number =>
    asOf === null ? sessions.length : sessions.filter((session) => session < asOf).length;
  const tried: PriceSet[] = [];
  for await (const one of candidates(request)) {
    tried.push(one);
    const isFresh = one.set !== STORED_SET || set === STORED_SET || reachesTo(one.prices.sessions, asOf);
    if (before(one.prices) < needed || !isFresh) continue;
    if (asOf !== null) return one;
    // Files come last one first: no other one ends later.
    if (one.set !== STORED_SET) break;
  }
  if (tried.length === 0) throw noPrices(request);
  const enough = tried.filter(({ prices }) => before(prices) >= needed);
  const end = ({ prices }: PriceSet): string => lastPriceOf(prices, settings.universe);
  if (asOf === null && enough.length > 0) return enough.reduce((best, one) => (end(one) > end(best) ? one : best));
  // None has enough: the one that has most says so.
  return tried.reduce((best, one) => (before(one.prices) > before(best.prices) ? one : best));
}

/** Date of the newest bar of the universe, empty where there is none. */
const lastPriceOf = ({ histories }: DailyPrices, universe: readonly string[] | null): string =>
  histories
    .filter(({ ticker }) => universe === null || universe.includes(ticker))
    .map(({ bars }) => bars[bars.length - 1].date)
    .reduce((last, date) => (date > last ? date : last), '');

function reachesTo(sessions: readonly string[], asOf: string | null): boolean {
  try {
    rebalanceDates(sessions, asOf);
    return true;
  } catch (error) {
    if (error instanceof RebalanceError) return false;
    throw error;
  }
}

async function* candidates({ dataFolder, settings, set, store }: PlanRequest): AsyncGenerator<PriceSet> {
  if (store !== null && (set === null || set === STORED_SET)) {
    const bars = await openBarStore(store);
    const prices = await storedDailyPrices(bars, settings.universe).finally(() => bars.close());
    if (prices !== null) yield { set: STORED_SET, prices };
  }
  const files = dailySets(join(dataFolder, 'equity_1d')).filter(({ name }) => set === null || name === set);
  for (const one of [...files].reverse()) yield { set: one.name, prices: await loadDailyPrices(one) };
}

function noPrices({ dataFolder, set }: PlanRequest): RebalanceError {
  const folder = join(dataFolder, 'equity_1d');
  const names = [STORED_SET, ...dailySets(folder).map(({ name }) => name)].join(', ');
  return new RebalanceError(
    'NO_PRICES',
    set === null
      ? `There are no daily prices: the store has none, and ${folder} holds no file *_daily_*.csv.gz.`
      : `There is no set ${set}, or nothing in it; there is ${names}.`,
  );
}

interface HeardNews {
  readonly sentiments: ReadonlyMap<string, number | null> | null;
  readonly notices: readonly string[];
}

/** Stored articles usable by `at`; what can't be read is absent, and said (requirement D5). */
async function sentimentsFor(
  { store, settings }: PlanRequest,
  universe: readonly string[],
  at: number,
): Promise<HeardNews> {
  const { halfLifeDays, weight } = settings.rules.sentiment;
  if (store === null || weight === 0) return { sentiments: null, notices: [] };
  const decay = { halfLifeMs: halfLifeDays * DAY_MS };
  try {
    const articles = await openArticleStore(store).between(at - HALF_LIVES * decay.halfLifeMs, at);
    if (articles.length === 0) return { sentiments: null, notices: [] };
    const samples = articles.filter(({ source_tag }) => source_tag === 'sample').length;
    const heard = tickerSentiments(articles, universe, at, decay);
    return {
      sentiments: new Map([...heard].map(([ticker, one]) => [ticker, one?.sentiment ?? null])),
      notices: samples === 0 ? [] : [`${samples} of the ${articles.length} articles heard are samples, not news.`],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { sentiments: null, notices: [`The stored news can't be read, so momentum alone decides: ${why}`] };
  }
}

/** Trades of a dry run that no recorded open shows a price for. */
function unmodelled({ trades, tradeOn }: RebalanceList, fills: readonly ModelledFill[]): readonly string[] {
  const shown = new Set(fills.map(({ ticker }) => ticker));
  const missing = trades.filter(({ ticker }) => !shown.has(ticker)).map(({ ticker }) => ticker);
  return missing.length === 0
    ? []
    : [`No open of ${tradeOn} is recorded for ${missing.join(', ')}: no fill is modelled for what is not there.`];
}

function modelledFills(
  list: RebalanceList,
  { histories }: DailyPrices,
  { rules }: RebalanceConfig,
): readonly ModelledFill[] {
  const byTicker = new Map(histories.map((history) => [history.ticker, history]));
  return list.trades.flatMap(({ ticker, side, quantity }): readonly ModelledFill[] => {
    const history = byTicker.get(ticker);
    const bar = history === undefined ? undefined : barsThrough(history, list.tradeOn).at(-1);
    if (bar === undefined || bar.date !== list.tradeOn || !(bar.open > 0)) return [];
    return [
      { ticker, side, quantity, open: bar.open, price: filledPrice(side, bar.open, rules.costs), how: 'modelled' },
    ];
  });
}
