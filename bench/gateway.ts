/**
 * How fast the paper gateway replays and answers: minutes of the recorded days a second with 1 and 4 clients that read every stream of ES
 * and GC, and the round trip of an order. The clock is released minute by minute through the control port, as in lock-step replay.
 */
import { EventName, IBApi, OrderAction, OrderType, SecType, TimeInForce } from '@stoqey/ib';
import { join } from 'node:path';
import { createDataConnection } from '../src/broker/data-connection';
import type { MarketDataPort } from '../src/broker/market-data-port';
import { monotonicMs } from '../src/broker/limiter';
import { PACKAGE_ROOT } from '../src/cli/child-command';
import { scheduleOf } from '../src/cli/demo/schedule';
import type { FutureContract } from '../src/domain/contracts';
import { INSTRUMENTS, roundToTick, type FutureSymbol } from '../src/domain/instruments';
import { loadRecordedMarket } from '../src/market-data/recorded-minutes';
import { latenciesOf, type Latencies } from './latencies';
import { describeMachine, type Machine } from './machine';
import { openGateway, type GatewayRig } from './rig';

const DATA = join(PACKAGE_ROOT, 'data');
const TRADE_DATE = '2013-10-10';
const SYMBOLS: readonly FutureSymbol[] = ['ES', 'GC'];
const CLIENTS = [1, 4] as const;
const TRADING_ID = 101;
const FIRST_ORDER_ID = 1_000_000;

export interface Replay {
  readonly clients: number;
  readonly minutes: number;
  readonly minutesPerSecond: number;
  /** Messages that all clients together were told: bars, quotes. */
  readonly told: number;
}

export interface GatewayBenchResult {
  readonly machine: Machine;
  readonly tradeDate: string;
  readonly replays: readonly Replay[];
  /** placeOrder to the first openOrder about it, and cancelOrder to its Cancelled, ms. */
  readonly place: Latencies;
  readonly cancel: Latencies;
}

export async function runGatewayBench(orders: number, say: (line: string) => void): Promise<GatewayBenchResult> {
  const machine = describeMachine();
  const schedule = scheduleOf(await loadRecordedMarket(DATA, { instruments: SYMBOLS }), SYMBOLS, TRADE_DATE);
  const replays: Replay[] = [];
  for (const clients of CLIENTS) {
    const rig = await openGateway({ dataFolder: DATA, clock: schedule.start });
    try {
      replays.push(await replay(rig, clients, schedule.minuteEnds));
      say(`${clients} clients: ${replays.at(-1)?.minutesPerSecond ?? 0} minutes a second`);
    } finally {
      await rig.stop();
    }
  }
  const rig = await openGateway({ dataFolder: DATA, clock: Date.parse(`${TRADE_DATE}T16:00:00Z`) });
  try {
    const contract = await frontOf(rig, 'ES');
    return { machine, tradeDate: TRADE_DATE, replays, ...(await roundTrips(rig, contract, orders)) };
  } finally {
    await rig.stop();
  }
}

/** Releases every minute of the day; it is over when each client has read what the gateway wrote before its last answer. */
async function replay(rig: GatewayRig, clients: number, minuteEnds: readonly number[]): Promise<Replay> {
  let told = 0;
  const count = (): void => {
    told += 1;
  };
  const connections: MarketDataPort[] = [];
  try {
    for (let i = 0; i < clients; i += 1) {
      const data = createDataConnection(rig.broker);
      connections.push(data);
      await data.connect();
      for (const symbol of SYMBOLS) {
        data.subscribe(await data.resolveFront(symbol, TRADE_DATE), { onBar5s: count, onQuote: count });
      }
    }
    const began = monotonicMs();
    for (const minuteEnd of minuteEnds) await rig.control.release(minuteEnd);
    await Promise.all(connections.map((data) => data.marketTime()));
    const seconds = (monotonicMs() - began) / 1_000;
    const minutes = minuteEnds.length;
    return { clients, minutes, minutesPerSecond: Math.round(minutes / seconds), told };
  } finally {
    await Promise.all(connections.map((data) => data.close()));
  }
}

async function frontOf(rig: GatewayRig, symbol: FutureSymbol): Promise<FutureContract> {
  const data = createDataConnection(rig.broker);
  try {
    await data.connect();
    return await data.resolveFront(symbol, TRADE_DATE);
  } finally {
    await data.close();
  }
}

/** Resting limit orders, one at a time, each placed and cancelled by a client of its own. */
async function roundTrips(
  rig: GatewayRig,
  { conId, exchange, symbol }: FutureContract,
  orders: number,
): Promise<Pick<GatewayBenchResult, 'place' | 'cancel'>> {
  const api = new IBApi({ host: rig.broker.host, port: rig.broker.port, clientId: TRADING_ID, maxReqPerSec: Infinity });
  const heard = (wanted: (id: number, status: string) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const listen = (id: number, status: string): void => {
        if (!wanted(id, status)) return;
        api.off(EventName.orderStatus, listen);
        resolve();
      };
      api.on(EventName.orderStatus, listen);
    });
  const timed = async (answer: Promise<void>, call: () => void): Promise<number> => {
    const began = monotonicMs();
    call();
    await answer;
    return monotonicMs() - began;
  };
  const accepted = new Promise<void>((resolve) => api.once(EventName.nextValidId, () => queueMicrotask(resolve)));
  api.connect();
  await accepted;
  try {
    const [place, cancel]: [number[], number[]] = [[], []];
    const lmtPrice = roundToTick(1_000, INSTRUMENTS[symbol]);
    const order = {
      action: OrderAction.BUY,
      totalQuantity: 1,
      orderType: OrderType.LMT,
      lmtPrice,
      tif: TimeInForce.DAY,
    };
    for (let id = FIRST_ORDER_ID; id < FIRST_ORDER_ID + orders; id += 1) {
      const placed = heard((of, status) => of === id && status !== 'Cancelled');
      place.push(
        await timed(placed, () =>
          api.placeOrder(id, { conId, exchange, secType: SecType.FUT }, { ...order, transmit: true }),
        ),
      );
      const cancelled = heard((of, status) => of === id && status === 'Cancelled');
      cancel.push(await timed(cancelled, () => api.cancelOrder(id)));
    }
    return { place: latenciesOf(place), cancel: latenciesOf(cancel) };
  } finally {
    api.disconnect();
  }
}
