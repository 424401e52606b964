/** What an ensemble did, in words: one phrase of a decision, one line of an instrument's day. Pure. */
import type { EnsembleDay } from '../activities/market-feed/judged-entries';
import type { EnsembleRecord } from '../domain/decision-ensemble';
import type { VetoCounts } from '../domain/decision-vetoes';
import { regimeName } from '../domain/regime';

/** Models named as having moved a decision; JSON has all of them. */
const SHOWN_MODELS = 5;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** `moved by sgd +0.50, forest −0.50`: largest first, those that moved nothing left out. */
function contributionsText({ contributions, rest }: EnsembleRecord): string {
  const moving = contributions
    .filter(({ toScore }) => toScore !== 0)
    .sort((a, b) => Math.abs(b.toScore) - Math.abs(a.toScore));
  const named = moving.slice(0, SHOWN_MODELS).map(({ model, toScore }) => `${model} ${signed(toScore)}`);
  const others = moving.length > SHOWN_MODELS ? [`${moving.length - SHOWN_MODELS} more`] : [];
  const besides = Math.abs(rest) < 0.005 ? [] : [`besides them ${signed(rest)}`];
  const parts = [...named, ...others, ...besides];
  return parts.length === 0 ? '' : `moved by ${parts.join(', ')}`;
}

function stackerText({ given: { stack } }: EnsembleRecord): string {
  if (stack.kind === 'absent') return '';
  const [sell, hold, buy] = stack.probabilities.map((p) => p.toFixed(2));
  return `${stack.model}: sell ${sell} hold ${hold} buy ${buy}`;
}

/** The verdict where it was asked for one, else what it would have said. */
function validatorText({ validator, given }: EnsembleRecord): string {
  const opinion = given.validator;
  if (opinion.kind === 'absent') return '';
  switch (validator.verdict) {
    case 'passed':
    case 'vetoed':
      return `validator ${validator.verdict}: profitable ${validator.probability.toFixed(2)}, ${validator.breakEven.toFixed(2)} needed`;
    case 'off':
    case 'not-asked':
    case 'absent': {
      const { buy, sell } = opinion.profitable;
      return `validator not asked: a buy profitable ${buy.toFixed(2)}, a sell ${sell.toFixed(2)}, ${opinion.breakEven.toFixed(2)} needed`;
    }
  }
}

/** Contributions, the stacker's and the validator's word, the regime, and what was asked for and missing; empty without votes. */
export function ensembleText(record: EnsembleRecord): string {
  const { given, skipped, contributions } = record;
  if (contributions.length === 0) return '';
  return [
    contributionsText(record),
    stackerText(record),
    validatorText(record),
    given.regime === null ? '' : `regime ${regimeName(given.regime)}`,
    ...skipped.map(({ part, why }) => `without ${part}: ${why}`),
  ]
    .filter(Boolean)
    .join('; ');
}

/** `sgd 0.55 forest 0.45`, heaviest first. */
const weightsText = (weights: Readonly<Record<string, number>>): string =>
  Object.entries(weights)
    .sort(([, a], [, b]) => b - a)
    .map(([model, weight]) => `${model} ${weight.toFixed(2)}`)
    .join(' ');

const vetoesText = ({ passed, vetoed, saved, missed }: VetoCounts): string =>
  `vetoed ${vetoed}, passed ${passed}, saved ${saved.toFixed(2)} and missed ${missed.toFixed(2)} points`;

/** `ES  vetoed 3, passed 9, saved 4.25 and missed 1.50 points · weights sgd 0.55 forest 0.45`; null when there is nothing to say. */
export function ensembleDayText({ symbol, vetoes, weights }: EnsembleDay): string | null {
  const parts = [
    vetoes.passed + vetoes.vetoed === 0 ? '' : vetoesText(vetoes),
    weights === null ? '' : `weights ${weightsText(weights)}`,
  ].filter(Boolean);
  return parts.length === 0 ? null : `${symbol.padEnd(2)} ${parts.join(' · ')}`;
}
