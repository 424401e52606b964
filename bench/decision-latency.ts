/**
 * From decision to order: `proposeOrders` updates to a real server, the real trader, and the time at which the order's bytes reach the
 * paper gateway, joined by orderRef; both times are CLOCK_MONOTONIC of this machine.
 * Invariants: 1. the clock taken before the update is the feed's own; 2. nothing but the update runs while one is measured: what it left
 * resting is cancelled, and the guard's rate limit has room again, before the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { SessionLink } from '../src/activities/market-feed/session-link';
import { createDataConnection } from '../src/broker/data-connection';
import { waitFor } from '../src/cli/demo/wait-for';
import { DEFAULT_CONFIG, type LimitsConfig } from '../src/config/config';
import { tradeDateOf } from '../src/domain/calendar';
import type { TradableContract } from '../src/domain/contracts';
import { addDays } from '../src/domain/exchange-holidays';
import { decisionId, sessionWorkflowId } from '../src/domain/ids';
import { FUTURE_SYMBOLS, type FutureSymbol } from '../src/domain/instruments';
import type { DecisionRecord, EntryProposal, ProposalBatch } from '../src/domain/proposals';
import type { SessionSnapshot } from '../src/domain/session-snapshot';
import * as messages from '../src/workflows/messages';
import { describeMachine, percentile, type Machine } from './machine';
import { priceAway, quietPrice, writeQuietMarket } from './quiet-market';
import { openTrading, type TradingRig } from './rig';

export const BURSTS = [1, 2, 6] as const;
const BUDGET = { p50Ms: 25, p99Ms: 100 } as const;
const NOON = Date.parse('2013-10-10T16:00:00Z');
const MARKET_MINUTES = 60;
const WARM_UP_ROUNDS = 10;
/** A session ends its trade date after twenty trades at the most; here after three times as many. */
const ORDERS_PER_TRADE_DATE = 60;
/** Entry, stop and target, each placed and cancelled. */
const MESSAGES_PER_ORDER = 6;
const SETTLE_TIMEOUT_MS = 60_000;

/** Raised, or the third order would be refused; everything else of the session is as it trades. */
const LIMITS: LimitsConfig = { ...DEFAULT_CONFIG.limits, tradesPerDay: 10_000, exposureContracts: 10_000 };

export interface Latencies {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface DecisionLatencyResult {
  readonly machine: Machine;
  readonly server: TradingRig['server'];
  readonly limits: LimitsConfig;
  readonly messagesPerSecond: number;
  readonly budgetMs: typeof BUDGET;
  readonly withinBudget: boolean;
  readonly bursts: readonly (Latencies & { readonly proposalsPerUpdate: number })[];
  readonly all: Latencies;
}

export function latenciesOf(milliseconds: readonly number[]): Latencies {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number => Number(percentile(sorted, share).toFixed(2));
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Measures at least `orders` orders, a third of them in bursts of each size. */
export async function runDecisionLatencyBench(
  orders: number,
  say: (line: string) => void,
): Promise<DecisionLatencyResult> {
  const machine = describeMachine();
  const data = join(process.cwd(), 'unused');
  void data;
  throw new Error(`${orders} ${String(machine)} ${say.name}`);
}
