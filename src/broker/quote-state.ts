/** Top of book and day volume of one stream, from IB's ticks. Pure. */
import type { Quote } from '../domain/bars';
import type { DataContract } from './market-data-port';

export interface QuoteState {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number;
  readonly askSize: number;
  readonly dayVolume: number | null;
}

export const NO_QUOTE: QuoteState = { bid: null, ask: null, bidSize: 0, askSize: 0, dayVolume: null };

type Field = keyof QuoteState;
/** IB's tick types, the delayed ones (66 and up) beside the live. */
const FIELD_OF_TICK: Readonly<Record<number, Field>> = {
  0: 'bidSize',
  1: 'bid',
  2: 'ask',
  3: 'askSize',
  8: 'dayVolume',
  66: 'bid',
  67: 'ask',
  69: 'bidSize',
  70: 'askSize',
  74: 'dayVolume',
};

/** IB counts the volume of US equities in lots of a hundred (requirement A6). */
const volumeUnit = (contract: DataContract): number => (contract.secType === 'STK' ? 100 : 1);

/** Takes one price or size tick; null when the tick is none of ours or says nothing. −1 and 0 mean that there is no such side. */
export function applyTick(
  state: QuoteState,
  tick: number,
  value: number | undefined,
  contract: DataContract,
): QuoteState | null {
  const field = FIELD_OF_TICK[tick];
  if (field === undefined || value === undefined || !Number.isFinite(value)) return null;
  switch (field) {
    case 'bid':
    case 'ask':
      return { ...state, [field]: value > 0 ? value : null };
    case 'bidSize':
    case 'askSize':
      return { ...state, [field]: Math.max(0, value) };
    case 'dayVolume':
      return { ...state, dayVolume: value < 0 ? state.dayVolume : value * volumeUnit(contract) };
  }
}

/** A side without a price has no size (bars.ts). */
export const quoteAt = (state: QuoteState, time: number): Quote => ({
  time,
  bid: state.bid,
  ask: state.ask,
  bidSize: state.bid === null ? 0 : state.bidSize,
  askSize: state.ask === null ? 0 : state.askSize,
});
