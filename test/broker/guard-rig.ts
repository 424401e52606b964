/** A guard connected to a scripted TWS, with everything it said, and intents to place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTradingGuard, type GuardOptions, type TradingGuard } from '../../src/broker/guard';
import type { BrokerEvent, ConnectionState } from '../../src/broker/port';
import { DEFAULT_CONFIG, type BrokerConfig, type Permissions } from '../../src/config/config';
import type { FutureContract } from '../../src/domain/contracts';
import type { OrderIntent } from '../../src/domain/intents';
import { ACCOUNT, MARKET_TIME, ScriptedTws, TRADING_ID } from './scripted-tws';
import { ES_CONTRACT } from '../es-contract';

export const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const testBroker = (port: number, fields: Partial<BrokerConfig> = {}): BrokerConfig => ({
  ...DEFAULT_CONFIG.broker,
  port,
  account: ACCOUNT,
  clientId: TRADING_ID,
  retryMs: 100,
  pollMs: 50,
  requestTimeoutMs: 1_500,
  livenessMs: 1_500,
  ...fields,
});

export const TRADING: Permissions = {
  enableOrderExec: true,
  allowOrders: true,
  dryRun: false,
  allowLive: null,
  learningOnly: false,
};

export const ESZ3: FutureContract = { ...ES_CONTRACT, conId: 201_312 };

export const KEY = `${ACCOUNT}-1-1`;

export const intentOf = (fields: Partial<OrderIntent> = {}): OrderIntent => ({
  key: KEY,
  account: ACCOUNT,
  contract: ESZ3,
  side: 'buy',
  quantity: 1,
  orderType: 'market',
  limitPrice: null,
  bracket: null,
  purpose: 'entry',
  orderIdBase: 1_000_000,
  decisionId: null,
  referencePrice: 1_650,
  decidedAt: MARKET_TIME,
  expiresAt: MARKET_TIME + 60_000,
  decidedMonotonicMs: null,
  expectedPosition: 0,
  ...fields,
});

export interface GuardRig {
  readonly tws: ScriptedTws;
  readonly port: number;
  readonly guard: TradingGuard;
  readonly events: BrokerEvent[];
  readonly states: ConnectionState[];
  readonly stateDir: string;
  close(): Promise<void>;
}

export interface RigSettings {
  readonly broker?: Partial<BrokerConfig>;
  readonly permissions?: Partial<Permissions>;
  readonly options?: Partial<GuardOptions>;
  /** Prepares the TWS before the guard connects. */
  readonly before?: (tws: ScriptedTws) => void;
  /** False: return at once, without waiting for ready. */
  readonly ready?: boolean;
}

export async function startRig(settings: RigSettings = {}): Promise<GuardRig> {
  const { tws, port } = await ScriptedTws.start();
  settings.before?.(tws);
  const stateDir = mkdtempSync(join(tmpdir(), 'omega-guard-'));
  const guard = createTradingGuard(
    { broker: testBroker(port, settings.broker), permissions: { ...TRADING, ...settings.permissions } },
    { stateDir, logger: SILENT, ...settings.options },
  );
  const events: BrokerEvent[] = [];
  const states: ConnectionState[] = [];
  guard.onEvent((event) => events.push(event));
  guard.onConnection((state) => states.push(state));
  const close = async (): Promise<void> => {
    guard.stop();
    await tws.close();
    rmSync(stateDir, { recursive: true, force: true });
  };
  guard.start();
  if (settings.ready !== false) await until(() => guard.connection().phase === 'ready');
  return { tws, port, guard, events, states, stateDir, close };
}

/** Waits until the condition holds. @throws when it does not within `withinMs`. */
export async function until(condition: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${condition.toString()}`);
    await pause(5);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const lookupOf = (
  key = KEY,
  refresh = true,
): { key: string; conId: number; sentAt: number; sentEpoch: null; refresh: boolean } => ({
  key,
  conId: ESZ3.conId,
  sentAt: MARKET_TIME,
  sentEpoch: null,
  refresh,
});
