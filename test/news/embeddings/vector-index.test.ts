/** The index against a full search in double precision. */
import fc from 'fast-check';
import { buildVectorIndex } from '../../../src/news/embeddings/vector-index';

/** Deterministic standard normals by sums of uniforms (Park and Miller's generator). */
function normals(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

function unitRows(rows: number, dimensions: number, seed: number, spread: number): Float32Array {
  const draw = normals(seed);
  const centre = Array.from({ length: dimensions }, draw);
  const out = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const raw = centre.map((value) => value + spread * draw());
    const length = Math.hypot(...raw);
    raw.forEach((value, d) => (out[row * dimensions + d] = value / length));
  }
  return out;
}

const dot = (a: Float32Array, row: number, b: Float32Array): number => {
  let sum = 0;
  for (let d = 0; d < b.length; d++) sum += a[row * b.length + d] * b[d];
  return sum;
};

describe('vector index', () => {
  test('finds exactly what a full search finds, also among near copies and with rows left out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.constantFrom(0.001, 0.05, 1, 30),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (rows, dimensions, seed, spread, count, every) => {
          const vectors = unitRows(rows, dimensions, seed, spread);
          const query = unitRows(1, dimensions, seed + 1, 1);
          const admits = (row: number): boolean => row % every === 0;
          const expected = Array.from({ length: rows }, (_, row) => ({ row, cosine: dot(vectors, row, query) }))
            .filter(({ row }) => admits(row))
            .sort((a, b) => b.cosine - a.cosine || a.row - b.row)
            .slice(0, count);
          expect(buildVectorIndex(vectors, dimensions).nearest(query, count, admits)).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('finds a vector by itself, and answers a vector of zeros', () => {
    const vectors = unitRows(50, 384, 5, 3);
    const index = buildVectorIndex(vectors, 384);
    const [first] = index.nearest(vectors.slice(20 * 384, 21 * 384), 3);
    expect(first.row).toBe(20);
    expect(first.cosine).toBeCloseTo(1, 6);
    expect(index.nearest(new Float32Array(384), 2)).toEqual([
      { row: 0, cosine: 0 },
      { row: 1, cosine: 0 },
    ]);
  });
});
