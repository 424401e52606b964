/** What a model says about one bar. JSON-safe. */
export type Signal = 'buy' | 'hold' | 'sell';

/** A named model's opinion on one bar. Probabilities are ordered sell, hold, buy and sum to 1. */
export interface Vote {
  readonly model: string;
  readonly signal: Signal;
  readonly probabilities: readonly [sell: number, hold: number, buy: number];
}

/** What a voter said before its calibrator corrected it. */
export type RawVote = Pick<Vote, 'model' | 'probabilities'>;
