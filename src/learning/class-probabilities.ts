/** From a model's answer to the three probabilities of a vote, whatever classes it knows and in which order it gives them. Pure. */
import type { Vote } from '../domain/proposals';

export type ClassName = 'sell' | 'hold' | 'buy';
/** Logits are turned into probabilities by softmax. */
export type OutputKind = 'probabilities' | 'logits';

/** What is said of an answer with NaN or an infinity in it; a breach of requirement E10 when the champion gives one. */
export const NOT_NUMBERS = 'not all of them numbers';

/** float32 sums of three, and models that round. */
const SUM_TOLERANCE = 1e-3;

/** Why these classes cannot vote, or null: sell and buy are needed, hold may be missing, each at most once. */
export function classesTrouble(classes: readonly ClassName[]): string | null {
  const isSet = new Set(classes).size === classes.length;
  return isSet && classes.includes('sell') && classes.includes('buy')
    ? null
    : `its classes are ${classes.join(', ') || 'none'}: sell and buy are needed, hold may be missing, each once`;
}

/** Probabilities sell, hold, buy of one row; or why the answer is none, as the end of the sentence "it …". */
export function classProbabilities(
  answer: readonly number[],
  classes: readonly ClassName[],
  kind: OutputKind,
): Vote['probabilities'] | string {
  // Told on failure only: writing numbers out costs more than reading them.
  const said = (): string => `answered ${answer.join(', ')}`;
  if (answer.length !== classes.length) return `${said()}: ${answer.length} figures for ${classes.length} classes`;
  if (!answer.every((figure) => Number.isFinite(figure))) return `${said()}: ${NOT_NUMBERS}`;
  const figures = kind === 'logits' ? softmax(answer) : answer;
  const sum = figures.reduce((total, figure) => total + figure, 0);
  if (figures.some((p) => p < -SUM_TOLERANCE) || Math.abs(sum - 1) > SUM_TOLERANCE) {
    return `${said()}: not probabilities (their sum is ${sum})`;
  }
  const of = (name: ClassName): number => figures[classes.indexOf(name)] ?? 0;
  return [of('sell'), of('hold'), of('buy')];
}

function softmax(logits: readonly number[]): readonly number[] {
  const top = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
