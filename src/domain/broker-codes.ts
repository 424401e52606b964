/**
 * IB's message codes as data: what each says and what follows from it. One table for the guard, the data connection and the workflows.
 * Invariants:
 *  1. A code that is not listed is `unknown`: it never ends an order, a request or a connection.
 *  2. No code ends an order by itself where executions or the broker's order list could say otherwise (`cancelled`, `read-again`).
 *  3. A farm's state never closes a socket.
 * Sources: IBKR's TWS API message codes and the issue threads of ib_insync, NautilusTrader, Lean and pysystemtrade.
 */

export type CodeKind =
  /** No link between gateway and IB: no new orders, callbacks are still consumed. */
  | 'broker-offline'
  /** The link is back, subscriptions are lost: read everything again and subscribe again. */
  | 'broker-back-data-lost'
  /** The link is back, subscriptions are kept: read everything again before trading. */
  | 'broker-back'
  | 'farm-down'
  | 'farm-up'
  | 'client-id-in-use'
  | 'competing-session'
  /** 162: pacing, no data or refused; the text decides. */
  | 'history'
  | 'depth-reset'
  | 'order-error'
  | 'request-refused'
  | 'too-many-messages'
  | 'connection'
  /** A message could not be read: something may have been missed. */
  | 'unreadable'
  | 'informational'
  | 'unknown';

/** What an error that carries an order id says about that order. */
export type OrderErrorMeaning =
  /** Refused; on a modify or a cancel the original still lives. */
  | 'rejected'
  /** Cancelled, if the executions agree. */
  | 'cancelled'
  /** The broker's view differs from ours: read orders and executions first. */
  | 'read-again'
  /** The order is untouched. */
  | 'none'
  /** Not to be acted on; reading the broker decides. */
  | 'unknown';

export interface CodeMeaning {
  readonly kind: CodeKind;
  readonly onOrder: OrderErrorMeaning;
  readonly topic: string;
}

type CodeRow = readonly [codes: readonly number[], kind: CodeKind, onOrder: OrderErrorMeaning, topic: string];

export const CODE_TABLE: readonly CodeRow[] = [
  [[1100, 2110], 'broker-offline', 'none', 'connectivity between gateway and IB lost'],
  [[1101], 'broker-back-data-lost', 'none', 'connectivity restored, subscriptions lost'],
  [[1102], 'broker-back', 'none', 'connectivity restored, subscriptions kept'],
  [[2103, 2105, 2157], 'farm-down', 'none', 'data farm connection broken'],
  [[2104, 2106, 2158], 'farm-up', 'none', 'data farm connection OK'],
  [[326], 'client-id-in-use', 'none', 'client id already in use'],
  [[10197], 'competing-session', 'none', 'a competing live session takes the market data'],
  [[162], 'history', 'none', 'historical data: pacing, no data or refused'],
  [[317], 'depth-reset', 'none', 'market depth was reset'],
  [[201, 203, 10289, 10293], 'order-error', 'rejected', 'order rejected'],
  [[321], 'order-error', 'rejected', 'request or order failed validation'],
  [[106, 107, 109, 111, 116, 117, 118, 119, 133, 134], 'order-error', 'rejected', 'order not accepted'],
  [[110], 'order-error', 'rejected', 'price does not conform to the minimum tick'],
  [[202], 'order-error', 'cancelled', 'order cancelled'],
  [[103], 'order-error', 'read-again', 'duplicate order id'],
  [[104], 'order-error', 'read-again', 'cannot modify a filled order'],
  [[105], 'order-error', 'read-again', 'order being modified does not match the original'],
  [[135, 10147], 'order-error', 'read-again', 'cancel or modify target not found'],
  [[136, 161, 10148], 'order-error', 'read-again', 'order cannot be cancelled in its state'],
  [[200], 'request-refused', 'rejected', 'no security definition, or an ambiguous one'],
  [[387, 388, 434], 'request-refused', 'rejected', 'order type or size not supported'],
  [
    [300, 310, 320, 322, 354, 366, 420, 10089, 10090, 10168, 10186, 10190],
    'request-refused',
    'unknown',
    'request refused',
  ],
  [[100], 'too-many-messages', 'unknown', 'more than 50 messages a second'],
  [[501, 502, 503, 504, 506, 507, 508, 509, 1300], 'connection', 'none', 'socket or protocol trouble'],
  [[505], 'unreadable', 'unknown', 'a message could not be decoded'],
  [[399, 10349, 10167], 'informational', 'none', 'notice about a request or order that goes on'],
];

const FIRST_WARNING = 2100;
const LAST_WARNING = 2169;

const byCode: ReadonlyMap<number, CodeMeaning> = new Map(
  CODE_TABLE.flatMap(([codes, kind, onOrder, topic]) => codes.map((code) => [code, { kind, onOrder, topic }] as const)),
);

/** What a code means; the listed ones first, then IB's warning range 2100–2169, else `unknown`. */
export function meaningOf(code: number): CodeMeaning {
  const listed = byCode.get(code);
  if (listed !== undefined) return listed;
  return code >= FIRST_WARNING && code <= LAST_WARNING
    ? { kind: 'informational', onOrder: 'none', topic: 'system warning' }
    : { kind: 'unknown', onOrder: 'unknown', topic: 'code not listed' };
}

export type HistoryRefusal = 'pacing' | 'no-data' | 'cancelled' | 'refused';

/** What a 162 is about: IB uses the one code for all of these. */
export function historyRefusal(text: string): HistoryRefusal {
  if (/pacing violation/i.test(text)) return 'pacing';
  if (/query returned no data|no data of type|no historical data/i.test(text)) return 'no-data';
  return /query cancel+ed/i.test(text) ? 'cancelled' : 'refused';
}

/** Name of the farm in a 2103–2106, 2157 or 2158, e.g. `usfuture`. */
export const farmOf = (text: string): string => text.slice(text.lastIndexOf(':') + 1).trim();
