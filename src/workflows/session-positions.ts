/** Broker positions against the session's own: compared at each connection, adopted only when a human lifts a freeze. */
import { log, sleep } from '@temporalio/workflow';
import type { BrokerPosition } from '../domain/broker-events';
import { FUTURE_SYMBOLS, INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { flatPosition } from '../domain/positions';
import { contractsIn } from '../domain/session-orders';
import { without } from '../domain/session-state';
import { beside, take, type Session } from './session';
import { differenceIn } from './session-flatten';

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
  return differenceIn(session.state, symbol, broker) !== null || strangersIn(session, symbol, broker).length > 0;
}

/** Positions in contract months of the symbol that this session never traded. */
function strangersIn(
  session: Session,
  symbol: FutureSymbol,
  broker: readonly BrokerPosition[],
): readonly BrokerPosition[] {
  const ours = new Set(contractsIn(session.state, symbol).map(({ conId }) => conId));
  return broker.filter(
    (held) => held.quantity !== 0 && !ours.has(held.conId) && held.symbol === INSTRUMENTS[symbol].ibSymbol,
  );
}

async function checkAgain(session: Session, symbol: FutureSymbol): Promise<void> {
  let broker: readonly BrokerPosition[] = [];
  for (const delay of READINGS_MS) {
    await sleep(delay);
    broker = await session.calls.readPositions();
    if (!differs(session, symbol, broker)) return;
  }
  const [stranger] = strangersIn(session, symbol, broker);
  const why =
    differenceIn(session.state, symbol, broker) ??
    `the broker holds ${stranger?.quantity ?? 0} of contract ${stranger?.conId ?? 0}, which this session never traded`;
  log.error('position differs', { symbol, why });
  take(session, { ...session.state, frozen: { ...session.state.frozen, [symbol]: why } });
}

/** Makes the broker's position of every known contract of the symbol the session's own; a human has looked. */
export async function adoptPositions(session: Session, symbol: FutureSymbol): Promise<void> {
  const broker = await session.calls.readPositions();
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
