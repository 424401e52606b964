/** Requests as @stoqey/ib's own encoder writes them, at every version where a layout changes. */
import { OrderAction, OrderType, SecType, type Contract, type Order } from '@stoqey/ib';
import { Encoder } from '@stoqey/ib/dist/core/io/encoder';
import { decodeRequest } from '../../src/paper-gateway/decode-request';
import { MessageError } from '../../src/paper-gateway/fields';
import type { ClientRequest } from '../../src/paper-gateway/messages';
import { ACCOUNT, ES_CONTRACT } from './sample-messages';

/** Fields on the wire of what `call` sends at `serverVersion`, as the client's socket writes them. */
function sent(serverVersion: number, call: (encoder: Encoder) => void): readonly string[] {
  let fields: string[] = [];
  const encoder = new Encoder({
    serverVersion,
    sendMsg: (tokens: unknown[]) => {
      fields = (tokens.flat(4) as (string | number | boolean | undefined | null)[]).map((token) =>
        typeof token === 'boolean' ? String(Number(token)) : String(token ?? ''),
      );
    },
    emitError: (text: string) => {
      throw new Error(text);
    },
  } as unknown as ConstructorParameters<typeof Encoder>[0]);
  call(encoder);
  return fields;
}

const decoded = (version: number, call: (encoder: Encoder) => void): ClientRequest =>
  decodeRequest(sent(version, call), version);

const VERSIONS = [
  140, 144, 145, 147, 149, 151, 157, 158, 160, 162, 166, 169, 170, 176, 177, 178, 183, 184, 187, 189, 190, 192, 193,
];
const ES: Contract = {
  conId: ES_CONTRACT.conId,
  symbol: 'ES',
  secType: SecType.FUT,
  lastTradeDateOrContractMonth: '20131220',
  multiplier: 50,
  exchange: 'CME',
  currency: 'USD',
  localSymbol: 'ESZ3',
  tradingClass: 'ES',
};
const NAMED = { ...ES_CONTRACT };
const QUERY = { ...ES_CONTRACT, includeExpired: false, secIdType: '', secId: '', issuerId: '' };
const ORDER: Order = {
  action: OrderAction.SELL,
  totalQuantity: 3,
  orderType: OrderType.STP_LMT,
  lmtPrice: 1650.25,
  auxPrice: 1651.5,
  tif: 'GTD',
  goodTillDate: '20131010 20:00:00 US/Central',
  ocaGroup: 'bracket-7',
  ocaType: 3,
  account: ACCOUNT,
  orderRef: 'DEMO1000001-1-7/stop',
  transmit: false,
  parentId: 1_000_000,
  outsideRth: true,
};

const REQUESTS: readonly (readonly [string, (encoder: Encoder) => void, Partial<ClientRequest>])[] = [
  ['ids', (e) => e.reqIds(1), { type: 'reqIds' }],
  ['accounts', (e) => e.reqManagedAccts(), { type: 'reqManagedAccounts' }],
  ['time', (e) => e.reqCurrentTime(), { type: 'reqCurrentTime' }],
  ['log level', (e) => e.setServerLogLevel(5), { type: 'setServerLogLevel', level: 5 }],
  ['data type', (e) => e.reqMarketDataType(3), { type: 'reqMarketDataType', marketDataType: 3 }],
  ['symbols', (e) => e.reqMatchingSymbols(7, 'AAP'), { type: 'reqMatchingSymbols', reqId: 7, pattern: 'AAP' }],
  ['rule', (e) => e.reqMarketRule(67), { type: 'reqMarketRule', marketRuleId: 67 }],
  ['depth exchanges', (e) => e.reqMktDepthExchanges(), { type: 'reqMktDepthExchanges' }],
  ['contract', (e) => e.reqContractDetails(7, ES), { type: 'reqContractDetails', reqId: 7, contract: QUERY }],
  [
    'history',
    (e) =>
      e.reqHistoricalData(
        7,
        ES,
        '20131009 09:30:00 US/Central',
        '1 D',
        '1 min' as never,
        'TRADES' as never,
        true,
        2,
        true,
      ),
    {
      type: 'reqHistoricalData',
      reqId: 7,
      contract: QUERY,
      endDateTime: '20131009 09:30:00 US/Central',
      duration: '1 D',
      barSize: '1 min',
      whatToShow: 'TRADES',
      useRth: true,
      formatDate: 2,
      keepUpToDate: true,
    },
  ],
  ['no history', (e) => e.cancelHistoricalData(7), { type: 'cancelHistoricalData', reqId: 7 }],
  [
    'head',
    (e) => e.reqHeadTimestamp(7, { ...ES, includeExpired: true }, 'TRADES', false, 1),
    {
      type: 'reqHeadTimestamp',
      reqId: 7,
      contract: { ...QUERY, includeExpired: true },
      whatToShow: 'TRADES',
      useRth: false,
      formatDate: 1,
    },
  ],
  ['no head', (e) => e.cancelHeadTimestamp(7), { type: 'cancelHeadTimestamp', reqId: 7 }],
  [
    'histogram',
    (e) => e.reqHistogramData(7, ES, true, '3 days' as never),
    { type: 'reqHistogramData', reqId: 7, contract: QUERY, useRth: true, period: '3 days' },
  ],
  ['no histogram', (e) => e.cancelHistogramData(7), { type: 'cancelHistogramData', reqId: 7 }],
  [
    'ticks',
    (e) => e.reqHistoricalTicks(7, ES, '', '20131009 09:30:00', 50, 'BID_ASK' as never, false, true),
    {
      type: 'reqHistoricalTicks',
      reqId: 7,
      startDateTime: '',
      endDateTime: '20131009 09:30:00',
      numberOfTicks: 50,
      whatToShow: 'BID_ASK',
      useRth: false,
      ignoreSize: true,
    },
  ],
  [
    'market data',
    (e) => e.reqMktData(7, ES, '233,236', true, false),
    {
      type: 'reqMktData',
      reqId: 7,
      contract: NAMED,
      genericTicks: '233,236',
      snapshot: true,
      regulatorySnapshot: false,
    },
  ],
  ['no market data', (e) => e.cancelMktData(7), { type: 'cancelMktData', reqId: 7 }],
  [
    'five seconds',
    (e) => e.reqRealTimeBars(7, ES, 5, 'TRADES', false),
    { type: 'reqRealTimeBars', reqId: 7, contract: NAMED, barSize: 5, whatToShow: 'TRADES', useRth: false },
  ],
  ['no five seconds', (e) => e.cancelRealTimeBars(7), { type: 'cancelRealTimeBars', reqId: 7 }],
  [
    'tick by tick',
    (e) => e.reqTickByTickData(7, ES, 'BidAsk' as never, 0, false),
    { type: 'reqTickByTickData', reqId: 7, contract: NAMED, tickType: 'BidAsk', numberOfTicks: 0, ignoreSize: false },
  ],
  ['no tick by tick', (e) => e.cancelTickByTickData(7), { type: 'cancelTickByTickData', reqId: 7 }],
  [
    'depth',
    (e) => e.reqMktDepth(7, ES, 5, false),
    { type: 'reqMktDepth', reqId: 7, contract: NAMED, rows: 5, smartDepth: false },
  ],
  ['no depth', (e) => e.cancelMktDepth(7, false), { type: 'cancelMktDepth', reqId: 7 }],
  ['cancel', (e) => e.cancelOrder(9, {}), { type: 'cancelOrder', orderId: 9 }],
  ['cancel all', (e) => e.reqGlobalCancel({}), { type: 'reqGlobalCancel' }],
  ['open orders', (e) => e.reqOpenOrders(), { type: 'reqOpenOrders' }],
  ['auto open', (e) => e.reqAutoOpenOrders(true), { type: 'reqAutoOpenOrders', autoBind: true }],
  ['all open', (e) => e.reqAllOpenOrders(), { type: 'reqAllOpenOrders' }],
  [
    'executions',
    (e) => e.reqExecutions(7, { clientId: '101', acctCode: ACCOUNT, symbol: 'ES', side: 'BUY' }),
    {
      type: 'reqExecutions',
      reqId: 7,
      filter: { clientId: 101, account: ACCOUNT, time: '', symbol: 'ES', secType: '', exchange: '', side: 'BUY' },
    },
  ],
  ['positions', (e) => e.reqPositions(), { type: 'reqPositions' }],
  ['no positions', (e) => e.cancelPositions(), { type: 'cancelPositions' }],
  [
    'positions multi',
    (e) => e.reqPositionsMulti(7, ACCOUNT, ''),
    { type: 'reqPositionsMulti', reqId: 7, account: ACCOUNT, modelCode: '' },
  ],
  ['no positions multi', (e) => e.cancelPositionsMulti(7), { type: 'cancelPositionsMulti', reqId: 7 }],
  [
    'updates multi',
    (e) => e.reqAccountUpdatesMulti(7, ACCOUNT, '', true),
    { type: 'reqAccountUpdatesMulti', reqId: 7, account: ACCOUNT, modelCode: '', ledgerAndNlv: true },
  ],
  ['no updates multi', (e) => e.cancelAccountUpdatesMulti(7), { type: 'cancelAccountUpdatesMulti', reqId: 7 }],
  [
    'summary',
    (e) => e.reqAccountSummary(7, 'All', 'NetLiquidation, TotalCashValue,'),
    { type: 'reqAccountSummary', reqId: 7, group: 'All', tags: ['NetLiquidation', 'TotalCashValue'] },
  ],
  ['no summary', (e) => e.cancelAccountSummary(7), { type: 'cancelAccountSummary', reqId: 7 }],
  [
    'updates',
    (e) => e.reqAccountUpdates(true, ACCOUNT),
    { type: 'reqAccountUpdates', subscribe: true, account: ACCOUNT },
  ],
  ['pnl', (e) => e.reqPnL(7, ACCOUNT, ''), { type: 'reqPnL', reqId: 7, account: ACCOUNT, modelCode: '' }],
  ['no pnl', (e) => e.cancelPnL(7), { type: 'cancelPnL', reqId: 7 }],
  [
    'pnl single',
    (e) => e.reqPnLSingle(7, ACCOUNT, '', 5),
    { type: 'reqPnLSingle', reqId: 7, account: ACCOUNT, conId: 5 },
  ],
  ['no pnl single', (e) => e.cancelPnLSingle(7), { type: 'cancelPnLSingle', reqId: 7 }],
];

describe('requests of the client library', () => {
  const cases = REQUESTS.flatMap(([name, call, expected]) =>
    VERSIONS.map((version) => [name, version, call, expected] as const),
  );
  it.each(cases)('%s at version %i', (_name, version, call, expected) => {
    expect(decoded(version, call)).toMatchObject(expected);
  });

  it('completed orders and user info, where the client has them', () => {
    for (const version of [150, 193]) {
      const request = decoded(version, (e) => e.reqCompletedOrders(true));
      expect(request).toEqual({ type: 'reqCompletedOrders', apiOnly: true });
    }
    expect(decoded(193, (e) => e.reqUserInfo(7))).toEqual({ type: 'reqUserInfo', reqId: 7 });
  });

  it('version 100 history has a version field and bars of its own', () => {
    const history = decoded(100, (e) =>
      e.reqHistoricalData(7, ES, '', '1 D', '1 min' as never, 'TRADES' as never, 0, 1, false),
    );
    expect(history).toMatchObject({ type: 'reqHistoricalData', reqId: 7, duration: '1 D', keepUpToDate: false });
  });
});

describe('placeOrder', () => {
  const placed = (version: number, contract: Contract, order: Order) => {
    const request = decoded(version, (encoder) => encoder.placeOrder(1_000_001, contract, order));
    if (request.type !== 'placeOrder') throw new Error(`decoded as ${request.type}`);
    return request;
  };

  it.each([100, 101, 103, ...VERSIONS])('keeps what matters at version %i', (version) => {
    // Below 141, 148 and so on the library refuses options it can't send; a plain order sets none of them.
    const request = placed(version, ES, ORDER);
    expect(request.orderId).toBe(1_000_001);
    expect(request.contract).toMatchObject(NAMED);
    expect(request.order).toMatchObject({
      ...{ action: 'SELL', totalQuantity: 3, orderType: 'STP LMT', lmtPrice: 1650.25, auxPrice: 1651.5, tif: 'GTD' },
      ...{ goodTillDate: ORDER.goodTillDate, ocaGroup: 'bracket-7', ocaType: 3, account: ACCOUNT },
      ...{ orderRef: ORDER.orderRef, transmit: false, parentId: 1_000_000, outsideRth: true, whatIf: false },
    });
  });

  it('transmits an order that leaves the flag open', () => {
    const { transmit: _flag, ...open } = ORDER;
    expect(placed(193, ES, open).order.transmit).toBe(true);
  });

  const variants: readonly (readonly [string, Contract, Order])[] = [
    [
      'trail',
      ES,
      { ...ORDER, orderType: OrderType.TRAIL, trailStopPrice: 1640, trailingPercent: 0.5, lmtPriceOffset: 1 },
    ],
    ['scale', ES, { ...ORDER, scaleInitLevelSize: 1, scaleSubsLevelSize: 1, scalePriceIncrement: 0.25 }],
    ['hedge', ES, { ...ORDER, hedgeType: 'B', hedgeParam: '1.5' }],
    [
      'algorithm',
      ES,
      { ...ORDER, algoStrategy: 'Adaptive', algoParams: [{ tag: 'adaptivePriority', value: 'Normal' }] },
    ],
    [
      'delta neutral',
      { ...ES, deltaNeutralContract: { conId: 1, delta: 0.5, price: 1 } },
      { ...ORDER, deltaNeutralOrderType: 'None' as never },
    ],
    [
      'combination',
      {
        ...ES,
        secType: SecType.BAG,
        comboLegs: [
          { conId: 1, ratio: 1, action: OrderAction.BUY, exchange: 'CME' },
          { conId: 2, ratio: 1, action: OrderAction.SELL, exchange: 'CME' },
        ],
      },
      {
        ...ORDER,
        orderComboLegs: [{ price: 1 }, { price: 2 }],
        smartComboRoutingParams: [{ tag: 'NonGuaranteed', value: '1' }],
      },
    ],
    ['pegged to benchmark', ES, { ...ORDER, orderType: OrderType.PEG_BENCH }],
    [
      'pegged to best',
      ES,
      {
        ...ORDER,
        orderType: OrderType.PEG_BEST,
        minCompeteSize: 1,
        competeAgainstBestOffset: Infinity,
        midOffsetAtWhole: 0,
        midOffsetAtHalf: 0,
      },
    ],
    ['pegged to middle', { ...ES, exchange: 'IBKRATS' }, { ...ORDER, orderType: OrderType.PEG_MID, minTradeQty: 1 }],
    ['whatIf', ES, { ...ORDER, whatIf: true }],
  ];
  it.each(variants)('reads over what it does not trade: %s', (_name, contract, order) => {
    for (const version of [170, 178, 187, 193]) {
      const request = placed(version, contract, order);
      expect(request.order.orderRef).toBe(ORDER.orderRef);
      expect(request.order.whatIf).toBe(order.whatIf ?? false);
      expect(request.order.trailStopPrice).toBe(order.trailStopPrice ?? null);
      expect(request.order.lmtPriceOffset).toBe(order.lmtPriceOffset ?? null);
    }
  });

  it('counts order conditions, of every kind', () => {
    const fields = [...sent(193, (encoder) => encoder.placeOrder(5, ES, { ...ORDER, adjustedOrderType: 'None' }))];
    const count = fields.lastIndexOf('None') - 1;
    expect(fields[count]).toBe('0');
    const conditions = [
      ['1', 'a', '1', '1650', '5', 'CME', '0'],
      ['3', 'a', '1', '20131009 10:00:00'],
      ['4', 'o', '0', '50'],
      ['5', 'a', 'FUT', 'CME', 'ES'],
      ['6', 'a', '1', '1000', '5', 'CME'],
      ['7', 'a', '1', '2.5', '5', 'CME'],
    ].flat();
    fields.splice(count, 1, '6', ...conditions, '1', '0');
    const request = decodeRequest(fields, 193);
    expect(request).toMatchObject({ type: 'placeOrder', order: { conditionCount: 6, adjustedOrderType: '' } });
  });
});

describe('requests that cannot be read', () => {
  const refusal = (fields: readonly string[], version = 193): MessageError => {
    try {
      decodeRequest(fields, version);
    } catch (error) {
      if (error instanceof MessageError) return error;
      throw error;
    }
    throw new Error('was accepted');
  };

  it('names the order whose message is short, long or of another version', () => {
    const fields = sent(193, (encoder) => encoder.placeOrder(1_000_001, ES, ORDER));
    expect(refusal(fields.slice(0, -1))).toMatchObject({ code: 'TRUNCATED', requestId: 1_000_001 });
    expect(refusal([...fields, '1'])).toMatchObject({ code: 'LEFT_OVER', requestId: 1_000_001 });
    expect(refusal(fields, 176)).toMatchObject({ requestId: 1_000_001 });
  });

  it('refuses numbers that are none, in the field they stand in', () => {
    const fields = [...sent(193, (encoder) => encoder.placeOrder(8, ES, ORDER))];
    fields[fields.indexOf('1650.25')] = '1650,25';
    expect(refusal(fields)).toMatchObject({ code: 'BAD_FIELD', requestId: 8 });
    expect(refusal(fields).message).toContain('lmtPrice');
    expect(refusal(['93', 'abc'])).toMatchObject({ code: 'BAD_FIELD' });
    expect(refusal(['93', '1.5'])).toMatchObject({ code: 'BAD_FIELD' });
  });

  it('knows what it does not offer, by name and request', () => {
    expect(refusal(['22', '77', '10', 'STK'])).toMatchObject({ code: 'NOT_OFFERED', requestId: 77 });
    expect(refusal(['22', '4', '77', '10', 'STK'], 142)).toMatchObject({ code: 'NOT_OFFERED', requestId: 77 });
    expect(refusal(['85'])).toMatchObject({ code: 'NOT_OFFERED', requestId: -1 });
    expect(refusal(['9999'])).toMatchObject({ code: 'UNKNOWN_REQUEST', requestId: -1 });
    expect(refusal(['x'])).toMatchObject({ code: 'UNKNOWN_REQUEST' });
    expect(refusal([])).toMatchObject({ code: 'UNKNOWN_REQUEST' });
  });
});
