/** What is used of libsvm-js 0.2.1, which has no types of its own. The asm.js build: it loads at once and says nothing on stderr. */
declare module 'libsvm-js/asm' {
  interface SvmOptions {
    readonly type: string;
    readonly kernel: string;
    readonly cost: number;
    readonly gamma: number;
    readonly tolerance: number;
    /** MB. */
    readonly cacheSize: number;
    readonly shrinking: boolean;
    readonly quiet: boolean;
  }

  class SVM {
    static readonly SVM_TYPES: { readonly C_SVC: string };
    static readonly KERNEL_TYPES: { readonly LINEAR: string; readonly RBF: string };
    constructor(options: SvmOptions);
    train(samples: readonly ArrayLike<number>[], labels: ArrayLike<number>): void;
    /** libsvm's own model file. */
    serializeModel(): string;
    /** Its memory is the compiled library's and is never collected. */
    free(): void;
  }

  export = SVM;
}
