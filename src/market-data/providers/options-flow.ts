/**
 * Imbalance of a ticker's options flow (requirement C7): premium of bought calls and sold puts less that of bought puts and sold calls, as
 * a share of all premium, −1 to 1; released-values.ts has the contract.
 */
import type { OutsideProvider } from './outside-provider';
import { releasedValues, type ReleasedSource } from './released-values';

export const optionsFlow = (source: ReleasedSource): OutsideProvider =>
  releasedValues('options-flow', source, { from: -1, to: 1 });
