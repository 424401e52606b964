/**
 * The life of a model run beside its files (requirements B7, E10, G6): one transition table, and the fold of all acts into who is
 * promoted and what state each run is in. Pure: registry, workflows and dashboard read the same.
 */

export const REVIEW_STATES = [
  /** Every complete run that nothing was said about. */
  'candidate',
  'shadowing',
  'awaiting-approval',
  /** The champion: the one run whose votes count. */
  'promoted',
  /** Was the champion until another run was promoted; a rollback may bring it back. */
  'superseded',
  'rejected',
  /** Nobody approved it in time. */
  'expired',
  /** Was the champion and was withdrawn. */
  'rolled-back',
] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** What is said about a run; `superseded` and `reinstated` are what an act on one run means for another. */
export const REVIEW_EVENTS = [
  'shadow-started',
  'shadow-passed',
  /** A human's yes after gates and shadow run. */
  'approved',
  /** A human's order, whatever gates and shadow run said. */
  'promoted',
  'rejected',
  'expired',
  'rolled-back',
  'superseded',
  'reinstated',
] as const;
export type ReviewEvent = (typeof REVIEW_EVENTS)[number];

const NOTHING: Readonly<Record<ReviewEvent, ReviewState | null>> = {
  'shadow-started': null,
  'shadow-passed': null,
  approved: null,
  promoted: null,
  rejected: null,
  expired: null,
  'rolled-back': null,
  superseded: null,
  reinstated: null,
};

/** A run that was rejected stays so: whoever wants it after all fits it again under another id. */
export const REVIEW_TRANSITIONS: Readonly<Record<ReviewState, Readonly<Record<ReviewEvent, ReviewState | null>>>> = {
  candidate: {
    ...NOTHING,
    'shadow-started': 'shadowing',
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'expired',
  },
  shadowing: {
    ...NOTHING,
    'shadow-passed': 'awaiting-approval',
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'expired',
  },
  'awaiting-approval': {
    ...NOTHING,
    approved: 'promoted',
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'expired',
  },
  promoted: { ...NOTHING, superseded: 'superseded', 'rolled-back': 'rolled-back' },
  superseded: { ...NOTHING, promoted: 'promoted', reinstated: 'promoted' },
  rejected: NOTHING,
  expired: { ...NOTHING, promoted: 'promoted', rejected: 'rejected' },
  'rolled-back': { ...NOTHING, promoted: 'promoted', rejected: 'rejected' },
};

/** An act on one run; of these the history of promotions is made. */
export type ReviewActKind = Exclude<ReviewEvent, 'superseded' | 'reinstated'>;

interface Act {
  readonly runId: string;
  /** Who said so: a person, or the workflow that acts for its triggers. */
  readonly by: string;
  readonly why: string;
  /** UTC, ISO 8601. */
  readonly at: string;
}

/** An act that leaves the champion as it is. */
export interface Remark extends Act {
  readonly kind: 'shadow-started' | 'shadow-passed' | 'rejected' | 'expired';
}

/** An act that changes the champion; null is nobody: no model votes. */
export interface ChampionChange extends Act {
  readonly kind: 'approved' | 'promoted' | 'rolled-back';
  readonly from: string | null;
  readonly to: string | null;
}

export type ReviewAct = Remark | ChampionChange;

export interface Review {
  /** The champion, null when there is none. */
  readonly promoted: string | null;
  /** Null before the first promotion. Afterwards no champion means that nobody votes, not that anybody may. */
  readonly lastChange: ChampionChange | null;
  /** Of every run that something was said about; the others are candidates. */
  readonly states: ReadonlyMap<string, ReviewState>;
  /** Champions before the present one, oldest first, that a rollback may go back to. */
  readonly earlier: readonly string[];
}

export const EMPTY_REVIEW: Review = { promoted: null, lastChange: null, states: new Map(), earlier: [] };

export const stateOf = ({ states }: Review, runId: string): ReviewState => states.get(runId) ?? 'candidate';

export const isChampionChange = (act: ReviewAct): act is ChampionChange =>
  act.kind === 'approved' || act.kind === 'promoted' || act.kind === 'rolled-back';

/** The review after one more act, or one sentence that says why the act is not possible. */
export function reviewAfter(review: Review, act: ReviewAct): Review | string {
  const states = new Map(review.states);
  const move = (runId: string, event: ReviewEvent): string | null => {
    const from = states.get(runId) ?? 'candidate';
    const to = REVIEW_TRANSITIONS[from][event];
    if (to === null) return `run ${runId} is ${from} and cannot be ${event}`;
    states.set(runId, to);
    return null;
  };
  if (!isChampionChange(act)) {
    const refused = move(act.runId, act.kind);
    return refused ?? { ...review, states };
  }
  const { from, to, runId, kind } = act;
  if (from !== review.promoted)
    return `${shown(review.promoted)} is promoted by now, ${shown(from)} was when it was asked`;
  if (kind !== 'rolled-back' && runId === from) return `run ${runId} is promoted already`;
  const refused =
    kind === 'rolled-back'
      ? (move(runId, 'rolled-back') ?? (to === null ? null : move(to, 'reinstated')))
      : ((from === null ? null : move(from, 'superseded')) ?? move(runId, kind));
  if (refused !== null) return refused;
  if ((kind === 'rolled-back' ? from : to) !== runId) return `the act on ${runId} names other runs: ${from} to ${to}`;
  return { promoted: to, lastChange: act, states, earlier: earlierAfter(review.earlier, act) };
}

/** A rollback forgets what came between; a promotion has the champion before it as its own way back. */
function earlierAfter(earlier: readonly string[], { kind, from, to }: ChampionChange): readonly string[] {
  if (kind === 'rolled-back') return to === null ? [] : earlier.slice(0, earlier.indexOf(to));
  const kept = earlier.filter((run) => run !== to);
  return from === null ? kept : [...kept, from];
}

const shown = (runId: string | null): string => (runId === null ? 'no run' : `run ${runId}`);

/** The review that a history leads to. Throws an Error naming the first impossible act: the history was edited. */
export function reviewOf(history: readonly ReviewAct[]): Review {
  return history.reduce((review, act, index) => {
    const next = reviewAfter(review, act);
    if (typeof next === 'string') throw new Error(`act ${index + 1}: ${next}`);
    return next;
  }, EMPTY_REVIEW);
}
