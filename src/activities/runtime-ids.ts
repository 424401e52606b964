/** Where a decision is made: part of its evidence, because the last bits of an inference depend on it. */
import { cpus } from 'node:os';
import { env } from 'onnxruntime-node';
import type { DecisionRecord } from '../domain/proposals';

export const runtimeIds = (): DecisionRecord['runtime'] => ({
  node: process.version,
  onnxruntime: env.versions.node ?? env.versions.common,
  cpu: cpus()[0]?.model ?? 'unknown',
});
