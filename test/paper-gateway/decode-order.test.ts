/** placeOrder as @stoqey/ib's own encoder writes it, and what the gateway refuses to read. */
import { OrderAction, OrderType, SecType, type Contract, type Order } from '@stoqey/ib';
import fc from 'fast-check';
import { decodeRequest } from '../../src/paper-gateway/decode-request';
import { MessageError } from '../../src/paper-gateway/fields';
import { decoded, ES, sent, VERSIONS } from './client-encoder';
import { ACCOUNT, ES_CONTRACT } from './sample-parts';

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
    expect(request.contract).toMatchObject(ES_CONTRACT);
    expect(request.order).toMatchObject({
      ...{ action: 'SELL', totalQuantity: 3, orderType: 'STP LMT', lmtPrice: 1650.25, auxPrice: 1651.5, tif: 'GTD' },
      ...{ goodTillDate: ORDER.goodTillDate, ocaGroup: 'bracket-7', ocaType: 3, account: ACCOUNT },
      ...{ orderRef: ORDER.orderRef, transmit: false, parentId: 1_000_000, outsideRth: true, whatIf: false },
    });
  });

  it('transmits an order that leaves the flag open', () => {
    expect(placed(193, ES, { ...ORDER, transmit: undefined }).order.transmit).toBe(true);
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
      { ...ORDER, deltaNeutralOrderType: 'None' },
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

  it('any fields give a request or a message error, never anything else', () => {
    const known = fc.constantFrom(
      ...[1, 2, 3, 4, 6, 7, 9, 10, 15, 20, 50, 58, 62, 71, 76, 88, 96, 97, 99, 22].map(String),
    );
    const value = fc.oneof(
      known,
      fc.constantFrom('', '0', '1', '-1', '2147483647', 'BAG', 'PEG BEST', 'Infinity', '1e9'),
      fc.string(),
    );
    fc.assert(
      fc.property(known, fc.array(value, { maxLength: 160 }), fc.constantFrom(...VERSIONS), (id, values, version) => {
        try {
          expect(decodeRequest([id, ...values], version).type).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
