/** How every ONNX model is run in this house. */
import { InferenceSession } from 'onnxruntime-node';

// Memory arena and pattern stay on: without them a bar's inference takes a tenth longer.
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  // With two threads a forest's last bits differ from run to run.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** Throws what ONNX Runtime throws. */
export const openSession = (bytes: Uint8Array): Promise<InferenceSession> =>
  InferenceSession.create(bytes, SESSION_OPTIONS);
