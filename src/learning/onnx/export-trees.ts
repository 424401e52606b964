/**
 * Tree models as one TreeEnsembleClassifier (ai.onnx.ml 3): `value <= threshold` goes to the true branch. A forest's leaf weights add up to
 * shares; boosted trees' to raw scores, which a softmax turns into probabilities.
 */
import type { BoostedTrees } from '../trees/gradient-boosting';
import type { Forest } from '../trees/random-forest';
import { LEAF } from '../trees/tree';
import type { Tree } from '../trees/tree';
import { selecting } from './column-selection';
import type { ColumnSelection } from './column-selection';
import { encodeModel, ML_DOMAIN } from './onnx-model';
import type { OnnxAttribute, OnnxModel } from './onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from './voting-graph';

/** What one leaf adds to one class. */
type LeafWeight = readonly [classId: number, weight: number];

interface TreeEnsemble {
  readonly columns: number;
  readonly classes: number;
  readonly trees: readonly Tree[];
  readonly leafWeights: (tree: Tree, treeId: number, node: number) => readonly LeafWeight[];
  readonly postTransform: 'NONE' | 'SOFTMAX';
  /** Score of each class before the first tree; null: 0. */
  readonly baseValues: readonly number[] | null;
}

export function exportForest(
  forest: Forest,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array {
  const { trees, classes } = forest;
  const leafWeights = (tree: Tree, _treeId: number, node: number): readonly LeafWeight[] =>
    Array.from({ length: classes }, (_item, c) => [c, tree.values[node * classes + c] / trees.length] as const);
  const graph = ensembleGraph({ ...forest, leafWeights, postTransform: 'NONE', baseValues: null }, name, metadata);
  return encodeModel(selecting(graph, selection));
}

/**
 * Two classes have one tree a round, of class 1; class 0 has score 0, and the softmax of (0, s) is the sigmoid of s. ONNX Runtime has rules
 * of its own for two classes: LOGISTIC is left out when no leaf weight is below 0, and base_values make the scores ±s. Hence a softmax over
 * leaf weights for both classes, the first tree's carrying the base.
 */
export function exportBoosting(
  model: BoostedTrees,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array {
  const { baseScores, classes } = model;
  const leafWeights = (tree: Tree, treeId: number, node: number): readonly LeafWeight[] => {
    const value = tree.values[node];
    if (classes > 2) return [[treeId % classes, value]];
    return [
      [0, 0],
      [1, treeId === 0 ? value + baseScores[0] : value],
    ];
  };
  const baseValues = classes > 2 ? [...baseScores] : null;
  const graph = ensembleGraph({ ...model, leafWeights, postTransform: 'SOFTMAX', baseValues }, name, metadata);
  return encodeModel(selecting(graph, selection));
}

function ensembleGraph(ensemble: TreeEnsemble, name: string, metadata: Readonly<Record<string, string>>): OnnxModel {
  const { classes, columns } = ensemble;
  return {
    name,
    inputs: [{ name: INPUT_NAME, dims: ['rows', columns] }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', classes] }],
    nodes: [
      {
        op: 'TreeEnsembleClassifier',
        domain: ML_DOMAIN,
        inputs: [INPUT_NAME],
        outputs: ['labels', OUTPUT_NAME],
        attributes: ensembleAttributes(ensemble),
      },
    ],
    initializers: [],
    metadata,
  };
}

function ensembleAttributes({
  trees,
  classes,
  leafWeights,
  postTransform,
  baseValues,
}: TreeEnsemble): readonly OnnxAttribute[] {
  const treeIds: number[] = [];
  const nodeIds: number[] = [];
  const features: number[] = [];
  const modes: string[] = [];
  const thresholds: number[] = [];
  const trueIds: number[] = [];
  const falseIds: number[] = [];
  const classTreeIds: number[] = [];
  const classNodeIds: number[] = [];
  const classIds: number[] = [];
  const classWeights: number[] = [];
  trees.forEach((tree, treeId) => {
    for (let node = 0; node < tree.nodes; node += 1) {
      const isLeaf = tree.feature[node] === LEAF;
      treeIds.push(treeId);
      nodeIds.push(node);
      features.push(isLeaf ? 0 : tree.feature[node]);
      modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      thresholds.push(tree.threshold[node]);
      trueIds.push(isLeaf ? 0 : tree.left[node]);
      falseIds.push(isLeaf ? 0 : tree.right[node]);
      for (const [classId, weight] of isLeaf ? leafWeights(tree, treeId, node) : []) {
        classTreeIds.push(treeId);
        classNodeIds.push(node);
        classIds.push(classId);
        classWeights.push(weight);
      }
    }
  });
  return [
    { name: 'nodes_treeids', type: 'ints', value: treeIds },
    { name: 'nodes_nodeids', type: 'ints', value: nodeIds },
    { name: 'nodes_featureids', type: 'ints', value: features },
    { name: 'nodes_modes', type: 'strings', value: modes },
    { name: 'nodes_values', type: 'floats', value: thresholds },
    { name: 'nodes_truenodeids', type: 'ints', value: trueIds },
    { name: 'nodes_falsenodeids', type: 'ints', value: falseIds },
    { name: 'class_treeids', type: 'ints', value: classTreeIds },
    { name: 'class_nodeids', type: 'ints', value: classNodeIds },
    { name: 'class_ids', type: 'ints', value: classIds },
    { name: 'class_weights', type: 'floats', value: classWeights },
    { name: 'classlabels_int64s', type: 'ints', value: Array.from({ length: classes }, (_item, c) => c) },
    ...(baseValues === null ? [] : [{ name: 'base_values', type: 'floats', value: baseValues } as const]),
    { name: 'post_transform', type: 'string', value: postTransform },
  ];
}
