/** Reads both sides after a run: the gateway's books from its control port, the session's from its workflows and their histories. */
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { z } from 'zod';
import { sessionWorkflowId } from '../../domain/ids';
import type { OrderBook } from '../../domain/order-book';
import type { OrderReport } from '../../domain/order-report';
import { orderBook, orderReport, snapshot } from '../../workflows/messages';
import type { OrderArguments } from '../../workflows/order';
import { CliError } from '../cli-error';
import type { DemoRun } from '../demo/demo-folder';
import type { BrokerBooks, SessionBooks } from './books';
import type { OrderMoment } from './unknown-spans';

const CALL_TIMEOUT_MS = 60_000;

const ordersSchema = z.array(
  z.object({ orderRef: z.string(), conId: z.number(), orderId: z.number(), filled: z.number() }),
);
const executionsSchema = z.array(
  z.object({
    execId: z.string(),
    orderRef: z.string(),
    conId: z.number(),
    side: z.enum(['BOT', 'SLD']),
    shares: z.number(),
    price: z.number(),
    time: z.number(),
    commission: z.number(),
    realizedPnl: z.number().nullable(),
  }),
);
const positionsSchema = z.array(z.object({ conId: z.number(), quantity: z.number() }));

async function get(port: number, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!response.ok) throw new CliError('FAILED', `The gateway answered ${response.status} to GET ${path}.`);
  return response.json();
}

export async function readBrokerBooks(controlPort: number): Promise<BrokerBooks> {
  return {
    orders: ordersSchema.parse(await get(controlPort, '/orders')),
    fills: executionsSchema.parse(await get(controlPort, '/executions')),
    positions: positionsSchema.parse(await get(controlPort, '/positions')),
  };
}

export interface SessionReading {
  readonly books: SessionBooks;
  /** Everything that was said about each order's states, with its wall time. */
  readonly moments: readonly OrderMoment[];
  /** Symbols that wait for a human, with the reason. */
  readonly frozen: readonly string[];
}

/** Reads the session of a running demonstration. `day` must be closed. */
export async function readSession(run: DemoRun, day: string): Promise<SessionReading> {
  const connection = await Connection.connect({ address: run.temporalAddress });
  const client = new Client({ connection, namespace: run.temporalNamespace });
  try {
    return await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => readWith(client, run.account, day));
  } finally {
    await connection.close();
  }
}

async function readWith(client: Client, account: string, day: string): Promise<SessionReading> {
  const id = sessionWorkflowId(account);
  const now = await client.workflow.getHandle(id).query(snapshot);
  const totals = now.pastDays.find(({ tradeDate }) => tradeDate === day);
  if (totals === undefined) throw new CliError('FAILED', `The session has not closed ${day}.`);
  const orders: OrderBook[] = [];
  const moments: OrderMoment[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list({ query: "WorkflowType = 'order'" })) {
    if (status.name !== 'CONTINUED_AS_NEW')
      orders.push(await client.workflow.getHandle(workflowId, runId).query(orderBook));
    moments.push(...(await placementOf(client, workflowId, runId)));
  }
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
    moments.push(...(await reportsTo(client, id, runId)));
  }
  const { epoch, seq, positions } = now;
  const frozen = Object.entries(now.frozen).map(([symbol, why]) => `${symbol}: ${why}`);
  return { books: { epoch, seq, orders, day: totals, positions }, moments, frozen };
}

/** The placement an order began with: unknown when nobody answered it. */
async function placementOf(client: Client, workflowId: string, runId: string): Promise<readonly OrderMoment[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const [first] = events ?? [];
  const input = argumentOf<OrderArguments>(first?.workflowExecutionStartedEventAttributes?.input?.payloads);
  if (first === undefined || input === null || input.placement.outcome !== 'unknown') return [];
  return [{ key: input.intent.key, at: timeOf(first.eventTime), states: ['unknown'] }];
}

/** What the orders told one run of the session. */
async function reportsTo(client: Client, workflowId: string, runId: string): Promise<readonly OrderMoment[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).flatMap(({ eventTime, workflowExecutionSignaledEventAttributes: signal }) => {
    if (signal?.signalName !== orderReport.name) return [];
    const report = argumentOf<OrderReport>(signal.input?.payloads);
    return report === null ? [] : [{ key: report.key, at: timeOf(eventTime), states: Object.values(report.states) }];
  });
}

/** The first argument of a start or signal; null when there is none. */
function argumentOf<T>(payloads: readonly Payload[] | null | undefined): T | null {
  const [payload] = payloads ?? [];
  return payload === undefined ? null : defaultPayloadConverter.fromPayload<T>(payload);
}

interface EventTime {
  readonly seconds?: { toString(): string } | null;
  readonly nanos?: number | null;
}

const timeOf = (time: EventTime | null | undefined): number =>
  Number(time?.seconds?.toString() ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
