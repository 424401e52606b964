/**
 * What the broker says of a trade date, by TWS messages on a connection of its own that may not order anything: executions with their
 * commissions, and positions. Read shortly before the broker's midnight and at the end, because IB forgets executions at midnight.
 */
import { createTradingGuard } from '../../broker/guard';
import type { TradingGuard } from '../../broker/guard';
import type { BrokerConfig } from '../../config/config';
import type { BrokerCommission, BrokerExecution, BrokerPosition } from '../../domain/broker-events';
import type { DayTotals, PositionView } from '../../domain/session-snapshot';
import { QUIET_LOG } from '../quiet-log';
import { waitFor } from './wait-for';

/** Below the data connections' ids and never the trading one. */
const STATEMENT_CLIENT_ID = 90;
const READY_TIMEOUT_MS = 30_000;

export interface BrokerStatement {
  readonly executions: readonly BrokerExecution[];
  readonly commissions: readonly BrokerCommission[];
  readonly positions: readonly BrokerPosition[];
}

const READ_ONLY = { enableOrderExec: false, allowOrders: false, dryRun: true, allowLive: null, learningOnly: true };

async function readWith(guard: TradingGuard): Promise<BrokerStatement> {
  guard.start();
  const what = "the broker's statement of executions and positions";
  await waitFor(what, async () => (guard.connection().phase === 'ready' ? true : null), {
    timeoutMs: READY_TIMEOUT_MS,
  });
  const positions = await guard.positions();
  const { executions, commissions } = await guard.executionsToday();
  return { executions, commissions, positions };
}

/** Reads executions since the broker's midnight and the positions now. `stateDir` must hold no latch: it is nobody's trading state. */
export async function readStatement(broker: BrokerConfig, stateDir: string): Promise<BrokerStatement> {
  const config = { broker: { ...broker, clientId: STATEMENT_CLIENT_ID }, permissions: READ_ONLY };
  const guard = createTradingGuard(config, { stateDir, logger: QUIET_LOG });
  try {
    return await readWith(guard);
  } finally {
    guard.stop();
  }
}

/** Two readings of one trade date as one: executions by id, positions of the later one. */
export function joinStatements(earlier: BrokerStatement | null, later: BrokerStatement): BrokerStatement {
  if (earlier === null) return later;
  const byId = <T extends { readonly execId: string }>(rows: readonly T[]): readonly T[] => [
    ...new Map(rows.map((row) => [row.execId, row])).values(),
  ];
  return {
    executions: byId([...earlier.executions, ...later.executions]),
    commissions: byId([...earlier.commissions, ...later.commissions]),
    positions: later.positions,
  };
}

const TOLERANCE_DOLLARS = 0.005;
/** Corrections repeat an execution under the same id with a higher last part: the highest counts. */
const baseOf = (execId: string): string => execId.replace(/\.\d+$/, '');

function latestOfEach(executions: readonly BrokerExecution[]): readonly BrokerExecution[] {
  const kept = new Map<string, BrokerExecution>();
  for (const execution of executions) {
    const known = kept.get(baseOf(execution.execId));
    if (known === undefined || known.execId < execution.execId) kept.set(baseOf(execution.execId), execution);
  }
  return [...kept.values()];
}

/** The session's claims of one trade date. */
export interface SessionClaims {
  readonly day: Pick<DayTotals, 'executions' | 'contractsTraded' | 'fees' | 'realizedPnl'>;
  readonly positions: readonly Pick<PositionView, 'conId' | 'symbol' | 'quantity'>[];
}

/** Compares counters and positions with the broker's messages of [start, end), UTC ms; every difference is a sentence. Pure. */
export function differencesOf(
  claims: SessionClaims,
  statement: BrokerStatement,
  bounds: { readonly start: number; readonly end: number },
): readonly string[] {
  const executions = latestOfEach(statement.executions).filter(({ time }) => time >= bounds.start && time < bounds.end);
  const ids = new Set(executions.map(({ execId }) => execId));
  const commissions = statement.commissions.filter(({ execId }) => ids.has(execId));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const counters: readonly (readonly [name: string, session: number, broker: number])[] = [
    ['executions', claims.day.executions, executions.length],
    ['contracts', claims.day.contractsTraded, sum(executions.map(({ shares }) => shares))],
    ['fees', claims.day.fees, sum(commissions.map(({ commission }) => commission))],
    ['realized P&L', claims.day.realizedPnl, sum(commissions.map(({ realizedPnl }) => realizedPnl ?? 0))],
  ];
  const missing = executions.length - commissions.length;
  return [
    ...counters.flatMap(([name, session, broker]) =>
      Math.abs(session - broker) <= TOLERANCE_DOLLARS ? [] : [`${name}: session ${session}, broker ${broker}`],
    ),
    ...(missing > 0 ? [`${missing} executions without a commission report`] : []),
    ...positionDifferences(claims, statement),
  ];
}

function positionDifferences(claims: SessionClaims, statement: BrokerStatement): readonly string[] {
  const held = new Map(claims.positions.map(({ conId, quantity }) => [conId, quantity]));
  const told = new Map(statement.positions.map(({ conId, quantity }) => [conId, quantity]));
  const nameOf = (conId: number): string =>
    claims.positions.find((position) => position.conId === conId)?.symbol ??
    statement.positions.find((position) => position.conId === conId)?.symbol ??
    String(conId);
  return [...new Set([...held.keys(), ...told.keys()])].flatMap((conId) => {
    const [session, broker] = [held.get(conId) ?? 0, told.get(conId) ?? 0];
    return session === broker ? [] : [`position in ${nameOf(conId)}: session ${session}, broker ${broker}`];
  });
}
