/** Broker positions against the session's own: compared at each connection, adopted only when a human lifts a freeze. */
import { log, sleep } from '@temporalio/workflow';
import type { BrokerPosition } from '../domain/broker-events';
import { isStockKey, stockOf, tickerOf, type TradableContract, type TradedSymbol } from '../domain/contracts';
import { INSTRUMENTS } from '../domain/instruments';
import { flatPosition } from '../domain/positions';
import { contractsIn, symbolsIn } from '../domain/session-orders';
import { without, type SessionState } from '../domain/session-state';
import { beside, take, type Session } from './session';
import { differenceIn, positionDiffers } from './session-flatten';

/** A fill that came while nobody listened reaches us through its order workflow, a moment after the position did. */
const READINGS_MS = [1_000, 2_000, 4_000, 8_000];

/** Looks at every symbol that differs again, with growing delays; a difference that stays freezes it. */
export function checkPositions(session: Session, broker: readonly BrokerPosition[]): void {
  noteForeignStocks(session, broker);
  for (const symbol of symbolsIn(session.state)) {
    if (differs(session, symbol, broker)) beside(session, symbol, checkAgain(session, symbol));
  }
}

const isStock = ({ secType }: BrokerPosition): boolean => secType === 'STK';

/** Stocks that the broker holds in contracts that this session never traded: kept for all to see, and no reason to stop anything else. */
function noteForeignStocks(session: Session, broker: readonly BrokerPosition[]): void {
  const ours = new Set(
    symbolsIn(session.state).flatMap((symbol) => contractsIn(session.state, symbol).map(({ conId }) => conId)),
  );
  const foreign = broker.filter((held) => isStock(held) && held.quantity !== 0 && !ours.has(held.conId));
  for (const { symbol, quantity, conId } of foreign) {
    if (session.state.foreignStocks[conId]?.quantity === quantity) continue;
    log.warn('the broker holds a stock that this session never traded', { symbol, quantity, conId });
  }
  const foreignStocks = Object.fromEntries(foreign.map((held) => [String(held.conId), held]));
  take(session, { ...session.state, foreignStocks });
}

function differs(session: Session, symbol: TradedSymbol, broker: readonly BrokerPosition[]): boolean {
  if (session.state.flattening[symbol] !== undefined) return false;
  return whyDiffers(session.state, symbol, broker) !== null;
}

const whyDiffers = (state: SessionState, symbol: TradedSymbol, broker: readonly BrokerPosition[]): string | null =>
  differenceIn(state, symbol, broker) ?? strangerIn(state, symbol, broker);

/** A position in a contract of the symbol that this session never traded, or null when there is none; of stocks it is no difference. */
export function strangerIn(
  state: SessionState,
  symbol: TradedSymbol,
  broker: readonly BrokerPosition[],
): string | null {
  if (isStockKey(symbol)) return null;
  const ours = new Set(contractsIn(state, symbol).map(({ conId }) => conId));
  const stranger = broker.find(
    (held) =>
      !isStock(held) && held.quantity !== 0 && !ours.has(held.conId) && held.symbol === INSTRUMENTS[symbol].ibSymbol,
  );
  return stranger === undefined
    ? null
    : `the broker holds ${stranger.quantity} of contract ${stranger.conId}, which this session never traded`;
}

async function checkAgain(session: Session, symbol: TradedSymbol): Promise<void> {
  let why: string | null = null;
  for (const delay of READINGS_MS) {
    await sleep(delay);
    const broker = await session.calls.readPositions();
    if (!differs(session, symbol, broker)) return;
    why = whyDiffers(session.state, symbol, broker);
  }
  if (why !== null) positionDiffers(session, symbol, why);
}

/** Makes the broker's position of every contract of the symbol the session's own; a human has looked. A stock's may be foreign so far. */
export function adoptPositions(session: Session, symbol: TradedSymbol, broker: readonly BrokerPosition[]): void {
  for (const contract of [...contractsIn(session.state, symbol), ...foreignContracts(session.state, symbol, broker)]) {
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
  noteForeignStocks(session, broker);
}

/** Contracts of a ticker that the broker holds and the session does not know. */
function foreignContracts(
  state: SessionState,
  symbol: TradedSymbol,
  broker: readonly BrokerPosition[],
): readonly TradableContract[] {
  if (!isStockKey(symbol)) return [];
  const ours = new Set(contractsIn(state, symbol).map(({ conId }) => conId));
  return broker
    .filter((held) => isStock(held) && held.symbol === tickerOf(symbol) && !ours.has(held.conId))
    .map((held) => stockOf(held.conId, held.symbol));
}
