/**
 * LSTM and GRU classifiers of the window of rows that ends at each row; PyTorch's layers and parameter names, behind a standard scaler.
 * The exported file is asked with the last `window` feature rows, [1 × window × columns], oldest first; it keeps no state between bars,
 * so that a restart changes no vote.
 * A window never reaches before its series' first row: that row is repeated instead, in training and prediction alike. A series begins at
 * a break mark (a roll, a gap) and at the first row whose columns are warm: warm-up rows have no value and belong to no window.
 */
import type { Dataset, Probabilities } from '../dataset';
import type { ColumnSelection } from '../onnx/column-selection';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { checkCell, checkCounts, checkFitParameters } from './check-parameters';
import { FIT_DEFAULTS, fitNetwork } from './fit-network';
import type { FitParameters } from './fit-network';
import { windowClassification } from './losses';
import { classNames, classProbabilities, exportClassifier } from './network-classifier';
import type { ClassifierOptions, FittedNetworkClassifier } from './network-classifier';
import { recurrentNetwork } from './recurrent';
import type { Cell } from './recurrent-shape';
import { scaledData } from './training-data';

export interface SequenceParameters extends FitParameters {
  readonly cell: Cell;
  readonly hidden_size: number;
  readonly num_layers: number;
  /** Rows that the network sees, the row to be judged included. */
  readonly window: number;
}

/** Gradients through many steps can explode: they are clipped. */
export const LSTM_DEFAULTS: SequenceParameters = {
  ...FIT_DEFAULTS,
  cell: 'lstm',
  hidden_size: 32,
  num_layers: 1,
  window: 20,
  batch_size: 64,
  max_iter: 50,
  max_grad_norm: 1,
};

export const GRU_DEFAULTS: SequenceParameters = { ...LSTM_DEFAULTS, cell: 'gru' };

/** Row numbers at which a new series begins (a roll, a break), ascending; 0 always is one. */
export type SeriesStarts = readonly number[];

/** For each row the first row of its series. Throws InvalidParameterError for starts that don't ascend or lie outside. */
function firstRowsOf(rows: number, starts: SeriesStarts): Int32Array {
  const first = new Int32Array(rows);
  let before = -1;
  for (const start of starts) {
    if (!Number.isInteger(start) || start <= before || start >= rows) {
      throw new InvalidParameterError(`A series can't start at row ${start} of ${rows}: starts ascend from 0.`);
    }
    first.fill(start, start);
    before = start;
  }
  return first;
}

/** Rows in time order within each series. Throws as fitMlpClassifier does. */
export async function fitSequenceClassifier(
  data: Dataset,
  starts: SeriesStarts,
  parameters: SequenceParameters,
  options: ClassifierOptions = {},
): Promise<FittedNetworkClassifier> {
  const { cell, hidden_size, num_layers, window } = parameters;
  const { rows, columns, classes } = data;
  checkFitParameters(parameters);
  checkCell(cell);
  checkCounts({ hidden_size, num_layers, window });
  const names = classNames(classes, options);
  const { scaler, x, y, weight } = scaledData(data, parameters, options);
  const first = { values: firstRowsOf(rows, starts), dims: [rows] };
  const network = recurrentNetwork({ cell, columns, hidden_size, num_layers, outputs: classes });
  const problem = windowClassification(network, columns, classes, window);
  const fitted = await fitNetwork(problem, { x, y, weight, first }, rows, parameters, options);
  return { network, scaler, window, classes: names, ...fitted };
}

/** The windows that end at each row, rows × window × columns: what the exported file is asked with. */
export function windowsOf(x: Float32Array, columns: number, window: number, starts: SeriesStarts): Float32Array {
  const rows = x.length / columns;
  const first = firstRowsOf(rows, starts);
  const out = new Float32Array(rows * window * columns);
  for (let r = 0; r < rows; r += 1) {
    for (let k = 0; k < window; k += 1) {
      const from = Math.max(first[r], r + k + 1 - window) * columns;
      out.set(x.subarray(from, from + columns), (r * window + k) * columns);
    }
  }
  return out;
}

/** Class probabilities of rows × columns in time order within each series, in double precision. */
export function predictSequence(
  model: FittedNetworkClassifier,
  x: Float32Array,
  starts: SeriesStarts,
): Promise<Probabilities> {
  return classProbabilities(model, windowsOf(x, model.scaler.mean.length, model.window ?? 1, starts));
}

/** The file that votes: `features` [rows × window × columns], oldest row first, → `probabilities` [rows × classes]. */
export const exportSequence = (
  model: FittedNetworkClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array => exportClassifier(model, name, metadata, selection);
