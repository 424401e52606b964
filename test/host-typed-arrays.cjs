/**
 * jest runs tests in a context with typed arrays of its own, and onnxruntime-node refuses arrays that are not the process's. Jest itself
 * hands Uint8Array and ArrayBuffer through for the same reason; these are the ones tensors need.
 */
const { runInThisContext } = require('node:vm');

for (const name of ['Float32Array', 'Float64Array', 'Int32Array', 'BigInt64Array']) {
  globalThis[name] = runInThisContext(name);
}
