/**
 * The life of one broker order (an entry or a resting leg) as one table: state × event → state.
 * Invariants:
 *  1. The table is total: every pair is a state, a state with the reason why the row is odd, or a contradiction (null).
 *  2. A contradiction never changes a state; it freezes the symbol and asks a human.
 *  3. `unknown` is left only by what the broker said: a callback, or a reading of orders, executions and positions.
 *  4. An execution beats every status: whatever was believed dead and traded is filled.
 */

export const ORDER_STATES = [
  'proposed',
  'submitting',
  'working',
  'partially-filled',
  'cancelling',
  'replacing',
  'unknown',
  'filled',
  'cancelled',
  'rejected',
  'expired',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const ORDER_EVENTS = [
  /** Bytes were handed to the socket. */
  'sent',
  /** Nothing was sent and nothing will be: time to live over, or the broker's day is. */
  'lapsed',
  /** The write has no known outcome, or a callback that had to come did not. */
  'uncertain',
  /** The broker shows the order live. */
  'acknowledged',
  /** An execution below the quantity. */
  'part-executed',
  /** Executions reached the quantity. */
  'fully-executed',
  'cancel-sent',
  'cancel-confirmed',
  'cancel-refused',
  'modify-sent',
  'modify-confirmed',
  'modify-refused',
  'rejected',
  /** Read from the broker with certainty: it never had this order. */
  'absent',
  /** Read again and again: the broker shows it filled and no longer tells all of its executions. */
  'filled-untold',
] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

type OddRow = readonly [to: OrderState, reason: string];
type Row = OrderState | OddRow | null;

export const ORDER_TRANSITIONS: Readonly<Record<OrderState, Readonly<Record<OrderEvent, Row>>>> = {
  proposed: {
    sent: 'submitting',
    lapsed: 'expired',
    uncertain: 'unknown',
    acknowledged: ['working', 'callback beats answer'],
    'part-executed': ['partially-filled', 'callback beats answer'],
    'fully-executed': ['filled', 'callback beats answer'],
    'cancel-sent': null,
    'cancel-confirmed': ['cancelled', 'callback beats answer'],
    'cancel-refused': null,
    'modify-sent': null,
    'modify-confirmed': null,
    'modify-refused': null,
    rejected: 'rejected',
    absent: ['proposed', 'nothing was sent'],
    'filled-untold': ['filled', 'executions not told'],
  },
  submitting: {
    sent: ['submitting', 'same order resent'],
    lapsed: null,
    uncertain: 'unknown',
    acknowledged: 'working',
    'part-executed': ['partially-filled', 'execution before acknowledgement'],
    'fully-executed': ['filled', 'execution before acknowledgement'],
    'cancel-sent': 'cancelling',
    'cancel-confirmed': ['cancelled', 'broker cancelled it'],
    'cancel-refused': ['submitting', 'cancel came early'],
    'modify-sent': null,
    'modify-confirmed': null,
    'modify-refused': null,
    rejected: 'rejected',
    absent: ['proposed', 'certainly never arrived'],
    'filled-untold': ['filled', 'executions not told'],
  },
  working: {
    sent: ['working', 'callback beats answer'],
    lapsed: ['expired', 'day order ended'],
    uncertain: 'unknown',
    acknowledged: ['working', 'status said again'],
    'part-executed': 'partially-filled',
    'fully-executed': 'filled',
    'cancel-sent': 'cancelling',
    'cancel-confirmed': ['cancelled', 'broker cancelled it'],
    'cancel-refused': ['working', 'cancel did nothing'],
    'modify-sent': 'replacing',
    'modify-confirmed': ['working', 'status said again'],
    'modify-refused': ['working', 'original still lives'],
    rejected: ['rejected', 'rejected when triggered'],
    absent: null,
    'filled-untold': ['filled', 'executions not told'],
  },
  'partially-filled': {
    sent: ['partially-filled', 'callback beats answer'],
    lapsed: ['expired', 'day order ended'],
    uncertain: 'unknown',
    acknowledged: ['partially-filled', 'status said again'],
    'part-executed': 'partially-filled',
    'fully-executed': 'filled',
    'cancel-sent': 'cancelling',
    'cancel-confirmed': ['cancelled', 'rest was cancelled'],
    'cancel-refused': ['partially-filled', 'cancel did nothing'],
    'modify-sent': 'replacing',
    'modify-confirmed': ['partially-filled', 'status said again'],
    'modify-refused': ['partially-filled', 'original still lives'],
    rejected: ['rejected', 'rest was rejected'],
    absent: null,
    'filled-untold': ['filled', 'executions not told'],
  },
  cancelling: {
    sent: null,
    lapsed: ['expired', 'day order ended'],
    uncertain: 'unknown',
    acknowledged: ['cancelling', 'status before cancel'],
    'part-executed': ['cancelling', 'traded before cancel'],
    'fully-executed': ['filled', 'traded before cancel'],
    'cancel-sent': ['cancelling', 'cancel sent again'],
    'cancel-confirmed': 'cancelled',
    'cancel-refused': ['unknown', 'refused, so read'],
    'modify-sent': null,
    'modify-confirmed': ['cancelling', 'modify before cancel'],
    'modify-refused': ['cancelling', 'modify before cancel'],
    rejected: ['rejected', 'rejected before cancel'],
    absent: null,
    'filled-untold': ['filled', 'executions not told'],
  },
  replacing: {
    sent: null,
    lapsed: ['expired', 'day order ended'],
    uncertain: 'unknown',
    acknowledged: ['working', 'change was taken'],
    'part-executed': ['replacing', 'traded before change'],
    'fully-executed': ['filled', 'traded before change'],
    'cancel-sent': 'cancelling',
    'cancel-confirmed': ['cancelled', 'broker cancelled it'],
    'cancel-refused': ['replacing', 'cancel did nothing'],
    'modify-sent': ['replacing', 'change sent again'],
    'modify-confirmed': 'working',
    'modify-refused': ['working', 'original still lives'],
    rejected: ['working', 'original still lives'],
    absent: null,
    'filled-untold': ['filled', 'executions not told'],
  },
  unknown: {
    sent: null,
    lapsed: null,
    uncertain: ['unknown', 'still not known'],
    acknowledged: 'working',
    'part-executed': ['partially-filled', 'execution is proof'],
    'fully-executed': ['filled', 'execution is proof'],
    'cancel-sent': ['unknown', 'cancel is blind'],
    'cancel-confirmed': 'cancelled',
    'cancel-refused': ['unknown', 'refused, so read'],
    'modify-sent': null,
    'modify-confirmed': ['working', 'status is proof'],
    'modify-refused': ['unknown', 'refused, so read'],
    rejected: 'rejected',
    absent: ['proposed', 'certainly never arrived'],
    'filled-untold': ['filled', 'executions not told'],
  },
  filled: {
    sent: ['filled', 'callback beats answer'],
    lapsed: ['filled', 'already complete'],
    uncertain: ['filled', 'already complete'],
    acknowledged: ['filled', 'late status echo'],
    'part-executed': null,
    'fully-executed': null,
    'cancel-sent': ['filled', 'cancel too late'],
    'cancel-confirmed': ['filled', 'executions beat status'],
    'cancel-refused': ['filled', 'cancel too late'],
    'modify-sent': null,
    'modify-confirmed': ['filled', 'late status echo'],
    'modify-refused': ['filled', 'modify too late'],
    rejected: ['filled', 'executions beat status'],
    absent: null,
    'filled-untold': ['filled', 'already complete'],
  },
  cancelled: {
    sent: null,
    lapsed: ['cancelled', 'already ended'],
    uncertain: ['cancelled', 'already ended'],
    acknowledged: ['cancelled', 'late status echo'],
    'part-executed': ['cancelled', 'late partial execution'],
    'fully-executed': ['filled', 'late execution'],
    'cancel-sent': ['cancelled', 'already ended'],
    'cancel-confirmed': ['cancelled', 'status said again'],
    'cancel-refused': ['cancelled', 'already ended'],
    'modify-sent': null,
    'modify-confirmed': null,
    'modify-refused': ['cancelled', 'already ended'],
    rejected: ['cancelled', 'already ended'],
    absent: ['cancelled', 'forgotten by broker'],
    'filled-untold': ['filled', 'executions not told'],
  },
  rejected: {
    sent: null,
    lapsed: ['rejected', 'already ended'],
    uncertain: ['rejected', 'already ended'],
    acknowledged: ['rejected', 'late status echo'],
    'part-executed': ['partially-filled', 'execution is proof'],
    'fully-executed': ['filled', 'execution is proof'],
    'cancel-sent': ['rejected', 'already ended'],
    'cancel-confirmed': ['rejected', 'already ended'],
    'cancel-refused': ['rejected', 'already ended'],
    'modify-sent': null,
    'modify-confirmed': null,
    'modify-refused': ['rejected', 'already ended'],
    rejected: ['rejected', 'status said again'],
    absent: ['rejected', 'forgotten by broker'],
    'filled-untold': ['filled', 'executions not told'],
  },
  expired: {
    sent: null,
    lapsed: ['expired', 'already ended'],
    uncertain: ['expired', 'already ended'],
    acknowledged: null,
    'part-executed': ['partially-filled', 'execution is proof'],
    'fully-executed': ['filled', 'execution is proof'],
    'cancel-sent': ['expired', 'already ended'],
    'cancel-confirmed': ['expired', 'status said late'],
    'cancel-refused': ['expired', 'already ended'],
    'modify-sent': null,
    'modify-confirmed': null,
    'modify-refused': ['expired', 'already ended'],
    rejected: ['expired', 'already ended'],
    absent: ['expired', 'already ended'],
    'filled-untold': ['filled', 'executions not told'],
  },
};

export interface Transition {
  readonly state: OrderState;
  /** Why an odd row is what it is, null for the plain ones. */
  readonly oddity: string | null;
  /** The broker said what cannot be; the state is kept and a human must look. */
  readonly contradiction: boolean;
}

/** Next state of an order; a contradiction keeps the state. */
export function transition(state: OrderState, event: OrderEvent): Transition {
  const row = ORDER_TRANSITIONS[state][event];
  if (row === null) return { state, oddity: null, contradiction: true };
  if (typeof row === 'string') return { state: row, oddity: null, contradiction: false };
  return { state: row[0], oddity: row[1], contradiction: false };
}

const TERMINAL: readonly OrderState[] = ['filled', 'cancelled', 'rejected', 'expired'];
/** No further execution is expected (one may still come late). */
export const isTerminal = (state: OrderState): boolean => TERMINAL.includes(state);

const RESTING: readonly OrderState[] = ['working', 'partially-filled'];
/** The broker holds it and nothing of ours is in flight about it. */
export const isResting = (state: OrderState): boolean => RESTING.includes(state);
