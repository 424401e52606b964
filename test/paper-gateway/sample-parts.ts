/** Contracts, orders, executions and bars that tests of the wire send to and fro. */
import {
  DEFAULT_ORDER,
  type ContractQuery,
  type WireBar,
  type WireContract,
  type WireContractDetails,
  type WireExecution,
  type WireOrder,
} from '../../src/paper-gateway/messages';

export const ACCOUNT = 'DEMO1000001';
export const MARKET_TIME = Date.parse('2013-10-09T14:30:00Z');

export const ES_CONTRACT: WireContract = {
  conId: 101_310_201,
  symbol: 'ES',
  secType: 'FUT',
  lastTradeDateOrContractMonth: '20131220',
  strike: 0,
  right: '',
  multiplier: '50',
  exchange: 'CME',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: 'ESZ3',
  tradingClass: 'ES',
};

export const ES_QUERY: ContractQuery = {
  ...ES_CONTRACT,
  includeExpired: true,
  secIdType: '',
  secId: '',
  issuerId: '',
};

export const STOP_LIMIT: WireOrder = {
  ...DEFAULT_ORDER,
  action: 'SELL',
  totalQuantity: 3,
  orderType: 'STP LMT',
  lmtPrice: 1650.25,
  auxPrice: 1651.5,
  tif: 'GTD',
  ocaGroup: 'bracket-7',
  ocaType: 3,
  account: ACCOUNT,
  orderRef: 'DEMO1000001-1-7/stop',
  transmit: false,
  parentId: 1_000_000,
  outsideRth: true,
  goodTillDate: '20131010 20:00:00 US/Central',
  triggerMethod: 2,
};

export const TRAIL: WireOrder = {
  ...DEFAULT_ORDER,
  action: 'BUY',
  totalQuantity: 1,
  orderType: 'TRAIL',
  tif: 'GTC',
  trailStopPrice: 1640,
  trailingPercent: 0.5,
  whatIf: true,
};

export const EXECUTION: WireExecution = {
  execId: '0000e1a7.52555a10.01.01',
  time: MARKET_TIME + 1000,
  account: ACCOUNT,
  exchange: 'CME',
  side: 'BOT',
  shares: 2,
  price: 1650.25,
  permId: 1_234_567,
  clientId: 101,
  liquidation: 0,
  cumQty: 2,
  avgPrice: 1650.25,
  orderRef: 'DEMO1000001-1-7',
  lastLiquidity: 2,
};

export const BAR: WireBar = {
  date: '20131009 09:30:00 US/Central',
  open: 1650,
  high: 1651.25,
  low: 1649.75,
  close: 1651,
  volume: 1234,
  wap: 1650.5,
  count: 77,
};

export const DETAILS: WireContractDetails = {
  contract: ES_CONTRACT,
  lastTradeDateAndTime: '20131220',
  lastTradeDate: '20131220',
  marketName: 'ES',
  minTick: 0.25,
  orderTypes: 'MKT,LMT,STP,STP LMT,TRAIL',
  validExchanges: 'CME',
  priceMagnifier: 1,
  underConId: 11_004_968,
  longName: 'E-mini S&P 500',
  contractMonth: '201312',
  industry: '',
  category: '',
  subcategory: '',
  timeZoneId: 'US/Central',
  tradingHours: '20131009:1700-20131010:1515',
  liquidHours: '20131010:0830-20131010:1515',
  aggGroup: 2_147_483_647,
  underSymbol: 'ES',
  underSecType: 'IND',
  marketRuleIds: '67',
  realExpirationDate: '20131220',
  stockType: '',
  minSize: 1,
  sizeIncrement: 1,
  suggestedSizeIncrement: 1,
};
