/**
 * Retraining (requirements E9, E10, G6), as far as it can be said without a clock or a store: what sets it off, when that is too soon,
 * what is to be fitted, which way it goes and how it may end. Pure: workflow, commands and tests share it.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from './exchange-time';

export const RETRAINING_CAUSES = ['drift', 'performance', 'weekly', 'new-data', 'by-hand'] as const;
export type RetrainingCause = (typeof RETRAINING_CAUSES)[number];

export interface RetrainingTrigger {
  readonly cause: RetrainingCause;
  /** A person, or the workflow or schedule that noticed. */
  readonly by: string;
  readonly why: string;
}

/** One retraining at a time: this is its workflow id, so that triggers beside it join it. */
export const RETRAINING_WORKFLOW_ID = 'retraining';
export const championWatchWorkflowId = (runId: string): string => `champion-watch/${runId}`;

/** After a retraining began, no trigger but a person's begins another within this time: the same drift would set it off hour by hour. */
export const COOL_DOWN_MS = DAY_MS;

/** The retraining that began last. */
export interface RetrainingBegun {
  readonly runId: string;
  readonly cause: RetrainingCause;
  /** UTC ms. */
  readonly at: number;
}

/** UTC ms until which these triggers are too soon; null when a retraining may begin at `now`. */
export function coolDownUntil(
  last: RetrainingBegun | null,
  triggers: readonly Pick<RetrainingTrigger, 'cause'>[],
  now: number,
): number | null {
  if (last === null || triggers.some(({ cause }) => cause === 'by-hand')) return null;
  const until = last.at + COOL_DOWN_MS;
  return now < until ? until : null;
}

export interface PlannedFit {
  readonly symbol: string;
  readonly family: string;
}

/** One fit an instrument and family, family by family: instruments advance together. */
export const fitPlan = <S extends string>(
  symbols: readonly S[],
  families: readonly string[],
): readonly (PlannedFit & { readonly symbol: S })[] =>
  families.flatMap((family) => symbols.map((symbol) => ({ symbol, family })));

export const RETRAINING_PHASES = [
  'starting',
  'preparing',
  'fitting',
  'assembling',
  'shadowing',
  'awaiting-approval',
  'done',
] as const;
export type RetrainingPhase = (typeof RETRAINING_PHASES)[number];

/** How a retraining ended; but for `promoted` the champion stayed. */
export type RetrainingOutcome =
  | { readonly kind: 'cooled-down'; readonly until: number; readonly why: string }
  /** The gates could not judge: the run stays a candidate. */
  | { readonly kind: 'insufficient-data'; readonly runId: string; readonly why: string }
  | { readonly kind: 'refused'; readonly by: 'gates' | 'shadow'; readonly runId: string; readonly why: string }
  | { readonly kind: 'rejected'; readonly runId: string; readonly by: string; readonly why: string }
  | { readonly kind: 'expired'; readonly runId: string; readonly why: string }
  | { readonly kind: 'promoted'; readonly runId: string; readonly by: string; readonly why: string };

/** Waits of the workflow, ms of wall time. */
export interface RetrainingPatience {
  readonly shadowPollMs: number;
  /** A shadow run that no feed takes up, or that never gets its decisions, expires. */
  readonly shadowMs: number;
  /** How often the review log is read while approval is awaited: a person may decide there too. */
  readonly approvalPollMs: number;
  readonly approvalMs: number;
}

export const DEFAULT_PATIENCE: RetrainingPatience = {
  shadowPollMs: 15 * MINUTE_MS,
  shadowMs: 14 * DAY_MS,
  approvalPollMs: HOUR_MS,
  approvalMs: 7 * DAY_MS,
};

/** What a trigger is told that came too soon. */
export const coolDownText = (until: number): string =>
  `a retraining began less than ${COOL_DOWN_MS / HOUR_MS} hours ago: the next may begin by itself at ${new Date(until).toISOString()}, or by hand at any time`;
