/**
 * The course of a nested hyperparameter search, without a clock or a store: which trials run on which folds, which go on, which is taken.
 * Workflow and command drive the same course. Random search (Bergstra & Bengio 2012) with successive halving over folds (Jamieson & Talwalkar
 * 2016), nested as in Cawley & Talbot 2010, so that the figure reported is of rows that the choice never saw.
 * Invariants:
 *  1. A choice for an outer fold rests on inner folds of its training rows alone; the hold-out of the set is in no fold.
 *  2. Trial 1 is the shipped parameters and goes through every rung: by its own measure a search never ends worse than it began.
 */
import type { LearningSymbol } from './instruments';

/** `all`: every learning row, where the final choice is made. */
export type SearchScope = `outer-${number}` | 'all';
export type Rung = 1 | 2;

export const OUTER_FOLDS = 3;
export const INNER_FOLDS = 3;
/** The shipped parameters and windows. */
export const SHIPPED_TRIAL = 1;
/** One of so many trials goes on to the second rung. */
export const HALVING = 3;

export const OUTER_SCOPES: readonly SearchScope[] = Array.from(
  { length: OUTER_FOLDS },
  (_item, fold): SearchScope => `outer-${fold + 1}`,
);
export const SEARCH_SCOPES: readonly SearchScope[] = [...OUTER_SCOPES, 'all'];

/** Inner folds, from 1, that a rung adds. The latest comes first: it is the one most like the days to come. */
export const innerFoldsOf = (rung: Rung): readonly number[] =>
  rung === 1 ? [INNER_FOLDS] : Array.from({ length: INNER_FOLDS - 1 }, (_item, fold) => fold + 1);

export interface SearchRequest {
  readonly searchId: string;
  readonly symbol: LearningSymbol;
  /** Trade dates, ascending, the hold-out included; null: all that are recorded. */
  readonly days: readonly string[] | null;
  readonly family: string;
  readonly trials: number;
  readonly seed: number;
  /** Search the windows of the indicators, too. */
  readonly windows: boolean;
}

/** What the trials read, by its hash. */
export interface SearchPlan {
  readonly request: SearchRequest;
  readonly setHash: string;
  readonly rows: number;
  readonly days: readonly string[];
}

export interface InnerScore {
  readonly scope: SearchScope;
  readonly fold: number;
  /** The gate's AUC; a fold with one side only is worth a coin's 0.5. */
  readonly auc: number;
}

export interface TrialScores {
  /** From 1. */
  readonly trial: number;
  readonly scores: readonly InnerScore[];
  /** Why it has no scores: parameters that can't be fitted. */
  readonly failed: string | null;
}

export interface TrialTask {
  readonly plan: SearchPlan;
  readonly trial: number;
  readonly rung: Rung;
  readonly scopes: readonly SearchScope[];
}

/** A trial fitted on an outer fold's training rows and judged on its test rows. */
export interface OuterTask {
  readonly plan: SearchPlan;
  readonly trial: number;
  readonly scope: SearchScope;
}

export interface OuterScore {
  readonly scope: SearchScope;
  readonly trial: number;
  readonly auc: number;
  readonly testRows: number;
}

export interface SearchOutcome {
  readonly searchId: string;
  /** Chosen on all learning rows. */
  readonly best: number;
  /** Mean inner AUC of the best: optimistic, it was chosen by it. */
  readonly innerAuc: number;
  /** What the way of choosing is worth: mean AUC of each outer fold's choice on rows that it never saw. */
  readonly nestedAuc: number;
  /** The shipped parameters on the same rows. */
  readonly shippedAuc: number;
  readonly outer: readonly OuterScore[];
  readonly failed: number;
}

export interface SearchSteps {
  prepareSearch(request: SearchRequest): Promise<SearchPlan>;
  runTrial(task: TrialTask): Promise<TrialScores>;
  judgeTrial(task: OuterTask): Promise<OuterScore>;
  /** Writes the best parameters as a file for training. */
  finishSearch(plan: SearchPlan, outcome: SearchOutcome): Promise<void>;
}

export interface SearchProgress {
  readonly phase: 'preparing' | 'rung-1' | 'rung-2' | 'judging' | 'done';
  /** Of the phase. */
  readonly finished: number;
  readonly planned: number;
  readonly best: { readonly trial: number; readonly auc: number } | null;
}

export const NO_PROGRESS: SearchProgress = { phase: 'preparing', finished: 0, planned: 0, best: null };

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const aucIn = ({ scores }: TrialScores, scope: SearchScope): number =>
  meanOf(scores.filter((score) => score.scope === scope).map(({ auc }) => auc));

/** Trials with scores in `scope`, the best first; of equal ones the first drawn. */
export const ranked = (trials: readonly TrialScores[], scope: SearchScope): readonly TrialScores[] =>
  trials
    .filter(({ scores }) => scores.some((score) => score.scope === scope))
    .sort((a, b) => aucIn(b, scope) - aucIn(a, scope) || a.trial - b.trial);

/** The scopes in which each trial goes on to the second rung. */
export function survivors(trials: readonly TrialScores[]): ReadonlyMap<number, readonly SearchScope[]> {
  const going = new Map<number, SearchScope[]>();
  for (const scope of SEARCH_SCOPES) {
    const able = ranked(trials, scope);
    const least = Math.ceil(able.length / HALVING);
    for (const [place, { trial }] of able.entries())
      if (place < least || trial === SHIPPED_TRIAL) going.set(trial, [...(going.get(trial) ?? []), scope]);
  }
  return going;
}

/** The best of those that ran on every inner fold of `scope`; null when there is none. */
export const chosenIn = (trials: readonly TrialScores[], scope: SearchScope): TrialScores | null =>
  ranked(trials, scope).find(({ scores }) => scores.filter((score) => score.scope === scope).length === INNER_FOLDS) ??
  null;

async function inParallel<T, R>(items: readonly T[], limit: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const left = items.map((item, index) => ({ item, index }));
  const results: R[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next.index] = await run(next.item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

export interface SearchCourse {
  /** Trials at a time. */
  readonly parallel: number;
  readonly onProgress: (progress: SearchProgress) => void;
}

/** No trial could be fitted; the message is why the first one could not. */
export class NothingFittedError extends RangeError {}

/** Rejects with what a step rejects with, and with NothingFittedError. */
export async function runSearch(
  request: SearchRequest,
  steps: SearchSteps,
  { parallel, onProgress }: SearchCourse,
): Promise<SearchOutcome> {
  onProgress(NO_PROGRESS);
  const plan = await steps.prepareSearch(request);
  const trials = new Map<number, TrialScores>();
  const best = (): SearchProgress['best'] => {
    const all = [...trials.values()];
    const first = chosenIn(all, 'all') ?? ranked(all, 'all').at(0);
    return first === undefined ? null : { trial: first.trial, auc: aucIn(first, 'all') };
  };
  const phase = async <T, R>(name: SearchProgress['phase'], tasks: readonly T[], run: (task: T) => Promise<R>) => {
    let finished = 0;
    const tell = (): void => onProgress({ phase: name, finished, planned: tasks.length, best: best() });
    tell();
    return inParallel(tasks, parallel, async (task) => {
      const result = await run(task);
      finished += 1;
      tell();
      return result;
    });
  };
  const runTrial = async (task: TrialTask): Promise<void> => {
    trials.set(task.trial, await steps.runTrial(task));
  };
  const numbers = Array.from({ length: request.trials }, (_item, i) => i + 1);
  const first = numbers.map((trial): TrialTask => ({ plan, trial, rung: 1, scopes: SEARCH_SCOPES }));
  await phase('rung-1', first, runTrial);
  const going = [...survivors([...trials.values()])];
  const second = going.map(([trial, scopes]): TrialTask => ({ plan, trial, rung: 2, scopes }));
  await phase('rung-2', second, runTrial);
  const all = [...trials.values()];
  const chosen = chosenIn(all, 'all');
  if (chosen === null)
    throw new NothingFittedError(all.find(({ failed }) => failed !== null)?.failed ?? 'There are no trials.');
  const judged = OUTER_SCOPES.flatMap((scope): readonly OuterTask[] => {
    const taken = chosenIn(all, scope)?.trial ?? SHIPPED_TRIAL;
    return [...new Set([taken, SHIPPED_TRIAL])].map((trial) => ({ plan, scope, trial }));
  });
  const outer = await phase('judging', judged, (task) => steps.judgeTrial(task));
  const outcome = outcomeOf(request, all, chosen, outer);
  await steps.finishSearch(plan, outcome);
  onProgress({ phase: 'done', finished: judged.length, planned: judged.length, best: best() });
  return outcome;
}

function outcomeOf(
  { searchId }: SearchRequest,
  all: readonly TrialScores[],
  chosen: TrialScores,
  outer: readonly OuterScore[],
): SearchOutcome {
  const aucOf = (scope: SearchScope, trial: number): number =>
    outer.find((score) => score.scope === scope && score.trial === trial)?.auc ?? 0.5;
  return {
    searchId,
    best: chosen.trial,
    innerAuc: aucIn(chosen, 'all'),
    nestedAuc: meanOf(OUTER_SCOPES.map((scope) => aucOf(scope, chosenIn(all, scope)?.trial ?? SHIPPED_TRIAL))),
    shippedAuc: meanOf(OUTER_SCOPES.map((scope) => aucOf(scope, SHIPPED_TRIAL))),
    outer,
    failed: all.filter(({ failed }) => failed !== null).length,
  };
}
