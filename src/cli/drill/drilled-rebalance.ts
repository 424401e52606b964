/**
 * A weekly rebalance that buys twenty stocks at the paper gateway, through session and orders: its pieces are stocks that have traded, as
 * the gateway's own books tell; in the end the session's books, the report and the targets are held against those.
 */
import type { Client } from '@temporalio/client';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readRebalance, startRebalance } from '../../client/rebalance';
import { sessionWorkflowId } from '../../domain/ids';
import type { RebalanceOutcome } from '../../domain/rebalance/rebalance-run';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { orderBook, snapshot } from '../../workflows/messages';
import { DEMO_ACCOUNT } from '../demo/demo-environment';
import { workerSpec } from '../demo/demo-processes';
import { waitFor } from '../demo/wait-for';
import { judgeBooks, type SessionBooks } from './books';
import { paperGateway } from './drill-gateway';
import type { DrilledWork, Pieces, WorkOutcome, WorkPlace } from './drilled-work';
import { readBrokerBooks } from './read-books';

/** The open of a day that both files of daily bars have. */
const OPEN = Date.parse('2013-06-03T13:30:00Z');
const STOCKS = 20;
const PATIENCE_MS = 60_000;
const CALL_MS = 5_000;

/** All twenty, whatever they score, and no person to wait for. */
const SETTINGS = {
  rebalance: {
    trade: true,
    approval: { needed: false, hours: 1 },
    paceMs: 1_001,
    rules: { holdings: STOCKS, keepRank: STOCKS, upper: -9, lower: -10, turnoverLimit: 1, suppressBuysIn: [] },
  },
};

const tradedSchema = z.array(z.object({ symbol: z.string(), orderRef: z.string(), executions: z.array(z.string()) }));
const heldSchema = z.array(z.object({ symbol: z.string(), quantity: z.number() }));

/** Asks the gateway until it answers: it may just have been killed. */
const asked = <T>(place: WorkPlace, path: string, schema: z.ZodType<T>): Promise<T> =>
  waitFor(
    `the paper gateway to tell ${path}`,
    async () => {
      const response = await fetch(`http://127.0.0.1:${place.ports.control}${path}`);
      return response.ok ? schema.parse(await response.json()) : null;
    },
    { timeoutMs: PATIENCE_MS, pollMs: 50 },
  );

/** The session, once it has nothing under way; calls that meet a dead server or worker are made again. */
const settledSession = (client: Client): Promise<SessionSnapshot> =>
  waitFor(
    'the session to settle',
    async () => {
      const session = client.workflow.getHandle(sessionWorkflowId(DEMO_ACCOUNT));
      const now = await client.withDeadline(Date.now() + CALL_MS, () => session.query(snapshot));
      return now.settled ? now : null;
    },
    { timeoutMs: PATIENCE_MS, pollMs: 200 },
  );

async function sessionBooks(client: Client): Promise<SessionBooks> {
  const { epoch, seq, day, positions } = await settledSession(client);
  const orders = [];
  for await (const { workflowId, runId, status } of client.workflow.list({ query: "WorkflowType = 'order'" }))
    if (status.name !== 'CONTINUED_AS_NEW')
      orders.push(await client.workflow.getHandle(workflowId, runId).query(orderBook));
  // The session counts shares apart from contracts; the gateway's books have one column for both.
  const traded = { ...day, contractsTraded: day.contractsTraded + day.sharesTraded };
  return { epoch, seq, day: traded, positions, orders };
}

async function rebalanced(client: Client): Promise<RebalanceOutcome> {
  await settledSession(client);
  const input = { account: DEMO_ACCOUNT, asOf: null, manner: {}, paper: null, askBecause: null };
  const handle = await startRebalance(client, input, OPEN);
  if (handle === null) throw new Error('a rebalance runs already');
  return handle.result();
}

/** Stocks whose holding is more than a share away from its target, with both. */
async function offTarget(client: Client, held: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const { list } = await readRebalance(client, DEMO_ACCOUNT);
  if (list === null) return ['there is no list'];
  return list.names.flatMap(({ ticker, price, weightTarget }) => {
    const target = ((weightTarget ?? 0) * list.equity) / (price ?? Infinity);
    const has = held.get(ticker) ?? 0;
    return Math.abs(has - target) <= 1 ? [] : [`${ticker}: ${has} held, target ${target.toFixed(2)}`];
  });
}

/** A leg as the report tells it, without its price: that is the moment's. */
const legsOf = (outcome: RebalanceOutcome): readonly string[] =>
  outcome.kind === 'traded'
    ? outcome.legs.map(({ side, ticker, asked: quantity, filled, state }) =>
        [side, ticker, quantity, filled, state].join(' '),
      )
    : [JSON.stringify(outcome)];

export const DRILLED_REBALANCE: DrilledWork = {
  name: 'rebalance',
  piece: 'stock',
  victims: ['temporal', 'gateway', 'trader', 'training'],
  prepare(place, env) {
    writeFileSync(join(place.paths.root, 'omega.config.json'), JSON.stringify(SETTINGS));
    return [paperGateway(place, env, OPEN, ['--stocks']), workerSpec('trader', place.paths, env)];
  },
  async run(client, place): Promise<WorkOutcome> {
    const outcome = await rebalanced(client);
    const books = judgeBooks(await sessionBooks(client), await readBrokerBooks(place.ports.control));
    const positions = await asked(place, '/positions', heldSchema);
    const held = new Map(positions.map(({ symbol, quantity }) => [symbol, quantity]));
    return {
      summary: JSON.stringify({ legs: legsOf(outcome), held: [...held].sort(([a], [b]) => (a < b ? -1 : 1)) }),
      faults: [
        ...[...books.lost, ...books.duplicated, ...books.unknown, ...books.counters],
        ...(await offTarget(client, held)),
        ...(held.size === STOCKS ? [] : [`${held.size} stocks are held`]),
        ...(outcome.kind === 'traded' && outcome.complete ? [] : [`not complete: ${JSON.stringify(outcome)}`]),
      ],
    };
  },
  async finished(place): Promise<Pieces> {
    const orders = await asked(place, '/orders', tradedSchema);
    const traded = orders.filter(({ executions }) => executions.length > 0);
    return new Map(
      [...new Set(traded.map(({ symbol }) => symbol))].map((symbol) => [
        symbol,
        JSON.stringify(orders.filter((order) => order.symbol === symbol)),
      ]),
    );
  },
  keeps: ordersKept,
};

/** The same orders, with the executions that they had; those may have become more. */
export function ordersKept(before: string, after: string): boolean {
  const [then, now] = [before, after].map((text) => tradedSchema.parse(JSON.parse(text)));
  return (
    then.length === now.length &&
    then.every(({ orderRef, executions }) => {
      const same = now.find((order) => order.orderRef === orderRef);
      return same !== undefined && executions.every((id) => same.executions.includes(id));
    })
  );
}
