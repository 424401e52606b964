/** How an order shows itself: reports to the session, state for the UI's search, details for its page. */
import { getExternalWorkflowHandle, log, setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { ORDER_LEGS, sessionWorkflowId } from '../domain/ids';
import { reportOf, type OrderBook } from '../domain/order-book';
import type { OrderReport } from '../domain/order-report';
import type { OrderState } from '../domain/orders';
import * as messages from './messages';
import { stateAttribute } from './search-attributes';

/** What of the order was told last. */
export interface Told {
  /** The matter of the last report, empty when none counts. */
  reported: string;
  attribute: OrderState | null;
}

/** What of a report matters: a resting leg's way from sent to working changes nothing for the session. */
export function matterOf(next: OrderReport): string {
  const { stop, target } = next.states;
  const resting = [stop, target].map((state) => (state === 'submitting' ? 'working' : state));
  return JSON.stringify([next.states.entry, resting, { ...next, states: null }]);
}

/** Tells the session what changed, once per change that matters; shows it in the UI as well. */
export async function report(book: OrderBook, told: Told): Promise<void> {
  const next = reportOf(book);
  const text = matterOf(next);
  setCurrentDetails(describe(book));
  if (text === told.reported) return;
  told.reported = text;
  const state = next.states.entry;
  if (state !== null && state !== told.attribute) {
    told.attribute = state;
    upsertSearchAttributes([{ key: stateAttribute, value: state }]);
  }
  const session = getExternalWorkflowHandle(sessionWorkflowId(book.intent.account));
  await session.signal(messages.orderReport, next).catch(async (error: unknown) => {
    // A session that is not there now comes back under the same name; the report is cumulative and is made again.
    log.error('session not reachable', { error });
    told.reported = '';
    await sleep('5s');
  });
}

function describe({ intent, legs, executions, readWanted, freeze, reason }: OrderBook): string {
  const rows = ORDER_LEGS.flatMap((leg) => {
    const book = legs[leg];
    return book === null ? [] : [`| ${leg} | ${book.side} ${book.quantity} | ${book.state} | ${book.executed} |`];
  });
  const notes = [readWanted, freeze, reason].filter((note) => note !== null);
  return [
    `**${intent.side} ${intent.quantity} ${intent.contract.localSymbol}** (${intent.purpose}, ${executions.length} executions)`,
    '',
    '| leg | order | state | executed |',
    '|---|---|---|---|',
    ...rows,
    ...notes.map((note) => `\n${note}`),
  ].join('\n');
}
