/** The samples of generate.py, by the same integer arithmetic. */
export function uniforms(count: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}

/** Sums of four uniforms, less 2, plus `shift`; rounded to multiples of `grid` unless it is 0. */
export function sumsOfFour(count: number, seed: number, shift: number, grid: number): Float32Array {
  const draws = uniforms(4 * count, seed);
  return Float32Array.from({ length: count }, (_item, i) => {
    const sum = draws[4 * i] + draws[4 * i + 1] + draws[4 * i + 2] + draws[4 * i + 3] - 2 + shift;
    return grid === 0 ? sum : Math.floor(sum / grid + 0.5) * grid;
  });
}
