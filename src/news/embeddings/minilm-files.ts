/** all-MiniLM-L6-v2 as its authors publish it: which files, where, and what they hash to. */

export interface PinnedFile {
  /** Below the revision's root at the source. */
  readonly remote: string;
  /** In the model folder. */
  readonly name: (typeof MODEL_FILES)[number];
  readonly bytes: number;
  readonly sha256: string;
}

/** In the order in which the embedder reads them. */
export const MODEL_FILES = ['model.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json'] as const;

/** Apache-2.0. The revision is a commit, so its files never change. */
export const MINILM_REPOSITORY = 'sentence-transformers/all-MiniLM-L6-v2';
export const MINILM_REVISION = 'c9745ed1d9f207416be6d2e6f8de32d1f16199bf';

export const MINILM_FILES: readonly PinnedFile[] = [
  {
    remote: 'onnx/model.onnx',
    name: 'model.onnx',
    bytes: 90_405_214,
    sha256: '6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452',
  },
  {
    remote: 'tokenizer.json',
    name: 'tokenizer.json',
    bytes: 466_247,
    sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  },
  {
    remote: 'tokenizer_config.json',
    name: 'tokenizer_config.json',
    bytes: 350,
    sha256: 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
  },
  {
    remote: 'config.json',
    name: 'config.json',
    bytes: 612,
    sha256: '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
  },
];
