/** What every family that votes is to the rest of learning: a name, parameters, a fit whose result leaves through ONNX. */
import { seedOf } from '../random';
import type { ColumnSelection } from '../onnx/column-selection';
import type { ClassifierRecipe, FittedClassifier } from '../evaluation/classifier-contract';

export interface FittedModel extends FittedClassifier {
  /** The file that votes, equal to `predict` within 1e-5; with a selection it reads all columns and picks its own. */
  toOnnx(metadata: Readonly<Record<string, string>>, selection?: ColumnSelection): Uint8Array;
}

/** JSON-safe: what has no limit is null. */
export type ParameterValue = number | string | boolean | null | readonly number[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

export interface ModelRecipe extends ClassifierRecipe<FittedModel> {
  /** The estimator's name in the library that users know it from. */
  readonly family: string;
  readonly parameters: Parameters;
  /** Rows that the file reads at once, the judged one last; null for one row. */
  readonly window: number | null;
}

/** Each model of each instrument draws its own numbers. */
export const recipeSeed = (seed: number, symbol: string, model: string): number => seedOf(seed, symbol, model);

type Value = ParameterValue | undefined;

/** As the manifest keeps them: numbers without a limit become null, the seed is the fit's own. */
export const recorded = (parameters: object): Parameters =>
  Object.fromEntries(
    (Object.entries(parameters) as [string, Value][])
      .filter(([name, value]) => name !== 'random_state' && value !== undefined)
      .map(([name, value]) => [name, value === Infinity ? null : (value ?? null)]),
  );
