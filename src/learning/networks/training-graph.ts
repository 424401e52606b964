/**
 * A whole training run of many steps as one ONNX graph: for each batch gather its rows, forward, backward, clip, Adam. The caller says
 * what the loss is; data, parameters and their moments stay outside.
 * Inputs: `parameters`, `mean`, `variance` (flat), `steps` (double), the data by their names (rows first), the settings by theirs
 * (scalars, `learning_rate` always), `order` [batches × batch size] of row numbers and `mask` of the same shape: 0 for a place left empty.
 * Outputs: the four states, and what the loss reports, one row a batch.
 */
import type { OnnxModel } from '../onnx/onnx-model';
import { adamStep } from './adam';
import type { AdamParameters } from './adam';
import { gradients } from './gradients';
import { FREE, Graph } from './graph';
import type { RealElement, Tensor } from './graph';
import { modelOf } from './graph-file';
import { loop } from './loop';
import { gatherRows } from './operators';
import { pack, unpack, countParameters } from './parameter-vector';
import type { NamedTensors, ParameterSpec } from './parameter-vector';

export interface DataSpec {
  readonly name: string;
  /** Of one row. */
  readonly shape: readonly number[];
  readonly element: 'real' | 'int64';
}

export interface Batch {
  /** The batch's rows of what is gathered. */
  readonly rows: NamedTensors;
  /** Data that are not gathered, whole: a batch may look around its rows. */
  readonly whole: NamedTensors;
  /** int64 row numbers of the batch. */
  readonly order: Tensor;
  /** 1 for a row, 0 for an empty place of the batch. */
  readonly mask: Tensor;
  /** Scalars that may change from run to run. */
  readonly settings: NamedTensors;
}

export interface Loss {
  readonly loss: Tensor;
  /** Scalars to watch, the loss itself if wanted. */
  readonly report: NamedTensors;
}

export interface TrainingProblem {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  readonly gathered: readonly DataSpec[];
  readonly whole: readonly DataSpec[];
  /** Names of scalars beside `learning_rate`. */
  readonly settings: readonly string[];
  readonly loss: (parameters: NamedTensors, batch: Batch) => Loss;
}

interface Frame {
  readonly gathered: NamedTensors;
  readonly whole: NamedTensors;
  readonly settings: NamedTensors;
}

function frameOf(graph: Graph, problem: TrainingProblem, settings: readonly string[]): Frame {
  const data = ({ name, shape, element }: DataSpec): readonly [string, Tensor] => [
    name,
    graph.input(name, [FREE, ...shape], element === 'real' ? graph.real : element),
  ];
  return {
    gathered: Object.fromEntries(problem.gathered.map(data)),
    whole: Object.fromEntries(problem.whole.map(data)),
    settings: Object.fromEntries(settings.map((name) => [name, graph.input(name, [])])),
  };
}

function batchOf({ gathered, whole, settings }: Frame, order: Tensor, mask: Tensor): Batch {
  const rows = Object.entries(gathered).map(([name, tensor]) => [name, gatherRows(tensor, order)] as const);
  return { rows: Object.fromEntries(rows), whole, settings, order, mask };
}

const inputsOf = ({ gathered, whole, settings }: Frame): readonly Tensor[] =>
  [gathered, whole, settings].flatMap((tensors) => Object.values(tensors));

export function trainingModel(
  problem: TrainingProblem,
  batchSize: number,
  adam: AdamParameters,
  real: RealElement = 'float',
): OnnxModel {
  const graph = new Graph(real);
  const size = countParameters(problem.parameters);
  const frame = frameOf(graph, problem, [...problem.settings, 'learning_rate']);
  const states = [
    ...['parameters', 'mean', 'variance'].map((name) => graph.input(name, [size])),
    graph.input('steps', [], 'double'),
  ];
  const order = graph.input('order', [FREE, batchSize], 'int64');
  const mask = graph.input('mask', [FREE, batchSize]);
  const batches = graph.input('batches', [], 'int64');
  let reports: readonly string[] = [];
  const { carried, kept } = loop(graph, batches, states, (_body, turn, [vector, mean, variance, steps]) => {
    const parameters = unpack(vector, problem.parameters);
    const batch = batchOf(frame, gatherRows(order, turn), gatherRows(mask, turn));
    const { loss, report } = problem.loss(parameters, batch);
    const gradient = pack(gradients(loss, Object.values(parameters)));
    const next = adamStep({ parameters: vector, mean, variance, steps }, gradient, frame.settings.learning_rate, adam);
    reports = Object.keys(report);
    return { carried: [next.parameters, next.mean, next.variance, next.steps], kept: Object.values(report) };
  });
  const outputs = [
    ...states.map(({ name }, i) => ({ name: `next_${name}`, tensor: carried[i] })),
    ...reports.map((name, i) => ({ name, tensor: kept[i] })),
  ];
  return modelOf(problem.name, graph, [...inputsOf(frame), ...states, order, mask, batches], outputs);
}

/** Only what the loss reports under the problem's settings, of the rows in `order` [rows] with their `mask`: no parameter changes. */
export function evaluationModel(problem: TrainingProblem, rows: number, real: RealElement = 'float'): OnnxModel {
  const graph = new Graph(real);
  const frame = frameOf(graph, problem, problem.settings);
  const parameters = graph.input('parameters', [countParameters(problem.parameters)]);
  const order = graph.input('order', [rows], 'int64');
  const mask = graph.input('mask', [rows]);
  const { report } = problem.loss(unpack(parameters, problem.parameters), batchOf(frame, order, mask));
  const outputs = Object.entries(report).map(([name, tensor]) => ({ name, tensor }));
  return modelOf(problem.name, graph, [...inputsOf(frame), parameters, order, mask], outputs);
}
