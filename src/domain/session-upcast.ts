/** Carried state of earlier versions, brought to the present one step by step. Pure. */
import { tradeDateOf } from './calendar';
import type { PastDay } from './session-snapshot';
import {
  limitsOf,
  STATE_VERSION,
  type DayState,
  type HaltLimit,
  type SessionOrder,
  type SessionState,
  type SettableLimits,
} from './session-state';

/**
 * Brings carried state of any earlier version to the present one. Throws RangeError on a version that this code does not know:
 * the run then stops visibly instead of trading on a misread state.
 */
export function upcast(carried: { readonly stateVersion: number }): SessionState {
  if (carried.stateVersion === STATE_VERSION) return carried as SessionState;
  if (carried.stateVersion === 3) return fromThirdVersion(carried as ThirdVersion);
  if (carried.stateVersion === 2) return fromThirdVersion(fromSecondVersion(carried as SecondVersion));
  if (carried.stateVersion === 1) {
    return fromThirdVersion(fromSecondVersion(fromFirstVersion(carried as FirstVersion)));
  }
  throw new RangeError(
    `carried session state has version ${carried.stateVersion}, this code reads ${STATE_VERSION}: run the release that wrote it`,
  );
}

/** Version 3 traded futures alone. */
type ThirdVersion = Omit<
  SessionState,
  'stateVersion' | 'limits' | 'stockLegs' | 'stockLegsForgotten' | 'foreignStocks' | 'day' | 'pastDays'
> & {
  readonly stateVersion: number;
  readonly limits: SettableLimits;
  readonly day: Omit<DayState, 'sharesTraded'>;
  readonly pastDays: readonly Omit<PastDay, 'sharesTraded'>[];
};

const fromThirdVersion = (carried: ThirdVersion): SessionState => ({
  ...carried,
  stateVersion: STATE_VERSION,
  limits: limitsOf(carried.limits),
  day: { ...carried.day, sharesTraded: 0 },
  pastDays: carried.pastDays.map((day) => ({ ...day, sharesTraded: 0 })),
  stockLegs: {},
  stockLegsForgotten: null,
  foreignStocks: {},
});

/** Version 2 knew a halt's limit by its cause alone, and forgot that the daily limit was reached when its halt was lifted. */
type SecondVersion = Omit<ThirdVersion, 'haltLimit' | 'lossLimitReached'>;

const HALT_LIMITS: readonly HaltLimit[] = ['LIMIT_DAILY_LOSS', 'LIMIT_DRAWDOWN'];

function fromSecondVersion(carried: SecondVersion): ThirdVersion {
  const { cause, since } = carried.halt;
  const haltLimit = HALT_LIMITS.find((limit) => cause?.startsWith(`${limit}: `)) ?? null;
  const isOfTradeDate = since !== null && carried.tradeDate !== null && tradeDateOf(since) === carried.tradeDate;
  const halted = haltLimit === 'LIMIT_DAILY_LOSS' && isOfTradeDate ? (cause ?? '').slice(haltLimit.length + 2) : null;
  const accepted = carried.acceptedLoss > 0 ? `a loss of ${carried.acceptedLoss.toFixed(2)} was accepted` : null;
  return { ...carried, stateVersion: 3, haltLimit, lossLimitReached: halted ?? accepted };
}

/** Version 1 forgot finished orders at the close, and asked for a freeze with every report. */
type FirstVersion = Omit<SecondVersion, 'finished' | 'orders' | 'haltEvents'> & {
  readonly orders: Readonly<Record<string, Omit<SessionOrder, 'freeze'>>>;
};

const fromFirstVersion = (carried: FirstVersion): SecondVersion => ({
  ...carried,
  stateVersion: 2,
  finished: {},
  haltEvents: 0,
  orders: Object.fromEntries(Object.entries(carried.orders).map(([key, order]) => [key, { ...order, freeze: null }])),
});
