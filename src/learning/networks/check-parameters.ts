/** What the network estimators refuse before they start. */
import { InvalidParameterError } from '../trees/invalid-parameter';
import type { FitParameters } from './fit-network';
import type { Activation } from './network';
import type { Cell } from './recurrent-shape';

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
const isShare = (value: number): boolean => value > 0 && value < 1;
const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);
const isNotNegative = (value: number): boolean => value >= 0 && Number.isFinite(value);

type Rule = readonly [name: keyof FitParameters, allowed: (value: number) => boolean, text: string];
const RULES: readonly Rule[] = [
  ['learning_rate_init', isPositive, 'above 0'],
  ['batch_size', isCount, "a whole number above 0, or 'auto'"],
  ['max_iter', isCount, 'a whole number above 0'],
  ['tol', isNotNegative, '0 or more'],
  ['n_iter_no_change', isCount, 'a whole number above 0'],
  ['validation_fraction', isShare, 'above 0 and below 1'],
  ['beta_1', (value) => value >= 0 && value < 1, 'from 0 to below 1'],
  ['beta_2', (value) => value >= 0 && value < 1, 'from 0 to below 1'],
  ['epsilon', isPositive, 'above 0'],
  ['weight_decay', isNotNegative, '0 or more'],
  ['max_grad_norm', isPositive, 'above 0, or null'],
  ['random_state', Number.isInteger, 'a whole number'],
];

/** Throws InvalidParameterError. */
export function checkFitParameters(parameters: FitParameters): void {
  for (const [name, allowed, text] of RULES) {
    const value = parameters[name];
    if ((name === 'batch_size' && value === 'auto') || (name === 'max_grad_norm' && value === null)) continue;
    if (typeof value !== 'number' || !allowed(value)) throw refused(name, value, text);
  }
}

/** Throws InvalidParameterError unless all are whole numbers above 0. */
export function checkCounts(counts: Readonly<Record<string, number | readonly number[]>>): void {
  for (const [name, value] of Object.entries(counts)) {
    const bad = [value].flat().find((count) => !isCount(count));
    if (bad !== undefined) throw refused(name, bad, 'made of whole numbers above 0');
  }
}

/** Throws InvalidParameterError. */
export function checkAlpha(alpha: number): void {
  if (!isNotNegative(alpha)) throw refused('alpha', alpha, '0 or more');
}

const ACTIVATIONS: readonly string[] = ['identity', 'logistic', 'tanh', 'relu'] satisfies Activation[];

/** Throws InvalidParameterError: names may come from a configuration. */
export function checkActivation(activation: string): void {
  if (!ACTIVATIONS.includes(activation)) throw refused('activation', activation, `one of ${ACTIVATIONS.join(', ')}`);
}

const CELLS: readonly string[] = ['lstm', 'gru'] satisfies Cell[];

/** Throws InvalidParameterError. */
export function checkCell(cell: string): void {
  if (!CELLS.includes(cell)) throw refused('cell', cell, `one of ${CELLS.join(', ')}`);
}

const refused = (name: string, value: number | string | boolean | null, text: string): InvalidParameterError =>
  new InvalidParameterError(`${name} is ${value}: it has to be ${text}.`);
