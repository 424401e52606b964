/** How an order shows itself: reports to the session, state for the UI's search, details for its page. */
import { getExternalWorkflowHandle, log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { contractName } from '../domain/contracts';
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
  /** Wall milliseconds until a report that found no session is made again; null when the last one was taken. */
  againInMs: number | null;
}

/** A session that is not there comes back under the same name; until then it is looked for ever more slowly. */
const FIRST_AGAIN_MS = 1_000;
const LONGEST_AGAIN_MS = 10 * 60_000;

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
  try {
    await session.signal(messages.orderReport, next);
    told.againInMs = null;
  } catch (error) {
    // The report is cumulative: the next one says this too.
    log.error('session not reachable', { error });
    told.reported = '';
    told.againInMs = told.againInMs === null ? FIRST_AGAIN_MS : Math.min(LONGEST_AGAIN_MS, told.againInMs * 2);
  }
}

function describe({ intent, legs, executions, readWanted, freeze, reason }: OrderBook): string {
  const rows = ORDER_LEGS.flatMap((leg) => {
    const book = legs[leg];
    return book === null ? [] : [`| ${leg} | ${book.side} ${book.quantity} | ${book.state} | ${book.executed} |`];
  });
  const notes = [readWanted, freeze, reason].filter((note) => note !== null);
  return [
    `**${intent.side} ${intent.quantity} ${contractName(intent.contract)}** (${intent.purpose}, ${executions.length} executions)`,
    '',
    '| leg | order | state | executed |',
    '|---|---|---|---|',
    ...rows,
    ...notes.map((note) => `\n${note}`),
  ].join('\n');
}
