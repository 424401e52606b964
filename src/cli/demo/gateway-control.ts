/** The paper gateway's control port (HTTP on loopback): the conductor releases its clock and measures with it; nobody trades by it. */
import { Agent, request } from 'node:http';
import { z } from 'zod';
import { CliError } from '../cli-error';
import { clockTime } from '../number-format';
import { waitFor } from './wait-for';

const HOST = '127.0.0.1';
const REQUEST_TIMEOUT_MS = 20_000;
/** Long enough for a killed gateway to come back. */
const RETRY_TIMEOUT_MS = 60_000;

const clockSchema = z.object({
  time: z.number(),
  tradeDate: z.string(),
  executions: z.object({ tradeDate: z.number() }),
});
const ordersSchema = z.array(z.object({ orderRef: z.string(), receivedMonotonicMs: z.number().nullable() }));

export interface GatewayClock {
  /** Market time the gateway stands at, UTC ms. */
  readonly time: number;
  readonly tradeDate: string;
  /** Executions of that trade date so far. */
  readonly executions: number;
}

function clockOf(answer: unknown): GatewayClock {
  const { time, tradeDate, executions } = clockSchema.parse(answer);
  return { time, tradeDate, executions: executions.tradeDate };
}

export class GatewayControl {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 2 });

  constructor(private readonly port: number) {}

  async clock(): Promise<GatewayClock> {
    return this.repeated('its clock', () => this.clockNow());
  }

  /** One try, for a readiness probe. */
  async clockNow(): Promise<GatewayClock> {
    return clockOf(await this.call('GET', '/clock'));
  }

  /** Lets the clock run to `time` (UTC ms) and resolves when everything up to it has happened. Safe to repeat. */
  async release(time: number): Promise<GatewayClock> {
    return this.repeated(`its clock to reach ${clockTime(time)}Z`, async () =>
      clockOf(await this.call('POST', '/clock', { advanceTo: time })),
    );
  }

  /** When each order's bytes arrived, by orderRef: CLOCK_MONOTONIC of this machine, ms. The first arrival counts. */
  async receivedMonotonicMs(): Promise<ReadonlyMap<string, number>> {
    const orders = await this.repeated('its orders', async () => ordersSchema.parse(await this.call('GET', '/orders')));
    const received = new Map<string, number>();
    for (const { orderRef, receivedMonotonicMs } of orders) {
      if (receivedMonotonicMs === null) continue;
      received.set(orderRef, Math.min(receivedMonotonicMs, received.get(orderRef) ?? Infinity));
    }
    return received;
  }

  close(): void {
    this.agent.destroy();
  }

  private repeated<T>(what: string, attempt: () => Promise<T | null>): Promise<T> {
    return waitFor(`the paper gateway to tell or set ${what}`, attempt, { timeoutMs: RETRY_TIMEOUT_MS, pollMs: 50 });
  }

  private call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers =
        payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
      const outgoing = request(
        { host: HOST, port: this.port, method, path, agent: this.agent, headers, timeout: REQUEST_TIMEOUT_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode !== 200) {
              reject(
                new CliError('FAILED', `the gateway answered ${response.statusCode} to ${method} ${path}: ${text}`),
              );
              return;
            }
            try {
              resolve(JSON.parse(text));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${REQUEST_TIMEOUT_MS / 1_000} s`)));
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }
}
