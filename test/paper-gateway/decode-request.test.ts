/** Requests as @stoqey/ib's own encoder writes them, at every version where a layout changes. */
import type { ClientRequest } from '../../src/paper-gateway/messages';
import { decoded, ES, VERSIONS, type Encoder } from './client-encoder';
import { ACCOUNT, ES_CONTRACT } from './sample-parts';

const NAMED = { ...ES_CONTRACT };
const QUERY = { ...ES_CONTRACT, includeExpired: false, secIdType: '', secId: '', issuerId: '' };
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
    (e) => e.reqHistoricalData(7, ES, '20131009 09:30:00 US/Central', '1 D', '1 min' as never, 'TRADES', true, 2, true),
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
    (e) => e.reqHistogramData(7, ES, true, '3 days'),
    { type: 'reqHistogramData', reqId: 7, contract: QUERY, useRth: true, period: '3 days' },
  ],
  ['no histogram', (e) => e.cancelHistogramData(7), { type: 'cancelHistogramData', reqId: 7 }],
  [
    'ticks',
    (e) => e.reqHistoricalTicks(7, ES, '', '20131009 09:30:00', 50, 'BID_ASK', false, true),
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
    (e) => e.reqRealTimeBars(7, ES, 5, 'TRADES', false, []),
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
    const history = decoded(100, (e) => e.reqHistoricalData(7, ES, '', '1 D', '1 min' as never, 'TRADES', 0, 1, false));
    expect(history).toMatchObject({ type: 'reqHistoricalData', reqId: 7, duration: '1 D', keepUpToDate: false });
  });
});
