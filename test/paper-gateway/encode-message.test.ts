/** Messages as @stoqey/ib's own decoder reads them, at every version where a layout changes. */
import { Decoder } from '@stoqey/ib/dist/core/io/decoder';
import { encodeMessage } from '../../src/paper-gateway/encode-message';
import { splitFields } from '../../src/paper-gateway/framing';
import { DEFAULT_ORDER, type ServerMessage, type ServerMessageType } from '../../src/paper-gateway/messages';
import { SAMPLE_MESSAGES } from './sample-messages';
import { ACCOUNT, DETAILS, ES_CONTRACT, STOP_LIMIT, TRAIL } from './sample-parts';

interface Heard {
  readonly events: { readonly name: string; readonly args: readonly unknown[] }[];
  readonly errors: { readonly text: string; readonly code: number; readonly id: number }[];
}

/** What a client of that version hears. */
const hear = (message: ServerMessage, serverVersion: number): Heard =>
  hearFields(splitFields(encodeMessage(message, serverVersion).subarray(4)), serverVersion);

function hearFields(fields: readonly string[], serverVersion: number): Heard {
  const heard: Heard = { events: [], errors: [] };
  const decoder = new Decoder({
    serverVersion,
    emitEvent: (name: string, ...args: unknown[]) => heard.events.push({ name, args }),
    emitError: (text: string, code: number, id: number) => heard.errors.push({ text, code, id }),
    emitInfo: (text: string, code: number) => heard.errors.push({ text, code, id: -1 }),
  });
  decoder.enqueueMessage([...fields]);
  decoder.process();
  return heard;
}

const VERSIONS = [
  100, 105, 112, 123, 130, 137, 144, 147, 151, 157, 162, 163, 164, 168, 176, 177, 178, 182, 187, 190, 193,
];
/** Below 177 this decoder misreads completed orders of any gateway (it takes the profile field away for all versions). */
const SINCE: Partial<Record<ServerMessageType, number>> = { completedOrder: 177 };
const CASES = Object.values(SAMPLE_MESSAGES).flatMap((message) =>
  VERSIONS.filter((version) => version >= (SINCE[message.type] ?? 0)).map(
    (version) => [message.type, version, message] as const,
  ),
);

describe('server messages', () => {
  it.each(CASES)('%s is read whole at version %i', (type, version, message) => {
    const heard = hear(message, version);
    if (type === 'error') {
      expect(heard.errors).toEqual([{ text: 'No security definition – none', code: 200, id: 42 }]);
    } else {
      expect(heard.errors).toEqual([]);
      expect(heard.events.length).toBeGreaterThan(0);
    }
  });

  it('the client notices a field too few or too many, so the cases above can fail', () => {
    const fields = splitFields(encodeMessage(SAMPLE_MESSAGES.openOrder, 193).subarray(4));
    expect(hearFields(fields, 193).errors).toEqual([]);
    expect(hearFields(fields.slice(0, -1), 193).errors).toHaveLength(1);
    expect(hearFields([...fields, ''], 193).errors).toHaveLength(1);
  });

  it('a completed order has one field more before 177, the advisor profile behind the percentage', () => {
    const fields = (version: number) => splitFields(encodeMessage(SAMPLE_MESSAGES.completedOrder, version).subarray(4));
    const [before, since] = [[...fields(176)], fields(177)];
    before.splice(before.indexOf(SAMPLE_MESSAGES.completedOrder.order.orderRef) + 9, 1);
    expect(before).toEqual(since);
  });

  it.each([157, 176, 178, 187, 193])('an open order keeps what was placed, version %i', (version) => {
    const heard = hear(SAMPLE_MESSAGES.openOrder, version);
    const [orderId, contract, order, state] = heard.events[0]?.args ?? [];
    expect(orderId).toBe(1_000_001);
    expect(contract).toMatchObject({ conId: ES_CONTRACT.conId, symbol: 'ES', secType: 'FUT', multiplier: 50 });
    expect(order).toMatchObject({
      action: 'SELL',
      totalQuantity: 3,
      orderType: 'STP LMT',
      lmtPrice: 1650.25,
      auxPrice: 1651.5,
      tif: 'GTD',
      ocaGroup: 'bracket-7',
      ocaType: 3,
      account: ACCOUNT,
      orderRef: STOP_LIMIT.orderRef,
      clientId: 101,
      permId: 1_234_567,
      parentId: 1_000_000,
      outsideRth: true,
      goodTillDate: STOP_LIMIT.goodTillDate,
      triggerMethod: 2,
      whatIf: false,
    });
    expect(state).toMatchObject({
      status: 'PreSubmitted',
      commission: 2.25,
      minCommission: 1,
      maxCommission: undefined,
    });
    expect(state).toMatchObject({ commissionCurrency: 'USD', initMarginAfter: undefined });
  });

  it('a trailing what-if order keeps its trail and its flag', () => {
    const message: ServerMessage = { ...SAMPLE_MESSAGES.openOrder, order: { ...TRAIL, lmtPriceOffset: 0.5 } };
    const order = hear(message, 193).events[0]?.args[2];
    expect(order).toMatchObject({ trailStopPrice: 1640, trailingPercent: 0.5, lmtPriceOffset: 0.5, whatIf: true });
  });

  it('an order with a hedge and an algorithm is still read whole', () => {
    const order = { ...DEFAULT_ORDER, action: 'BUY', orderType: 'LMT', hedgeType: 'D', algoStrategy: 'Adaptive' };
    for (const version of VERSIONS) expect(hear({ ...SAMPLE_MESSAGES.openOrder, order }, version).errors).toEqual([]);
  });

  it.each([177, 178, 187, 193])('a completed order tells size, time and status, version %i', (version) => {
    const [contract, order, state] = hear(SAMPLE_MESSAGES.completedOrder, version).events[0]?.args ?? [];
    expect(contract).toMatchObject({ localSymbol: 'ESZ3' });
    expect(order).toMatchObject({ permId: 1_234_567, parentPermId: 1_234_566, filledQuantity: 3 });
    expect(order).toMatchObject({ orderRef: STOP_LIMIT.orderRef, account: ACCOUNT });
    expect(state).toMatchObject({
      status: 'Filled',
      completedStatus: 'Filled Size: 3',
      completedTime: '20131009 09:30:00 US/Central',
    });
  });

  it.each([100, 157, 178, 193])('executions and commissions, version %i', (version) => {
    const [requestId, contract, execution] = hear(SAMPLE_MESSAGES.execDetails, version).events[0]?.args ?? [];
    expect(requestId).toBe(-1);
    expect(contract).toMatchObject({ conId: ES_CONTRACT.conId, tradingClass: 'ES' });
    expect(execution).toMatchObject({
      orderId: 1_000_001,
      execId: '0000e1a7.52555a10.01.01',
      time: '20131009 09:30:01 US/Central',
      acctNumber: ACCOUNT,
      side: 'BOT',
      shares: 2,
      price: 1650.25,
      permId: 1_234_567,
      clientId: 101,
      cumQty: 2,
      orderRef: 'DEMO1000001-1-7',
    });
    const opening = hear(SAMPLE_MESSAGES.commissionReport, version).events[0]?.args[0];
    expect(opening).toMatchObject({ commission: 4.5, currency: 'USD', realizedPNL: undefined });
    const closing = hear({ ...SAMPLE_MESSAGES.commissionReport, realizedPnl: -12.5 }, version).events[0]?.args[0];
    expect(closing).toMatchObject({ realizedPNL: -12.5 });
  });

  it.each([100, 163, 164, 182, 187, 193])('contract details, version %i', (version) => {
    const [requestId, details] = hear(SAMPLE_MESSAGES.contractDetails, version).events[0]?.args ?? [];
    expect(requestId).toBe(42);
    expect(details).toMatchObject({
      contract: { conId: ES_CONTRACT.conId, localSymbol: 'ESZ3', exchange: 'CME', currency: 'USD', multiplier: 50 },
      minTick: 0.25,
      contractMonth: '201312',
      timeZoneId: 'US/Central',
      tradingHours: DETAILS.tradingHours,
      liquidHours: DETAILS.liquidHours,
    });
  });

  it('bars and updates keep each price in its place', () => {
    for (const version of [100, 193]) {
      const events = hear(SAMPLE_MESSAGES.historicalData, version).events;
      expect(events).toHaveLength(3);
      const [id, date, open, high, low, close, volume, count, wap] = events[0]?.args ?? [];
      expect([id, date, open, high, low, close, volume, count, wap]).toEqual([
        ...[42, '20131009 09:30:00 US/Central', 1650, 1651.25, 1649.75, 1651, 1234, 77, 1650.5],
      ]);
      expect(events[2]?.args[1]).toMatch(/^finished-/);
    }
    const update = hear(SAMPLE_MESSAGES.historicalDataUpdate, 193).events[0]?.args;
    expect(update?.slice(2, 6)).toEqual([1650, 1651.25, 1649.75, 1651]);
  });

  it('P&L that is not computed arrives as undefined', () => {
    expect(hear(SAMPLE_MESSAGES.pnl, 193).events[0]?.args).toEqual([42, 75, 70, undefined]);
    expect(hear(SAMPLE_MESSAGES.pnlSingle, 193).events[0]?.args).toEqual([42, 2, 75, 70, undefined, 165_100]);
  });

  it('NUL and letters beyond ASCII in a text shift no field', () => {
    const heard = hear({ type: 'error', id: 7, code: 321, message: 'a\0b é' }, 193);
    expect(heard.errors).toEqual([{ text: 'a b é', code: 321, id: 7 }]);
  });
});
