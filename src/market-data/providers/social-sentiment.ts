/** Sentiment of a ticker in social media, −1 to 1 (requirement C7); released-values.ts has the contract. */
import type { OutsideProvider } from './outside-provider';
import { releasedValues, type ReleasedSource } from './released-values';

export const socialSentiment = (source: ReleasedSource): OutsideProvider =>
  releasedValues('social-sentiment', source, { from: -1, to: 1 });
