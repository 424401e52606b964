/**
 * Comparing a decision with its recomputation from journal and models (pure).
 * Invariants:
 *  1. On the machine's own terms (same CPU model, Node and ONNX Runtime) nothing but bit-for-bit equality is `equal`.
 *  2. Elsewhere probabilities may differ by BOUNDARY; a decision may differ only if a vote, or the stacker's or the validator's word, lay that
 *     close to its boundary, and is named.
 */
import type { DecisionRecord, Vote } from '../domain/proposals';
import { regimeName } from '../domain/regime';

/** Two probabilities this close may change places on another CPU. */
export const BOUNDARY = 1e-5;

export type Outcome = 'equal' | 'equal-decision' | 'within-boundary' | 'differing';

export interface Comparison {
  readonly decisionId: string;
  readonly outcome: Outcome;
  /** Fields that differ, with what was recorded and what came out now; empty when equal. */
  readonly differences: readonly { readonly field: string; readonly recorded: string; readonly replayed: string }[];
}

export const isSameRuntime = (a: DecisionRecord['runtime'], b: DecisionRecord['runtime']): boolean =>
  a.node === b.node && a.onnxruntime === b.onnxruntime && a.cpu === b.cpu;

/** Fields that the decision is, and fields that are evidence for it. `runtime` says where, and `session` is given to the replay. */
const DECISION_FIELDS = ['signal', 'action', 'reason'] as const;
const EVIDENCE_FIELDS = [
  'featureHash',
  'schemaHash',
  'modelRun',
  'votes',
  'skipped',
  'confidence',
  'ensemble',
  'warmupFrom',
] as const;

/** How a recomputed decision compares with the recorded one. */
export function compareDecision(recorded: DecisionRecord, replayed: DecisionRecord, sameRuntime: boolean): Comparison {
  const differences = [...DECISION_FIELDS, ...EVIDENCE_FIELDS].flatMap((field) => {
    // A record of an earlier version does not say how its votes became the signal.
    if (recorded[field] === undefined) return [];
    const [was, is] = [JSON.stringify(recorded[field]), JSON.stringify(replayed[field])];
    return was === is ? [] : [{ field, recorded: was, replayed: is }];
  });
  return {
    decisionId: recorded.decisionId,
    outcome: outcomeOf(recorded, replayed, sameRuntime, differences),
    differences,
  };
}

function outcomeOf(
  recorded: DecisionRecord,
  replayed: DecisionRecord,
  sameRuntime: boolean,
  differences: Comparison['differences'],
): Outcome {
  if (differences.length === 0) return 'equal';
  if (sameRuntime || !votesClose(recorded.votes, replayed.votes)) return 'differing';
  const decisionDiffers = differences.some(({ field }) => (DECISION_FIELDS as readonly string[]).includes(field));
  if (!decisionDiffers) return 'equal-decision';
  const isBetween =
    [...recorded.votes, ...replayed.votes].some(isAtBoundary) || [recorded, replayed].some(isJudgedAtBoundary);
  return isBetween ? 'within-boundary' : 'differing';
}

/** The same models voted, with probabilities that differ by rounding only. */
function votesClose(a: readonly Vote[], b: readonly Vote[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (vote, i) =>
        vote.model === b[i].model &&
        vote.probabilities.every((probability, k) => Math.abs(probability - b[i].probabilities[k]) <= BOUNDARY),
    )
  );
}

/** The stacker's word or the validator's lay that close to where it would have been another. */
function isJudgedAtBoundary({ ensemble }: DecisionRecord): boolean {
  if (ensemble === undefined) return false;
  const { given, used, confidence, validator } = ensemble;
  const { rules, regime, stack } = given;
  const needed = (regime && rules.regimes.minConfidence[regimeName(regime)]) ?? rules.minConfidence;
  return (
    // Shares of votes are counted, not computed: only a stacker's rounds.
    (used === 'stacked' && stack.kind === 'answered' && isAtBoundary(stack)) ||
    (used === 'stacked' && Math.abs(confidence - needed) <= BOUNDARY) ||
    ('probability' in validator && Math.abs(validator.probability - validator.breakEven) <= BOUNDARY)
  );
}

function isAtBoundary({ probabilities }: Pick<Vote, 'probabilities'>): boolean {
  const [first, second] = [...probabilities].sort((a, b) => b - a);
  return first - second <= BOUNDARY;
}
