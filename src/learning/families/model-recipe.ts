/** What every family that votes is to the rest of learning: a name, parameters, a fit whose result leaves through ONNX. */
import { seedOf } from '../random';
import { InvalidParameterError } from '../trees/invalid-parameter';
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
  /** The same family with some parameters changed. Throws InvalidParameterError for a name or a kind of value that is not the family's. */
  tuned?(changes: Parameters): ModelRecipe;
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

/** 'sqrt' or 'auto', or a number. */
const NAMED_OR_NUMBER: ReadonlySet<string> = new Set(['max_features', 'batch_size']);

const kindOf = (value: unknown): string => (value === null || value === Infinity ? 'null' : typeof value);

/** `parameters` with `changes`; null stands for no limit. Ranges are the estimator's own to check. Throws InvalidParameterError. */
export function changed<P extends object>(family: string, parameters: P, changes: Parameters): P {
  const own = parameters as Readonly<Record<string, Value>>;
  const entries = Object.entries(changes).map(([name, value]) => {
    if (!Object.hasOwn(own, name) || name === 'random_state')
      throw new InvalidParameterError(
        `${family} has no parameter "${name}"; it has ${Object.keys(recorded(parameters)).join(', ')}.`,
      );
    const kinds = [kindOf(own[name]), kindOf(value)];
    if (kinds[0] !== kinds[1] && !kinds.includes('null') && !NAMED_OR_NUMBER.has(name))
      throw new InvalidParameterError(`${family}: ${name} is ${JSON.stringify(value)}; give a ${kinds[0]}.`);
    return [name, value === null && own[name] === Infinity ? Infinity : value] as const;
  });
  return { ...parameters, ...Object.fromEntries(entries) };
}
