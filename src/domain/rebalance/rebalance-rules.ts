/** How a rebalance decides. Fractions are of equity unless they say otherwise; windows count sessions. */
import type { RegimeName } from '../regime';
import type { TradeCosts } from './trade-costs';

export type Weighting =
  | { readonly method: 'equal' }
  | {
      readonly method: 'volatility-target';
      /** Standard deviation of the portfolio's return a year; it is never borrowed to reach it. */
      readonly annualVolatility: number;
      readonly covarianceDays: number;
    };

export interface RebalanceRules {
  readonly momentum: {
    /** Each is standardised by itself; momentum is their mean. */
    readonly windows: readonly number[];
    /** The last sessions left out: returns of a month tend to reverse (Jegadeesh 1990). */
    readonly skip: number;
  };
  readonly sentiment: {
    /** Of one unit of standardised sentiment against one of momentum; 0 leaves news out. */
    readonly weight: number;
    readonly halfLifeDays: number;
    /** Share of the names that need news before any of it counts. */
    readonly minimumCoverage: number;
  };
  readonly standardise: 'z-score' | 'rank';
  /** Names held at most, each with 1/holdings of what is invested when weighted equally. */
  readonly holdings: number;
  /** A held name stays while it ranks to here. */
  readonly keepRank: number;
  /** Composite from which a name is bought, and to which it is sold. */
  readonly upper: number;
  readonly lower: number;
  /** Regimes of the universe's index in which nothing is bought or enlarged. */
  readonly suppressBuysIn: readonly RegimeName[];
  readonly weighting: Weighting;
  readonly positionLimit: number;
  /** Needs a table of sectors; without one it is not applied. */
  readonly sectorLimit: number;
  /** Lesser of purchases and sales; what brings a position below its limit comes on top. */
  readonly turnoverLimit: number;
  /** Share of equity that may be invested; the rest pays for costs and gaps. */
  readonly investedShare: number;
  /** A change of weight below this is not traded; an exit always is. */
  readonly significance: number;
  /** Dollars; smaller trades are left out, exits are not. */
  readonly minimumTrade: number;
  /** Shares are bought in multiples of this. */
  readonly lot: number;
  readonly costs: TradeCosts;
}

/** Bars a name needs to be scored. */
export const sessionsNeeded = ({ momentum: { windows, skip } }: RebalanceRules): number =>
  Math.max(...windows) + skip + 1;
