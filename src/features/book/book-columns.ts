/** Columns of the book's depth (requirement C2) over its first `levels` levels. */
import { FeatureError } from '../feature-error';
import { MOST_LEVELS } from './book-row';

/** In the order of a row, without the raw levels, which follow. */
const MEASURES: readonly (readonly [string, boolean])[] = [
  ['bid_depth', false],
  ['ask_depth', false],
  ['depth_imbalance', true],
  ['depth_ofi', false],
  ['depth_ofi_rel', true],
  ['bid_queue', true],
  ['ask_queue', true],
  ['bid_vwap', false],
  ['ask_vwap', false],
  ['book_vwap', false],
  ['book_vwap_to_mid', true],
];

/**
 * Names and fitness for models; measures end in their number of levels, as `depth_imbalance_5`, but for the queues, which are of the best
 * prices. Throws FeatureError SCHEMA_INVALID for a number of levels that no book has.
 */
export function bookColumns(levels: number): readonly { readonly name: string; readonly forModels: boolean }[] {
  if (!Number.isInteger(levels) || levels < 1 || levels > MOST_LEVELS)
    throw new FeatureError(
      'SCHEMA_INVALID',
      `book: levels is ${levels}; give a whole number from 1 to ${MOST_LEVELS}.`,
    );
  return [
    ...MEASURES.map(([name, forModels]) => ({ name: name.endsWith('queue') ? name : `${name}_${levels}`, forModels })),
    ...Array.from({ length: levels }, (_item, i) =>
      ['bid_price', 'bid_size', 'ask_price', 'ask_size'].map((name) => ({
        name: `${name}_${i + 1}`,
        forModels: false,
      })),
    ).flat(),
  ];
}
