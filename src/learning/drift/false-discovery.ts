/** Benjamini & Hochberg (1995): p-values adjusted for the share of false discoveries among all that are called. */

/** Adjusted p-values in the order given; calling those ≤ q keeps the false discovery rate at q (scipy.stats.false_discovery_control). */
export function adjustedPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_p, i) => i).sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  order.forEach((index, fromLargest) => {
    const rank = pValues.length - fromLargest;
    smallest = Math.min(smallest, (pValues[index] * pValues.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
