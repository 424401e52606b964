/**
 * From what all models make of a bar to one signal, with the evidence for it (requirements E2, E3, E6, E7, E12). Pure: `decide` calls it
 * live, in a back-test and in a replay of the audit log; a part that is missing is passed over, and the record says so.
 * Invariants: 1. the record holds everything that was given but the votes, so that votes and record give the same record again;
 * 2. without a usable stacker or usable weights the majority decides; 3. every part asked for and not used is in `skipped`.
 */
import { stackContributions, voteContributions } from './contribution';
import type { ScoreParts } from './contribution';
import { regimeName } from './regime';
import type { Regime, RegimeName, Volatility } from './regime';
import { combineVotes, stackedVote, weightOf } from './voting';
import type { VoteResult, VoteRule, Voting } from './voting';
import type { Signal, Vote } from './vote';

/** What settings make of regimes; empty ones change nothing. */
export interface RegimeRules {
  /** Instead of the general minimum confidence, where the regime is named. */
  readonly minConfidence: Readonly<Partial<Record<RegimeName, number>>>;
  /** No entry begins in these. */
  readonly suppressEntries: readonly RegimeName[];
  /** Share of the usual contracts that an entry takes, 0 … 1, by volatility. */
  readonly sizeShare: Readonly<Partial<Record<Volatility, number>>>;
}

export interface EnsembleRules {
  readonly voting: Voting;
  /** Smallest share of the votes, or probability, that the winner needs (E3). */
  readonly minConfidence: number;
  /** Whether the validator may veto entries (E6). */
  readonly validator: boolean;
  /** Smallest share of the run's voters that must vote, else hold; left out in records of versions without a quorum. */
  readonly minVoterShare?: number;
  /** What follows when the validator is on, the run has one, and it does not answer; left out: the entry goes on. */
  readonly validatorAbsent?: 'go-on' | 'no-entry';
  readonly regimes: RegimeRules;
}

export const MAJORITY_RULES: EnsembleRules = {
  voting: 'majority',
  minConfidence: 0.6,
  validator: false,
  regimes: { minConfidence: {}, suppressEntries: [], sizeShare: {} },
};

export type StackOpinion =
  | { readonly kind: 'absent'; readonly why: string }
  | {
      readonly kind: 'answered';
      readonly model: string;
      /** Calibrated. */
      readonly probabilities: Vote['probabilities'];
      /** By voter that the stacker reads: its score p(buy) − p(sell) with that voter's probabilities at their training mean. */
      readonly without: Readonly<Record<string, number>>;
    };

export type ValidatorOpinion =
  | { readonly kind: 'absent'; readonly why: string }
  | {
      readonly kind: 'answered';
      readonly model: string;
      /** Probability that a trade of this side is profitable after costs at the end of the label horizon. */
      readonly profitable: Readonly<Record<'buy' | 'sell', number>>;
      /** Below this probability such trades lost in training: mean loss / (mean gain + mean loss). */
      readonly breakEven: number;
    };

/** All that is known of a bar beside the votes. */
export interface SecondOpinions {
  readonly rules: EnsembleRules;
  /** By model, as Hedge has them; null when nobody keeps them. */
  readonly weights: Readonly<Record<string, number>> | null;
  readonly regime: Regime | null;
  readonly stack: StackOpinion;
  readonly validator: ValidatorOpinion;
  /** Stacker and validator read the votes before calibration, as in training; left out in records of versions that gave them corrected ones. */
  readonly metaVotes?: 'raw';
  /** Voters of the run, silent ones included; left out in records of versions that did not count them. */
  readonly voters?: number;
}

export interface EnsembleOpinion extends SecondOpinions {
  readonly votes: readonly Vote[];
}

export type EnsemblePart = 'stacker' | 'weights' | 'regime' | 'validator';

export type ValidatorVerdict =
  | { readonly verdict: 'off' | 'absent' }
  /** There was no trade to judge. */
  | { readonly verdict: 'not-asked' }
  | { readonly verdict: 'passed' | 'vetoed'; readonly probability: number; readonly breakEven: number };

export interface EnsembleRecord extends ScoreParts {
  readonly given: SecondOpinions;
  /** What decided: the voting asked for, or the majority in its place. */
  readonly used: Voting;
  readonly signal: Signal;
  readonly confidence: number;
  readonly shares: VoteResult['shares'];
  readonly why: string;
  readonly validator: ValidatorVerdict;
  readonly skipped: readonly { readonly part: EnsemblePart; readonly why: string }[];
  /** What kept an entry back that the other rules allowed; null when nothing did. */
  readonly stoppedBy: 'validator' | 'validator-absent' | 'regime' | null;
}

type Skip = EnsembleRecord['skipped'][number];

interface Judged {
  readonly used: Voting;
  readonly result: VoteResult;
  readonly parts: ScoreParts;
  readonly skipped: readonly Skip[];
}

/** Throws RangeError for a weight that is negative or not finite. */
export function judgeEnsemble(opinion: EnsembleOpinion): EnsembleRecord {
  const { rules, weights, regime, stack, validator: asked, metaVotes, voters } = opinion;
  const { used, result: voted, parts, skipped } = judgeVotes(opinion, minConfidenceOf(opinion));
  const result = withQuorum(opinion, voted);
  const validator = validatorVerdict(opinion, result.signal);
  return {
    ...parts,
    given: {
      rules,
      weights,
      regime,
      stack,
      validator: asked,
      ...(metaVotes && { metaVotes }),
      ...(voters !== undefined && { voters }),
    },
    used,
    signal: result.signal,
    confidence: result.confidence,
    shares: result.shares,
    why: result.why,
    validator,
    skipped: [...skipped, ...regimeSkips(opinion), ...validatorSkips(opinion)],
    stoppedBy: null,
  };
}

/** Few voters of many say nothing, however sure they are: then the signal is hold. */
function withQuorum({ rules: { minVoterShare }, votes, voters }: EnsembleOpinion, result: VoteResult): VoteResult {
  if (minVoterShare === undefined || voters === undefined || votes.length === 0) return result;
  if (votes.length >= minVoterShare * voters) return result;
  const why = `${votes.length} of ${voters} voters voted, ${Math.ceil(minVoterShare * voters)} needed`;
  return { ...result, signal: 'hold', why };
}

/** What is said of a run that has no validator by its card: nothing is missing. */
export const NO_VALIDATOR = 'the run has no validator';

/** Why an absent validator stops entries, or null. */
export function missedValidator({ rules, validator }: Pick<SecondOpinions, 'rules' | 'validator'>): string | null {
  const stops = rules.validator && rules.validatorAbsent === 'no-entry';
  return stops && validator.kind === 'absent' && validator.why !== NO_VALIDATOR ? validator.why : null;
}

/** What a decision was made from, as its record keeps it: how a replay decides again. */
export const recordedOpinion = (votes: readonly Vote[], { given }: EnsembleRecord): EnsembleOpinion => ({
  ...given,
  votes,
});

function minConfidenceOf({ rules, regime }: EnsembleOpinion): number {
  const own = regime === null ? undefined : rules.regimes.minConfidence[regimeName(regime)];
  return own ?? rules.minConfidence;
}

function judgeVotes(opinion: EnsembleOpinion, minConfidence: number): Judged {
  const { voting } = opinion.rules;
  switch (voting) {
    case 'majority':
      return byVotes(opinion, { vote: 'majority', minConfidence });
    case 'weighted':
      return byWeights(opinion, minConfidence);
    case 'stacked':
      return byStacker(opinion, minConfidence);
  }
}

function byVotes({ votes }: EnsembleOpinion, rule: VoteRule, skipped: readonly Skip[] = []): Judged {
  const parts = voteContributions(votes, (model) => weightOf(model, rule));
  return { used: rule.vote, result: combineVotes(votes, rule), parts, skipped };
}

function byWeights(opinion: EnsembleOpinion, minConfidence: number): Judged {
  const { votes, weights } = opinion;
  const unknown = votes
    .filter(({ model }) => weights === null || !Object.hasOwn(weights, model))
    .map(({ model }) => model);
  if (weights === null || unknown.length > 0) {
    const why = weights === null ? 'nobody keeps performance weights' : `no weight for ${unknown.join(', ')}`;
    return byVotes(opinion, { vote: 'majority', minConfidence }, [{ part: 'weights', why }]);
  }
  return byVotes(opinion, { vote: 'weighted', minConfidence, weights });
}

function byStacker(opinion: EnsembleOpinion, minConfidence: number): Judged {
  const { votes, stack } = opinion;
  switch (stack.kind) {
    case 'absent':
      return byVotes(opinion, { vote: 'majority', minConfidence }, [{ part: 'stacker', why: stack.why }]);
    case 'answered': {
      const unread = votes.filter(({ model }) => !Object.hasOwn(stack.without, model)).map(({ model }) => model);
      const why = `${stack.model} was fitted without ${unread.join(', ')}`;
      return {
        used: 'stacked',
        result: stackedVote(stack.probabilities, minConfidence),
        parts: stackContributions(votes, stack.probabilities, stack.without),
        skipped: unread.length === 0 ? [] : [{ part: 'stacker', why }],
      };
    }
  }
}

/** The regime is missed only where a rule asks for it. */
function regimeSkips({ rules: { regimes }, regime }: EnsembleOpinion): readonly Skip[] {
  const ruled = [regimes.minConfidence, regimes.sizeShare, regimes.suppressEntries].some(
    (rule) => Object.keys(rule).length > 0,
  );
  return ruled && regime === null ? [{ part: 'regime', why: 'too few bars to tell the regime' }] : [];
}

const validatorSkips = ({ rules, validator }: EnsembleOpinion): readonly Skip[] =>
  rules.validator && validator.kind === 'absent' ? [{ part: 'validator', why: validator.why }] : [];

function validatorVerdict({ rules, validator }: EnsembleOpinion, signal: Signal): ValidatorVerdict {
  if (!rules.validator) return { verdict: 'off' };
  switch (validator.kind) {
    case 'absent':
      return { verdict: 'absent' };
    case 'answered': {
      if (signal === 'hold') return { verdict: 'not-asked' };
      const { breakEven } = validator;
      const probability = validator.profitable[signal];
      return { verdict: probability < breakEven ? 'vetoed' : 'passed', probability, breakEven };
    }
  }
}
