/** A forest as one TreeEnsembleClassifier (ai.onnx.ml 3): `value <= threshold` goes to the true branch, leaf weights add up to shares. */
import type { Forest } from '../trees/random-forest';
import { LEAF } from '../trees/tree';
import { encodeModel, ML_DOMAIN } from './onnx-model';
import type { OnnxAttribute } from './onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from './voting-graph';

export function exportForest(forest: Forest, name: string, metadata: Readonly<Record<string, string>>): Uint8Array {
  const { classes, columns } = forest;
  return encodeModel({
    name,
    inputs: [{ name: INPUT_NAME, dims: ['rows', columns] }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', classes] }],
    nodes: [
      {
        op: 'TreeEnsembleClassifier',
        domain: ML_DOMAIN,
        inputs: [INPUT_NAME],
        outputs: ['labels', OUTPUT_NAME],
        attributes: forestAttributes(forest),
      },
    ],
    initializers: [],
    metadata,
  });
}

function forestAttributes({ trees, classes }: Forest): readonly OnnxAttribute[] {
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
      for (let c = 0; isLeaf && c < classes; c += 1) {
        classTreeIds.push(treeId);
        classNodeIds.push(node);
        classIds.push(c);
        classWeights.push(tree.values[node * classes + c] / trees.length);
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
    { name: 'post_transform', type: 'string', value: 'NONE' },
  ];
}
