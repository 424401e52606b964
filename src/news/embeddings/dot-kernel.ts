/** The compiled loop of dot-kernel.as (source and how to compile beside this file), and its type. */

export interface DotKernel {
  /** Dot products of `count` rows of `stride` signed bytes (a multiple of 16) with the row at `query`, as int32 at `out`. */
  dots(rows: number, count: number, stride: number, query: number, out: number): void;
}

const PAGE_BYTES = 65_536;

const MODULE =
  'AGFzbQEAAAABCQFgBX9/f39/AAIPAQNlbnYGbWVtb3J5AgAAAwIBAAcIAQRkb3RzAAAKvwEBvAECBHsCfwNAIAEgCkoEQP0MAAAAAAAAAAAAAAAAAAAAACEF' +
  '/QwAAAAAAAAAAAAAAAAAAAAAIQZBACEJA0AgAiAJSwRAIAUgACAJav0ABAAiByADIAlq/QAEACII/ZwB/X79rgEhBSAGIAcgCP2dAf1+/a4BIQYgCUEQaiEJ' +
  'DAELCyAEIApBAnRqIAUgBv2uASIF/RsAIAX9GwFqIAX9GwJqIAX9GwNqNgIAIAAgAmohACAKQQFqIQoMAQsLCw==';

export interface DotMemory {
  readonly buffer: ArrayBuffer;
  readonly kernel: DotKernel;
}

/** The kernel over zero-filled memory of at least this size; its pointers are byte offsets into `buffer`. */
export function openDotKernel(bytes: number): DotMemory {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as DotKernel;
  return { buffer: memory.buffer, kernel };
}
