/** Position sizing (requirement F3): fixed contracts, or as many as keep a typical bar's move near a dollar target. */
import type { Instrument } from './instruments';

export type Sizing =
  | { readonly method: 'fixed'; readonly contracts: number }
  | { readonly method: 'volatility-target'; readonly dollarsPerBar: number; readonly maxContracts: number };

/** Contracts to enter with; 0 means the target is below one contract's typical move. `atr` is in price points per bar. */
export function entrySize(sizing: Sizing, atr: number, instrument: Instrument): number {
  switch (sizing.method) {
    case 'fixed':
      return sizing.contracts;
    case 'volatility-target': {
      const dollarsPerContract = atr * instrument.multiplier;
      if (!(dollarsPerContract > 0)) return 0;
      return Math.min(sizing.maxContracts, Math.floor(sizing.dollarsPerBar / dollarsPerContract));
    }
  }
}
