/**
 * `omega bench similar-news [--articles N] [--dimensions N] [--searches N] [--json [FILE]]`: exact nearest neighbours by cosine.
 * Two sets of vectors: independent ones, and clusters of near copies as news has them (20 articles a story).
 */
import { buildVectorIndex } from '../src/news/embeddings/vector-index';
import { printBench, readOptions, runBench } from './command';
import { describeMachine, machineLine, percentile } from './machine';

const SEED = 7;
const COUNT = 10;
const STORY = 20;
const WARM_UP = 20;

/** Standard normals by sums of uniforms (Park and Miller's generator): the same vectors on every run. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

function unitVectors(rows: number, dimensions: number, stories: boolean): Float32Array {
  const draw = normals(SEED);
  const vectors = new Float32Array(rows * dimensions);
  let centre = new Float64Array(dimensions);
  for (let row = 0; row < rows; row++) {
    if (row % STORY === 0) centre = Float64Array.from(centre, draw);
    const raw = Float64Array.from(centre, (value) => (stories ? value + 0.4 * draw() : draw()));
    const length = Math.hypot(...raw);
    raw.forEach((value, d) => (vectors[row * dimensions + d] = value / length));
  }
  return vectors;
}

function measure(vectors: Float32Array, dimensions: number, searches: number): object {
  const started = performance.now();
  const index = buildVectorIndex(vectors, dimensions);
  const buildMs = performance.now() - started;
  const draw = normals(SEED + 1);
  const times: number[] = [];
  for (let search = 0; search < searches + WARM_UP; search++) {
    const row = Math.floor(Math.abs(draw()) * 1e6) % index.size;
    // Near a stored vector, as the question of a story is.
    const raw = Float64Array.from(vectors.subarray(row * dimensions, (row + 1) * dimensions), (v) => v + 0.02 * draw());
    const length = Math.hypot(...raw);
    const query = Float32Array.from(raw, (value) => value / length);
    const start = performance.now();
    index.nearest(query, COUNT);
    if (search >= WARM_UP) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => Number(percentile(times, share).toFixed(2));
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), buildMs: Math.round(buildMs) };
}

runBench(async () => {
  const { json, articles, dimensions, searches } = readOptions('similar-news', {
    articles: 100_000,
    dimensions: 384,
    searches: 200,
  });
  const result = {
    machine: describeMachine(),
    articles,
    dimensions,
    searches,
    independent: measure(unitVectors(articles, dimensions, false), dimensions, searches),
    stories: measure(unitVectors(articles, dimensions, true), dimensions, searches),
  };
  printBench(json, result, ({ independent, stories, machine }) => [
    `${articles} articles × ${dimensions}: ${COUNT} nearest, exact`,
    `independent vectors ${JSON.stringify(independent)}`,
    `stories of ${STORY} near copies ${JSON.stringify(stories)}`,
    machineLine(machine),
  ]);
});
