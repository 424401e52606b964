/** The k smallest of many values, with the rows they belong to: a heap with the largest on top. Of equal values the lower row stays. */
export class NearestRows {
  /** Parallel arrays of the k nearest, in heap order. */
  readonly rows: Int32Array;
  readonly values: Float64Array;

  constructor(k: number) {
    this.rows = new Int32Array(k);
    this.values = new Float64Array(k);
    this.clear();
  }

  clear(): void {
    this.rows.fill(-1);
    this.values.fill(Infinity);
  }

  /** Rows come in ascending order; at least k of them must come. */
  offer(row: number, value: number): void {
    if (value < this.values[0]) this.replaceFarthest(row, value);
  }

  private replaceFarthest(row: number, value: number): void {
    const { rows, values } = this;
    let at = 0;
    for (;;) {
      const child = this.fartherChild(at);
      if (child < 0 || !isFarther(values[child], rows[child], value, row)) break;
      values[at] = values[child];
      rows[at] = rows[child];
      at = child;
    }
    values[at] = value;
    rows[at] = row;
  }

  private fartherChild(at: number): number {
    const left = 2 * at + 1;
    const right = left + 1;
    const { rows, values } = this;
    if (left >= values.length) return -1;
    return right < values.length && isFarther(values[right], rows[right], values[left], rows[left]) ? right : left;
  }
}

const isFarther = (value: number, row: number, than: number, thanRow: number): boolean =>
  value > than || (value === than && row > thanRow);
