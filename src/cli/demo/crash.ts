/**
 * `npm run demo:crash`: a long position of one GC contract, opened at 2013-10-11 12:40Z by this script and nobody's decision, meets the
 * recorded fall of about 20 dollars at 12:42Z. What follows is the product: daily-loss halt, flatten, lifting of the halt by name.
 */
import { createDataConnection } from '../../broker/data-connection';
import { MINUTE_MS } from '../../domain/exchange-time';
import { decisionId } from '../../domain/ids';
import type { FutureContract } from '../../domain/contracts';
import { INSTRUMENTS, roundToTick } from '../../domain/instruments';
import type { DecisionRecord, EntryProposal, ProposalBatch } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { sessionWorkflowId } from '../../domain/ids';
import { liftHalt, proposeOrders } from '../../workflows/messages';
import { CliError } from '../cli-error';
import { money, signedMoney } from '../number-format';
import { QUIET_LOG } from '../quiet-log';
import { CRASH_TRADE_DATE } from './selection';
import type { DayParts } from './trade-day';
import { lastPrices } from './view-state';

const SYMBOL = 'GC';
const OPENS_AT = Date.parse(`${CRASH_TRADE_DATE}T12:40:00Z`);
/** The part of the trade date that is played, UTC ms: after the warm-up, until the market has calmed down. */
export const CRASH_FROM = Date.parse(`${CRASH_TRADE_DATE}T12:30:00Z`);
export const CRASH_UNTIL = Date.parse(`${CRASH_TRADE_DATE}T13:00:00Z`);
/** Wide on purpose: the account's limit acts here, not the position's own stop. */
const STOP_DISTANCE = 80;
const SCRIPTED = 'scripted by demo:crash';

async function frontContract({ broker }: DayParts): Promise<FutureContract> {
  const data = createDataConnection(broker, { logger: QUIET_LOG });
  try {
    await data.connect();
    return await data.resolveFront(SYMBOL, CRASH_TRADE_DATE);
  } finally {
    await data.close();
  }
}

function scriptedDecision(account: string, session: SessionSnapshot): DecisionRecord {
  const context = session.contexts[SYMBOL];
  if (context === undefined) throw new CliError('FAILED', `The session does not trade ${SYMBOL}.`);
  return {
    decisionId: decisionId(account, SYMBOL, OPENS_AT),
    account,
    symbol: SYMBOL,
    barClose: OPENS_AT,
    featureHash: null,
    schemaHash: null,
    modelRun: null,
    votes: [],
    skipped: [],
    signal: 'buy',
    confidence: 0,
    action: 'enter',
    reason: SCRIPTED,
    warmupFrom: null,
    quote: null,
    stale: null,
    session: context,
    runtime: { node: process.version, onnxruntime: 'none', cpu: 'none' },
  };
}

function scriptedEntry(id: string, contract: FutureContract, reference: number): EntryProposal {
  const instrument = INSTRUMENTS[SYMBOL];
  return {
    kind: 'enter',
    decisionId: id,
    symbol: SYMBOL,
    contract,
    side: 'buy',
    quantity: 1,
    orderType: 'market',
    limitPrice: null,
    stopPrice: roundToTick(reference - STOP_DISTANCE, instrument),
    targetPrice: roundToTick(reference + STOP_DISTANCE, instrument),
    referencePrice: reference,
    expiresAt: OPENS_AT + MINUTE_MS,
  };
}

async function open(parts: DayParts): Promise<void> {
  const { account, client, session, show } = parts;
  const now = await session.now();
  // A conductor that was killed here comes by again: the session knows what it was told.
  if (now.orders.length > 0) return;
  const reference = lastPrices(show.current()).get(SYMBOL);
  if (reference === undefined) throw new CliError('DATA', `There is no ${SYMBOL} price before 12:40Z in this data.`);
  const decision = scriptedDecision(account, now);
  const batch: ProposalBatch = {
    barClose: OPENS_AT,
    tradeDate: CRASH_TRADE_DATE,
    proposals: [scriptedEntry(decision.decisionId, await frontContract(parts), reference)],
    decisions: [decision],
    decidedMonotonicMs: Number(process.hrtime.bigint()) / 1e6,
  };
  const handle = client.workflow.getHandle(sessionWorkflowId(account));
  const [answer] = await handle.executeUpdate(proposeOrders, { args: [batch], updateId: 'scripted/demo-crash' });
  show.notice('info', `SCRIPTED: long 1 ${SYMBOL} proposed to the session like any decision: ${answer.outcome}`);
}

async function lift(parts: DayParts, halted: SessionSnapshot): Promise<void> {
  const { account, client, session, show } = parts;
  const handle = client.workflow.getHandle(sessionWorkflowId(account));
  show.notice(
    'alert',
    `HALTED ${halted.halt.cause ?? ''}; flat again, realized ${signedMoney(halted.day.realizedPnl)}`,
  );
  const by = 'demo operator';
  const why = 'demo:crash shows how a halt is lifted';
  await handle.executeUpdate(liftHalt, { args: [{ by, why }], updateId: 'scripted/demo-crash/lift' });
  const after = await session.now();
  show.notice('info', `halt lifted by ${by}: ${why}; the session is ${after.halt.phase}`);
  show.notice('info', 'entries stay refused for the rest of the day: the loss beyond the limit has been made');
}

/** What happens beside the market, minute by minute; `marketTime` is the end of the minute, UTC ms. */
export function crashScript(parts: DayParts): (marketTime: number) => Promise<void> {
  let said: SessionSnapshot['halt']['phase'] = 'ACTIVE';
  let lifted = false;
  return async (marketTime) => {
    if (marketTime === OPENS_AT) {
      await open(parts);
      await parts.session.caughtUp();
      return;
    }
    if (marketTime < OPENS_AT || lifted) return;
    const now = await parts.session.now();
    if (said === 'ACTIVE' && now.halt.phase !== 'ACTIVE') {
      parts.show.notice('alert', `HALT ${now.halt.cause ?? ''} · equity ${money(now.lastNetLiquidation)}`);
    }
    said = now.halt.phase;
    if (now.halt.phase !== 'HALTED') return;
    await lift(parts, now);
    lifted = true;
  };
}
