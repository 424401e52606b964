/** How long orders were of unknown outcome, from what the histories say happened when. Pure. */
import type { OrderState } from '../../domain/orders';

/** The legs of one order from an instant on, wall ms. */
export interface OrderMoment {
  readonly key: string;
  readonly at: number;
  readonly states: readonly (OrderState | null)[];
}

/** The longest time any order had an unknown leg, ms; an order still unknown counts until `now`. */
export function longestUnknownMs(moments: readonly OrderMoment[], now: number): number {
  const since = new Map<string, number>();
  let longest = 0;
  for (const { key, at, states } of [...moments].sort((a, b) => a.at - b.at)) {
    const began = since.get(key);
    if (began !== undefined) longest = Math.max(longest, at - began);
    if (!states.includes('unknown')) since.delete(key);
    else if (began === undefined) since.set(key, at);
  }
  return Math.max(longest, ...[...since.values()].map((began) => now - began));
}
