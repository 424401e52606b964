/** The one computation behind batch and stream: a kernel remembers what came before and is fed blocks of any length. */
import type { BarBlock } from '../bar-block';

export interface Kernel {
  /** Writes rows 0 … block.length − 1 of its columns, in the order describeSpec names them; NaN where there is no value. */
  run(block: BarBlock, out: readonly Float64Array[]): void;
}
