/** A graph that was fitted on some of the model columns, made to read all of them: what votes has one input for every model of a run. */
import type { OnnxModel, OnnxNode } from './onnx-model';
import { INPUT_NAME } from './voting-graph';

export interface ColumnSelection {
  /** Columns that the file is given. */
  readonly total: number;
  /** Those that the model was fitted on, in its order. */
  readonly kept: readonly number[];
}

const SELECTED = 'selected_features';
const INDEXES = 'selected_columns';

/** `model` behind a Gather of its last dimension; itself when nothing was selected. */
export function selecting(model: OnnxModel, selection: ColumnSelection | undefined): OnnxModel {
  if (selection === undefined) return model;
  const { total, kept } = selection;
  const axis = Math.max(...model.inputs.map(({ dims }) => dims.length)) - 1;
  const gather: OnnxNode = {
    op: 'Gather',
    inputs: [INPUT_NAME, INDEXES],
    outputs: [SELECTED],
    attributes: [{ name: 'axis', type: 'int', value: axis }],
  };
  const fromSelected = (node: OnnxNode): OnnxNode => ({
    ...node,
    inputs: node.inputs.map((name) => (name === INPUT_NAME ? SELECTED : name)),
  });
  return {
    ...model,
    inputs: model.inputs.map((input) =>
      input.name === INPUT_NAME ? { ...input, dims: [...input.dims.slice(0, -1), total] } : input,
    ),
    nodes: [gather, ...model.nodes.map(fromSelected)],
    initializers: [
      ...model.initializers,
      { name: INDEXES, dims: [kept.length], data: BigInt64Array.from(kept, (column) => BigInt(column)) },
    ],
  };
}
