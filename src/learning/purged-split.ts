/**
 * Splits that don't leak: a label looks `horizon` bars ahead, so a training row whose label ends inside the test period knows it.
 * Times are UTC ms; `ends` is the time at which a row's label is known.
 */
export interface TimedRows {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Test rows start in [from, to); training rows are those whose label's span [start, end] touches neither a test row's span nor the
 * embargo after it.
 */
export function purgedSplit(rows: TimedRows, from: number, to: number, embargoMs: number): Split {
  const { starts, ends } = rows;
  const test: number[] = [];
  let lastTestEnd = from;
  for (let i = 0; i < starts.length; i += 1) {
    if (starts[i] < from || starts[i] >= to) continue;
    test.push(i);
    lastTestEnd = Math.max(lastTestEnd, ends[i]);
  }
  const train: number[] = [];
  for (let i = 0; i < starts.length; i += 1) {
    if (ends[i] < from || starts[i] > lastTestEnd + embargoMs) train.push(i);
  }
  return { train, test };
}
