/** libsvm's model file (svm_save_model in svm.cpp) as numbers: support vectors and one decision for each pair of classes. */
export interface LibsvmModel {
  /** In libsvm's order: of first appearance in the rows. */
  readonly labels: readonly number[];
  /** Support vectors × columns. */
  readonly vectors: Float64Array;
  readonly columns: number;
  /**
   * Support vectors × pairs; pairs (0, 1), (0, 2), … (1, 2), … of `labels`. The decision of a pair is positive for its first class.
   */
  readonly coef: Float64Array;
  /** One per pair, added to its decision. */
  readonly intercept: Float64Array;
}

/** Pairs of n classes in libsvm's order. */
export const classPairs = (n: number): readonly (readonly [number, number])[] =>
  Array.from({ length: n }, (_item, i) =>
    Array.from({ length: n - 1 - i }, (_other, k) => [i, i + 1 + k] as const),
  ).flat();

/** Throws RangeError on a text that is not a C-SVC of libsvm. */
export function parseLibsvmModel(text: string, columns: number): LibsvmModel {
  const [header, body] = text.split(/^SV\s*$/m);
  if (body === undefined) throw new RangeError('The text has no part of support vectors: it is not a model of libsvm.');
  const labels = headerNumbers(header, 'label');
  const counts = headerNumbers(header, 'nr_sv');
  const rho = headerNumbers(header, 'rho');
  const pairs = classPairs(labels.length);
  if (labels.length < 2 || counts.length !== labels.length || rho.length !== pairs.length)
    throw new RangeError('Labels, counts of support vectors and intercepts do not fit together: not a C-SVC.');
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const owners = counts.flatMap((count, label) => new Array<number>(count).fill(label));
  if (lines.length !== owners.length)
    throw new RangeError(`${owners.length} support vectors are announced, ${lines.length} there.`);
  const vectors = new Float64Array(lines.length * columns);
  const coef = new Float64Array(lines.length * pairs.length);
  lines.forEach((line, row) => {
    const { alphas, values } = parseVector(line);
    values.forEach(([column, value]) => (vectors[row * columns + column] = value));
    pairs.forEach(([first, second], pair) => {
      const owner = owners[row];
      // A vector of class c keeps its coefficient against class j at j, or at j − 1 behind its own place.
      if (owner === first) coef[row * pairs.length + pair] = alphas[second - 1];
      else if (owner === second) coef[row * pairs.length + pair] = alphas[first];
    });
  });
  return { labels, vectors, columns, coef, intercept: Float64Array.from(rho, (value) => -value) };
}

function headerNumbers(header: string, name: string): readonly number[] {
  const line = header.split('\n').find((one) => one.startsWith(`${name} `));
  return (line ?? '').trim().split(/\s+/).slice(1).map(Number);
}

/** `alpha alpha … 1:value 3:value`: columns count from 1, and what is 0 may be left out. */
function parseVector(line: string) {
  const words = line.trim().split(/\s+/);
  const alphas = words.filter((word) => !word.includes(':')).map(Number);
  const values = words
    .filter((word) => word.includes(':'))
    .map((word): readonly [number, number] => {
      const [index, value] = word.split(':');
      return [Number(index) - 1, Number(value)];
    });
  return { alphas, values };
}
