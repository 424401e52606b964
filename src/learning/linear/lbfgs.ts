/** Limited-memory BFGS (Nocedal & Wright 2006, algorithm 7.5) with backtracking, for smooth convex functions. */

/** Returns the value at `w` and writes the gradient. */
export type Differentiable = (w: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 40;

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly sy: number;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

const plus = (a: Float64Array, factor: number, b: Float64Array): Float64Array => a.map((v, i) => v + factor * b[i]);

/** The direction −H g, H from the last steps. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  let q = gradient;
  const alphas: number[] = [];
  for (const { s, y, sy } of pairs.toReversed()) {
    const alpha = dot(s, q) / sy;
    alphas.push(alpha);
    q = plus(q, -alpha, y);
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 / Math.max(1, Math.sqrt(dot(q, q))) : last.sy / dot(last.y, last.y);
  let r: Float64Array = q.map((value) => value * scale);
  for (const { s, y, sy } of pairs) r = plus(r, (alphas.pop() ?? 0) - dot(y, r) / sy, s);
  return r.map((value) => -value);
}

/** Stops when no gradient component exceeds `tol`, after `maxIterations`, or when no step lowers the value. */
export function minimise(f: Differentiable, start: Float64Array, maxIterations: number, tol: number): Float64Array {
  let w = start;
  let gradient = new Float64Array(w.length);
  let value = f(w, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    if (gradient.every((component) => Math.abs(component) <= tol)) break;
    const direction = directionOf(gradient, pairs);
    const slope = dot(direction, gradient);
    let step = 1;
    let next = plus(w, step, direction);
    const nextGradient = new Float64Array(w.length);
    let nextValue = f(next, nextGradient);
    for (let i = 0; i < MAX_HALVINGS && !(nextValue <= value + SUFFICIENT_DECREASE * step * slope); i += 1) {
      step /= 2;
      next = plus(w, step, direction);
      nextValue = f(next, nextGradient);
    }
    if (!(nextValue < value)) break;
    const s = plus(next, -1, w);
    const y = plus(nextGradient, -1, gradient);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) pairs.push({ s, y, sy });
    if (pairs.length > MEMORY) pairs.shift();
    w = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return w;
}
