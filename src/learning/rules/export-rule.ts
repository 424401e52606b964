/**
 * A rule as an ONNX graph, so that it votes as every other model does: `features` [rows × columns], or [rows × window × columns] with the
 * oldest row first, → `probabilities` [rows × 3]. Comparisons are in double precision, as evaluate-rule.ts makes them.
 */
import { nodeOf, TO_DOUBLE } from '../onnx/double-graph';
import { encodeModel, type OnnxNode, type OnnxTensor } from '../onnx/onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import { BUY, CLASS_NAMES, HOLD, SELL } from '../labels';
import { sideProbabilities } from './evaluate-rule';
import { windowOf, type NumberPair, type RuleCondition, type RuleNumber, type TradingRule } from './trading-rule';

const WIDE = 'wide_features';
const REDUCTION = { mean: 'ReduceMean', min: 'ReduceMin', max: 'ReduceMax' } as const;

interface Graph {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  readonly columns: readonly string[];
  readonly window: number;
  /** By what was asked for: nothing is computed twice. */
  readonly made: Map<string, string>;
}

/** The file's bytes; `columns` are the schema's model columns in their order. */
export function exportRule(
  rule: TradingRule,
  columns: readonly string[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const window = windowOf(rule);
  const graph: Graph = {
    nodes: [nodeOf('Cast', [INPUT_NAME], WIDE, [TO_DOUBLE])],
    initializers: [],
    columns,
    window,
    made: new Map(),
  };
  graph.initializers.push({ name: 'last_axis', dims: [1], data: BigInt64Array.of(1n) });
  const buys = rule.buy === null ? null : conditionNode(graph, rule.buy);
  const sells = rule.sell === null ? null : conditionNode(graph, rule.sell);
  const hold = sideTensor(graph, rule, 'hold', HOLD);
  const sellOrHold = sideNode(graph, rule, 'sell', SELL, alone(graph, 'sell', sells, buys), hold);
  const answer = sideNode(graph, rule, 'buy', BUY, alone(graph, 'buy', buys, sells), sellOrHold);
  graph.nodes.push(nodeOf('Identity', [answer], OUTPUT_NAME));
  const dims = window === 1 ? ['rows', columns.length] : ['rows', window, columns.length];
  return encodeModel({
    name: rule.name,
    inputs: [{ name: INPUT_NAME, dims }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', CLASS_NAMES.length] }],
    nodes: graph.nodes,
    initializers: graph.initializers,
    metadata,
  });
}

/** Said by one side and not by the other. */
function alone(graph: Graph, name: string, says: string | null, other: string | null): string | null {
  if (says === null || other === null) return says;
  graph.nodes.push(nodeOf('Not', [other], `not_against_${name}`));
  graph.nodes.push(nodeOf('And', [says, `not_against_${name}`], `${name}_alone`));
  return `${name}_alone`;
}

function sideTensor(graph: Graph, rule: TradingRule, name: string, side: number): string {
  const data = Float32Array.from(sideProbabilities(rule, side));
  graph.initializers.push({ name: `${name}_vote`, dims: [1, data.length], data });
  return `${name}_vote`;
}

/** The side's vote where `says`, `otherwise` elsewhere. */
function sideNode(
  graph: Graph,
  rule: TradingRule,
  name: string,
  side: number,
  says: string | null,
  otherwise: string,
): string {
  if (says === null) return otherwise;
  const vote = sideTensor(graph, rule, name, side);
  graph.nodes.push(nodeOf('Unsqueeze', [says, 'last_axis'], `${name}_rows`));
  graph.nodes.push(nodeOf('Where', [`${name}_rows`, vote, otherwise], `${name}_or_other`));
  return `${name}_or_other`;
}

/** Makes a value once; `build` gets its name. */
function once(graph: Graph, asked: string, build: (name: string) => void): string {
  const known = graph.made.get(asked);
  if (known !== undefined) return known;
  const name = `value_${graph.made.size}`;
  graph.made.set(asked, name);
  build(name);
  return name;
}

function conditionNode(graph: Graph, one: RuleCondition): string {
  return once(graph, JSON.stringify(one), (name) => {
    const compare = (op: 'Less' | 'Greater', [a, b]: NumberPair, before: number): string =>
      once(graph, JSON.stringify([op, a, b, before]), (made) =>
        graph.nodes.push(nodeOf(op, [numberNode(graph, a, before), numberNode(graph, b, before)], made)),
      );
    const crossing = (op: 'Less' | 'Greater', numbers: NumberPair): void => {
      const now = compare(op, numbers, 0);
      graph.nodes.push(nodeOf('Not', [compare(op, numbers, 1)], `${name}_not_before`));
      graph.nodes.push(nodeOf('And', [now, `${name}_not_before`], name));
    };
    const joining = (op: 'And' | 'Or', branches: readonly RuleCondition[]): void => {
      const [first, ...rest] = branches.map((branch) => conditionNode(graph, branch));
      rest.reduce((joined, branch, i) => {
        const output = i === rest.length - 1 ? name : `${name}_${i}`;
        graph.nodes.push(nodeOf(op, [joined, branch], output));
        return output;
      }, first);
    };
    if ('less' in one) graph.nodes.push(nodeOf('Identity', [compare('Less', one.less, 0)], name));
    else if ('greater' in one) graph.nodes.push(nodeOf('Identity', [compare('Greater', one.greater, 0)], name));
    else if ('crosses_above' in one) crossing('Greater', one.crosses_above);
    else if ('crosses_below' in one) crossing('Less', one.crosses_below);
    else if ('all' in one) joining('And', one.all);
    else if ('any' in one) joining('Or', one.any);
    else graph.nodes.push(nodeOf('Not', [conditionNode(graph, one.not)], name));
  });
}

function numberNode(graph: Graph, one: RuleNumber, before: number): string {
  return once(graph, JSON.stringify(['number', one, 'number' in one ? 0 : before]), (name) => {
    if ('number' in one) {
      graph.initializers.push({ name, dims: [], data: Float64Array.of(one.number) });
      return;
    }
    const last = graph.window - 1 - before;
    if (!('window' in one)) {
      gatherColumn(graph, gatherRows(graph, name, [last - (one.ago ?? 0)], true), one.column, name, 1);
      return;
    }
    const rows = Array.from({ length: one.bars }, (_, ago) => last - ago);
    gatherColumn(graph, gatherRows(graph, name, rows, false), one.column, `${name}_values`, 2);
    const attributes = [
      { name: 'axes', type: 'ints', value: [1] },
      { name: 'keepdims', type: 'int', value: 0 },
    ] as const;
    graph.nodes.push(nodeOf(REDUCTION[one.window], [`${name}_values`], name, attributes));
  });
}

/** Rows of the window: [rows × columns] of one, [rows × n × columns] of several. */
function gatherRows(graph: Graph, name: string, rows: readonly number[], single: boolean): string {
  if (graph.window === 1) return WIDE;
  graph.initializers.push({
    name: `${name}_at`,
    dims: single ? [] : [rows.length],
    data: BigInt64Array.from(rows, (row) => BigInt(row)),
  });
  graph.nodes.push(nodeOf('Gather', [WIDE, `${name}_at`], `${name}_bars`, [{ name: 'axis', type: 'int', value: 1 }]));
  return `${name}_bars`;
}

function gatherColumn(graph: Graph, from: string, column: string, output: string, axis: number): void {
  const index = `${output}_column`;
  graph.initializers.push({ name: index, dims: [], data: BigInt64Array.of(BigInt(graph.columns.indexOf(column))) });
  graph.nodes.push(nodeOf('Gather', [from, index], output, [{ name: 'axis', type: 'int', value: axis }]));
}
