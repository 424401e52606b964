/**
 * Carrying a list out: sells one by one, a wait for them, buys with the cash there is then, a wait for those, the broker's positions.
 * Invariants: 1. a leg is named by rebalance and place, so that whatever dies, it is one order; 2. between two orders there is more than a
 * second, counted from the answer to the first; 3. nothing is bought with what a sale may still bring; 4. each leg looks at the broker's
 * clock: none leaves outside of the order window of the list's day; 5. a purchase is sized by the live price, by the cash that was there
 * before the first order and by what those before it cost; none is made after a step of the price that the list did not know;
 * 6. after a person's no nothing leaves any more.
 */
import { condition, patched, proxyActivities, sleep } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { brokerQueue, DATA_QUEUE } from '../domain/ids';
import {
  cashAfterFills,
  cashLeft,
  isOver,
  plannedLeg,
  positionDifferences,
  purchasePrice,
  stepText,
  withOrder,
} from '../domain/rebalance/execute-list';
import type {
  BrokerReads,
  LegReport,
  RebalanceActivities,
  RebalanceAnswer,
  RebalanceOutcome,
} from '../domain/rebalance/rebalance-run';
import { ownTicker } from '../domain/share-class';
import { orderWindow } from '../domain/stock-hours';
import { affordableQuantity } from '../domain/rebalance/trade-costs';
import type { StockOrderAnswer } from '../domain/stock-orders';
import { changeLeg, enter, type Plan, type Rebalance } from './rebalance-state';

const MINUTE = 60_000;
/** Longest sleep before the broker's clock is read again: timers are wall time, trading is not. */
const LONGEST_NAP = 10 * MINUTE;
/** How long after its decision a leg may still leave, market time. */
const TIME_TO_LIVE = 5 * MINUTE;
/** How long the fill of one purchase is waited for before the next, wall time: a market order takes seconds. */
const FILL_WAIT = MINUTE;

// The session's answer is kept under the leg's name: asking again is safe, and goes on until somebody answers. A worker that dies meanwhile is
// noticed by its heartbeat: the day's other legs need not wait for the whole time-out.
const { placeLeg } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '30 s',
  heartbeatTimeout: '5 s',
  retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
});
// Reads until the legs have ended; a worker that dies is noticed by its heartbeat.
const { awaitLegs } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '8 hours',
  heartbeatTimeout: '10 s',
  retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
});

// Without an answer in this time the purchase is sized without a quote.
const { askPrice } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '35 s',
  scheduleToCloseTimeout: '1 minute',
});

// Nothing leaves before it is known, and each leg looks at the clock after it.
const { readCash } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '35 s',
  retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
});

const brokerReads = (account: string): BrokerReads =>
  proxyActivities<BrokerReads>({
    taskQueue: brokerQueue(account),
    startToCloseTimeout: '35 s',
    retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
  });

/** Whoever cannot read the broker's positions in this time says so instead. */
const reconciling = (account: string): Pick<BrokerReads, 'readPositions'> =>
  proxyActivities<BrokerReads>({
    taskQueue: brokerQueue(account),
    startToCloseTimeout: '35 s',
    scheduleToCloseTimeout: '10 minutes',
  });

/** Trades the list; the outcome says what became of every leg. */
export async function carryOut(self: Rebalance, plan: Plan): Promise<RebalanceOutcome> {
  const { trades, tradeOn } = plan.list;
  self.legs = trades.map(plannedLeg);
  const late = await waitForOpen(self, tradeOn);
  if (late !== null) return { kind: 'expired', why: late };
  if (self.stop !== null) return rejectedBy(self.stop);
  // Hours or days after the list was made: what futures cost meanwhile, or was paid out, buys no shares.
  self.cash = patched('cash-of-the-open') ? await readCash() : plan.list.cash;
  enter(self, 'selling');
  for (const { leg, side, quantity } of trades) if (side === 'sell') await ask(self, plan, leg, quantity);
  enter(self, 'waiting-for-sells');
  await untilOver(self, legsOf(plan, 'sell'), plan.manner.sellMinutes * MINUTE);
  enter(self, 'buying');
  // A run that was buying before purchases waited for each other goes on as it began.
  const oneByOne = patched('purchases-one-by-one');
  for (const { leg, side } of trades) if (side === 'buy') await purchase(self, plan, leg, oneByOne);
  enter(self, 'waiting-for-buys');
  await untilOver(self, legsOf(plan, 'buy'), plan.manner.sellMinutes * MINUTE);
  return reconciled(self, plan);
}

export const rejectedBy = ({ by, why }: RebalanceAnswer): RebalanceOutcome => ({ kind: 'rejected', by, why });

const legsOf = ({ list }: Plan, of: 'buy' | 'sell'): readonly number[] =>
  list.trades.filter(({ side }) => side === of).map(({ leg }) => leg);

/** Null when the market is open on the day of the list; else why it is too late. */
async function waitForOpen(self: Rebalance, tradeOn: string): Promise<string | null> {
  const hours = orderWindow(tradeOn);
  if (hours === null) return `stocks do not trade on ${tradeOn}; nothing was sent`;
  const { from, until } = hours;
  const broker = brokerReads(self.account);
  for (;;) {
    const now = await broker.readMarketTime();
    if (now > until) return `the market's day of ${tradeOn} was over before the orders could leave; nothing was sent`;
    if (now >= from || self.stop !== null) return null;
    enter(self, 'waiting-for-open');
    await condition(() => self.stop !== null, Math.min(LONGEST_NAP, from - now));
  }
}

/** Asks for what the cash truly left buys at the price of now, then waits for its fill. */
async function purchase(self: Rebalance, plan: Plan, leg: number, oneByOne: boolean): Promise<void> {
  const { manner } = plan;
  const found = self.legs.find((one) => one.leg === leg);
  if (found === undefined) return;
  const { ticker, planned, referencePrice } = found;
  const offered = oneByOne ? await quoted(plan, ticker) : null;
  const step = stepText(referencePrice, offered);
  // What an older run bought on such a step was bought: its history says so.
  if (step !== null && patched('no-purchase-on-a-step')) {
    changeLeg(self, leg, (before) => ({ ...before, why: step }));
    return;
  }
  const sizedAt = oneByOne ? purchasePrice(referencePrice, offered, self.legs) : referencePrice;
  const cash = cashLeft(self.cash, self.legs, manner.costs);
  const quantity = affordableQuantity(planned, sizedAt, cash, manner.lot, manner.costs);
  if (quantity === 0) {
    changeLeg(self, leg, (before) => ({ ...before, why: 'the cash there is buys none' }));
    return;
  }
  changeLeg(self, leg, (before) => ({ ...before, sizedAt }));
  await ask(self, plan, leg, quantity);
  if (oneByOne) await untilOver(self, [leg], FILL_WAIT);
}

async function quoted({ contracts }: Plan, ticker: string): Promise<number | null> {
  const contract = contracts.find(({ symbol }) => ownTicker(symbol) === ticker);
  if (contract === undefined) return null;
  return askPrice({ contract }).catch((error: unknown) => {
    if (error instanceof ActivityFailure) return null;
    throw error;
  });
}

/** Asks the session for one leg, then waits until the next may leave. */
async function ask(self: Rebalance, { list, contracts, manner }: Plan, leg: number, quantity: number): Promise<void> {
  const found = self.legs.find((one) => one.leg === leg);
  if (found === undefined) return;
  if (isStopped(self, leg)) return;
  const contract = contracts.find(({ symbol }) => ownTicker(symbol) === found.ticker);
  if (contract === undefined) {
    changeLeg(self, leg, (before) => ({ ...before, state: 'refused', why: 'the broker lists no such stock' }));
    return;
  }
  const decidedAt = await brokerReads(self.account).readMarketTime();
  // A broker that is away is waited for long enough to say no meanwhile. What an older run asked for then was asked for.
  if (self.stop !== null && patched('no-leg-after-a-no') && isStopped(self, leg)) return;
  const hours = orderWindow(list.tradeOn);
  const isOutside = hours === null || decidedAt < hours.from || decidedAt > hours.until;
  // What an older run asked for late was asked for: its history says so.
  if (isOutside && patched('each-leg-within-its-window')) {
    const why = `it was ${new Date(decidedAt).toISOString()} at the broker: orders of ${list.tradeOn} leave no more`;
    changeLeg(self, leg, (before) => ({ ...before, why }));
    return;
  }
  const { account, rebalanceId } = self;
  const order = {
    rebalanceId,
    leg,
    contract,
    side: found.side,
    quantity,
    orderType: 'market',
    referencePrice: found.referencePrice,
    decidedAt,
    expiresAt: Math.min(decidedAt + TIME_TO_LIVE, hours?.until ?? decidedAt),
  } as const;
  const summary = `${found.side} ${quantity} ${found.ticker}`;
  try {
    const answer = await placeLeg.executeWithOptions({ summary }, [{ account, order }]);
    changeLeg(self, leg, (before) => answered({ ...before, asked: quantity }, answer));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const why = error.cause?.message ?? error.message;
    changeLeg(self, leg, (before) => ({ ...before, asked: quantity, state: 'unknown', why }));
  }
  await sleep(manner.paceMs);
}

/** Whether a person's no keeps the leg from leaving; the leg says so then. */
function isStopped(self: Rebalance, leg: number): boolean {
  const { stop } = self;
  if (stop === null) return false;
  changeLeg(self, leg, (before) => ({ ...before, why: `stopped by ${stop.by}: ${stop.why}` }));
  return true;
}

function answered(leg: LegReport, answer: StockOrderAnswer): LegReport {
  switch (answer.outcome) {
    case 'placed':
      return { ...leg, key: answer.key, state: 'working' };
    case 'unknown':
      return { ...leg, key: answer.key, state: 'unknown', why: 'the broker has not said whether it has the order' };
    case 'refused':
      return { ...leg, state: 'refused', why: `${answer.refusal.code}: ${answer.refusal.detail}` };
    case 'not-sent':
      return { ...leg, key: answer.key, state: 'not-sent', why: `${answer.refusal.code}: ${answer.refusal.detail}` };
  }
}

/** Waits for those of the legs that may still fill, at most `ms` of wall time. */
async function untilOver(self: Rebalance, legs: readonly number[], ms: number): Promise<void> {
  const open = self.legs.filter(({ leg, state }) => legs.includes(leg) && !isOver(state)).map(({ leg }) => leg);
  if (open.length === 0) return;
  const until = Date.now() + ms;
  const { account, rebalanceId } = self;
  const orders = await awaitLegs.executeWithOptions({ summary: `legs ${open.join(', ')}` }, [
    { account, rebalanceId, legs: open, until },
  ]);
  for (const leg of open)
    changeLeg(self, leg, (before) =>
      withOrder(
        before,
        orders.find((order) => order.leg === leg),
      ),
    );
}

/** What late fills made of the legs, and whether the broker holds what it should. */
async function reconciled(self: Rebalance, plan: Plan): Promise<RebalanceOutcome> {
  enter(self, 'reconciling');
  const { account, rebalanceId } = self;
  const placed = self.legs.filter(({ key }) => key !== null).map(({ leg }) => leg);
  const orders = placed.length === 0 ? [] : await awaitLegs({ account, rebalanceId, legs: placed, until: Date.now() });
  for (const order of orders) changeLeg(self, order.leg, (before) => withOrder(before, order));
  const positions = await reconciling(account)
    .readPositions()
    .catch((error: unknown) => {
      if (error instanceof ActivityFailure) return null;
      throw error;
    });
  const differences = positions === null ? null : positionDifferences(plan.holdings, self.legs, positions);
  const cash = cashAfterFills(self.cash, self.legs);
  const asListed = self.legs.every(({ planned, filled }) => planned === filled);
  const complete = asListed && cash >= 0 && differences?.length === 0;
  return { kind: 'traded', complete, legs: self.legs, differences, cash };
}
