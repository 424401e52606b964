/**
 * The weekly rebalance's activities on queue `data`: planning from prices, news and account; legs through the trading session; the report.
 * Invariant: all may be repeated. A leg asked for again is the same order by its name.
 */
import { heartbeat, Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { placeStockOrder } from '../client/place-stock-order';
import type { RebalanceConfig } from '../config/rebalance-settings';
import { tradeDateOf } from '../domain/calendar';
import { isStockKey, tickerOf } from '../domain/contracts';
import { exchangeTime } from '../domain/exchange-time';
import { sessionWorkflowId } from '../domain/ids';
import { heldShares, type Holding } from '../domain/rebalance/account-value';
import { isEnded, needNoOpenOrders, openOrdersText } from '../domain/rebalance/open-orders';
import { RebalanceError } from '../domain/rebalance/rebalance-error';
import type { RebalanceList } from '../domain/rebalance/rebalance-list';
import { rebalanceReportKey } from '../domain/rebalance/rebalance-run';
import type {
  LegOrder,
  Planned,
  RebalanceActivities,
  RebalanceManner,
  RebalanceRunInput,
} from '../domain/rebalance/rebalance-run';
import { refusal } from '../domain/refusals';
import type { StockOrderAnswer } from '../domain/stock-orders';
import type { OrderView, SessionSnapshot } from '../domain/session-snapshot';
import { sessionsNeeded } from '../domain/rebalance/rebalance-rules';
import { openBarStore } from '../market-data/bar-store/bar-store';
import type { BarProvider } from '../market-data/providers/provider';
import { RecordedDataError } from '../market-data/recorded-market';
import type { ObjectStore } from '../storage/object-store';
import * as messages from '../workflows/messages';
import { heartbeating } from './heartbeating';
import type { BrokerLook } from './rebalance-broker';
import { planRebalance } from './rebalance-steps';
import { warmUpPrices } from './rebalance-warm-up';

export interface RebalanceActivitiesDeps {
  readonly client: Client;
  readonly store: ObjectStore;
  readonly settings: RebalanceConfig;
  readonly dataFolder: string;
  /** Asked for the days that the store lacks, in this order. */
  readonly providers: () => readonly BarProvider[];
  /** Connects, hands over what the broker tells, and disconnects again. */
  readonly withBroker: <T>(look: (broker: BrokerLook) => Promise<T>) => Promise<T>;
  /** Between two readings of the session, ms. */
  readonly pollMs?: number;
}

const POLL_MS = 1_000;
const HEARTBEAT_MS = 10_000;
const NEW_YORK = 'America/New_York';

export function createRebalanceActivities(deps: RebalanceActivitiesDeps): RebalanceActivities {
  const session = (account: string) => deps.client.workflow.getHandle(sessionWorkflowId(account));
  return {
    readManner: () => Promise.resolve(mannerOf(deps.settings)),

    async warmUpPrices({ asOf }) {
      const { settings, store, providers } = deps;
      // Every stock of the data is no list to ask anybody for.
      if (settings.universe === null) return [];
      const bars = await openBarStore(store);
      // A question may wait for its turn at a provider longer than a heartbeat may.
      const beating = setInterval(() => heartbeat(), HEARTBEAT_MS);
      try {
        return await warmUpPrices(bars, {
          tickers: settings.universe,
          sessions: sessionsNeeded(settings.rules),
          until: asOf === null ? Date.now() : Date.parse(`${asOf}T00:00:00Z`),
          providers: providers(),
          now: () => Date.now(),
          beat: (ticker) => heartbeat(ticker),
        });
      } finally {
        clearInterval(beating);
        await bars.close();
      }
    },

    planRebalance: (request) => plan(deps, request),

    placeLeg: (request) => heartbeating(() => placeLeg(deps, request)),

    async awaitLegs({ account, rebalanceId, legs, until }) {
      const wanted = new Set(legs);
      for (;;) {
        heartbeat();
        const { orders } = await session(account).query(messages.snapshot);
        const found = orders.flatMap((order) =>
          order.rebalance?.rebalanceId === rebalanceId && wanted.has(order.rebalance.leg)
            ? [legOrder(order.rebalance.leg, order)]
            : [],
        );
        const over = found.filter(({ ended }) => ended).length === wanted.size;
        if (over || Date.now() >= until) return found;
        await Context.current().sleep(deps.pollMs ?? POLL_MS);
      }
    },

    askPrice: ({ contract }) => deps.withBroker((broker) => broker.ask(contract)),

    readCash: () => deps.withBroker(({ totalCash }) => Promise.resolve(totalCash)),

    async storeReport(report) {
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await deps.store.put(rebalanceReportKey(report.rebalanceId), new TextEncoder().encode(text));
    },
  };
}

async function placeLeg(
  deps: RebalanceActivitiesDeps,
  { account, order }: Parameters<RebalanceActivities['placeLeg']>[0],
): Promise<StockOrderAnswer> {
  try {
    const answer = await placeStockOrder(deps.client, account, order);
    const isClosed = answer.outcome === 'refused' && answer.refusal.code === 'TRADE_DATE_CLOSED';
    if (!isClosed) return answer;
    await openTradeDate(deps, account);
    return await placeStockOrder(deps.client, account, order);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { rebalanceId, leg } = order;
    const detail = `no session of ${account} runs`;
    return { rebalanceId, leg, outcome: 'refused', refusal: refusal('BROKER_NOT_READY', detail) };
  }
}

/** An account that no feed trades has nobody else to open its trade date; one that was opened, or closed, on this date stays as it is. */
async function openTradeDate({ client, withBroker }: RebalanceActivitiesDeps, account: string): Promise<void> {
  const { netLiquidation, marketTime } = await withBroker((broker) => Promise.resolve(broker));
  const opened: messages.TradeDateOpened = { tradeDate: tradeDateOf(marketTime), netLiquidation, marketTime };
  await client.workflow.getHandle(sessionWorkflowId(account)).signal(messages.tradeDateOpened, opened);
}

const mannerOf = ({ trade, approval, missed, sellMinutes, paceMs, rules }: RebalanceConfig): RebalanceManner => ({
  trade,
  approval,
  missed,
  sellMinutes,
  paceMs,
  lot: rules.lot,
  costs: rules.costs,
});

const legOrder = (leg: number, { key, state, filledQuantity, averagePrice, fees, reason }: OrderView): LegOrder => ({
  leg,
  key,
  state,
  filled: filledQuantity,
  averagePrice,
  fees,
  why: reason,
  ended: isEnded(state),
});

type PlanCall = {
  readonly account: string;
  readonly asOf: string | null;
  readonly trade: boolean;
  readonly paper: RebalanceRunInput['paper'];
};

/** A wrong input is an answer by its code; what may pass (a store, a gateway that is away) fails and is tried again. */
async function plan(deps: RebalanceActivitiesDeps, { account, asOf, trade, paper }: PlanCall): Promise<Planned> {
  const { settings, store, dataFolder } = deps;
  const request = { dataFolder, settings, store, set: null } as const;
  const manner = mannerOf(settings);
  try {
    if (!trade && paper !== null) {
      const planned = await planRebalance({ ...request, asOf, trade, ...paper });
      const { list, notices } = planned;
      return { kind: 'planned', list, notices, manner, holdings: paper.holdings, contracts: [] };
    }
    const snapshot = await deps.client.workflow.getHandle(sessionWorkflowId(account)).query(messages.snapshot);
    if (trade) needNoOpenOrders(snapshot.orders);
    const open = openOrdersText(snapshot.orders);
    return await deps.withBroker(async (broker) => {
      const holdings = stocksHeld(snapshot);
      const day = exchangeTime(broker.marketTime, NEW_YORK).date;
      const { list, notices } = await planRebalance({
        ...request,
        asOf: asOf ?? day,
        holdings,
        cash: broker.totalCash,
        trade,
      });
      const stocks = trade ? await broker.stocks(list.trades.map(({ ticker }) => ticker)) : [];
      const contracts = stocks.flatMap((stock) => (stock === null ? [] : [stock]));
      const beside = open === null ? [] : [`Not counted in the list are orders that may still trade: ${open}.`];
      const said = [...beside, ...foreignNotices(snapshot, list), ...notices];
      return { kind: 'planned', list, notices: said, manner, holdings, contracts };
    });
  } catch (error) {
    if (error instanceof RebalanceError || error instanceof RecordedDataError)
      return { kind: 'failed', code: error.code, why: error.message };
    if (error instanceof WorkflowNotFoundError)
      throw new Error(`no session of ${account} runs; omega trade opens it`, { cause: error });
    throw error;
  }
}

/** The session trades nothing that the broker holds without its doing: the list counts it, and its order would be refused. */
function foreignNotices({ foreignStocks }: SessionSnapshot, { trades }: RebalanceList): readonly string[] {
  const foreign = heldShares(foreignStocks).filter((held) => trades.some(({ ticker }) => ticker === held.ticker));
  return foreign.length === 0
    ? []
    : [
        `Held at the broker without the session’s doing, so its orders are refused until omega unfreeze adopts it: ${foreign.map(({ ticker, quantity }) => `${quantity} ${ticker}`).join(', ')}.`,
      ];
}

/** Stocks that the session traded, and those that the broker holds besides, by our names: the account's shares are one. */
function stocksHeld({ positions, foreignStocks }: SessionSnapshot): readonly Holding[] {
  const traded = positions.flatMap(({ symbol, quantity }) =>
    isStockKey(symbol) ? [{ symbol: tickerOf(symbol), quantity }] : [],
  );
  return heldShares([...traded, ...foreignStocks]);
}
