/** The part of the platform's WebAssembly that is used here; TypeScript describes it only together with a browser. */
declare namespace WebAssembly {
  /** Zero-filled; sizes in pages of 65,536 bytes. */
  class Memory {
    constructor(size: { readonly initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, object>>);
    readonly exports: unknown;
  }
}
