/** Broker positions against the session's own: compared at each connection, adopted only when a human lifts a freeze. */
import { sleep } from '@temporalio/workflow';
import type { BrokerPosition } from '../domain/broker-events';
import { FUTURE_SYMBOLS, INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { flatPosition } from '../domain/positions';
import { contractsIn } from '../domain/session-orders';
import { without, type SessionState } from '../domain/session-state';
import { beside, take, type Session } from './session';
import { differenceIn, positionDiffers } from './session-flatten';

/** A fill that came while nobody listened reaches us through its order workflow, a moment after the position did. */
const READINGS_MS = [1_000, 2_000, 4_000, 8_000];

/** Looks at every symbol that differs again, with growing delays; a difference that stays freezes it. */
export function checkPositions(session: Session, broker: readonly BrokerPosition[]): void {
  for (const symbol of FUTURE_SYMBOLS) {
    if (differs(session, symbol, broker)) beside(session, symbol, checkAgain(session, symbol));
  }
}

function differs(session: Session, symbol: FutureSymbol, broker: readonly BrokerPosition[]): boolean {
  if (session.state.flattening[symbol] !== undefined) return false;
  return whyDiffers(session.state, symbol, broker) !== null;
}

const whyDiffers = (state: SessionState, symbol: FutureSymbol, broker: readonly BrokerPosition[]): string | null =>
  differenceIn(state, symbol, broker) ?? strangerIn(state, symbol, broker);

/** A position in a contract month of the symbol that this session never traded, or null when there is none. */
export function strangerIn(
  state: SessionState,
  symbol: FutureSymbol,
  broker: readonly BrokerPosition[],
): string | null {
  const ours = new Set(contractsIn(state, symbol).map(({ conId }) => conId));
  const stranger = broker.find(
    (held) => held.quantity !== 0 && !ours.has(held.conId) && held.symbol === INSTRUMENTS[symbol].ibSymbol,
  );
  return stranger === undefined
    ? null
    : `the broker holds ${stranger.quantity} of contract ${stranger.conId}, which this session never traded`;
}

async function checkAgain(session: Session, symbol: FutureSymbol): Promise<void> {
  let why: string | null = null;
  for (const delay of READINGS_MS) {
    await sleep(delay);
    const broker = await session.calls.readPositions();
    if (!differs(session, symbol, broker)) return;
    why = whyDiffers(session.state, symbol, broker);
  }
  if (why !== null) positionDiffers(session, symbol, why);
}

/** Makes the broker's position of every known contract of the symbol the session's own; a human has looked. */
export function adoptPositions(session: Session, symbol: FutureSymbol, broker: readonly BrokerPosition[]): void {
  for (const contract of contractsIn(session.state, symbol)) {
    const held = broker.find(({ conId }) => conId === contract.conId);
    const quantity = held?.quantity ?? 0;
    const id = String(contract.conId);
    const known = session.state.positions[id] ?? flatPosition(contract);
    if (known.quantity === quantity) continue;
    const averagePrice = (held?.averageCost ?? 0) / contract.multiplier;
    const enteredAt = known.enteredAt ?? session.state.marketTime;
    const positions =
      quantity === 0
        ? without(session.state.positions, id)
        : { ...session.state.positions, [id]: { contract, quantity, averagePrice, enteredAt } };
    take(session, { ...session.state, positions });
  }
}
