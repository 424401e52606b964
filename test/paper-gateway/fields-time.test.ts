import fc from 'fast-check';
import {
  formatBarDate,
  formatGatewayMinute,
  formatGatewayTime,
  formatUtcTime,
  gatewayMidnight,
  parseWireTime,
} from '../../src/paper-gateway/fields-time';

const at = (iso: string): number => Date.parse(iso);

describe('times on the wire', () => {
  it('print in Chicago, summer and winter', () => {
    expect(formatGatewayTime(at('2013-10-09T14:30:01Z'))).toBe('20131009 09:30:01 US/Central');
    expect(formatGatewayTime(at('2013-12-09T05:30:00Z'))).toBe('20131208 23:30:00 US/Central');
    expect(formatGatewayMinute(at('2013-10-09T14:30:01Z'))).toBe('09:30');
    expect(formatUtcTime(at('2013-10-09T14:30:01Z'))).toBe('20131009-14:30:01');
    expect(formatBarDate(at('2013-10-09T14:30:00Z'), 2)).toBe('1381329000');
    expect(formatBarDate(at('2013-10-09T14:30:00Z'), 1)).toBe('20131009 09:30:00 US/Central');
  });

  it('read back what they print, outside the hour that Chicago repeats', () => {
    const seconds = fc.integer({ min: at('2013-11-04T00:00:00Z') / 1000, max: at('2014-10-31T00:00:00Z') / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseWireTime(formatGatewayTime(second * 1000))).toBe(second * 1000);
        expect(parseWireTime(formatUtcTime(second * 1000))).toBe(second * 1000);
      }),
    );
  });

  it.each([
    ['', null],
    ['20131009 09:30:00', at('2013-10-09T14:30:00Z')],
    ['20131009  09:30', at('2013-10-09T14:30:00Z')],
    ['20131009', at('2013-10-09T05:00:00Z')],
    ['20131009-14:30:00', at('2013-10-09T14:30:00Z')],
    ['20131009 10:30:00 US/Eastern', at('2013-10-09T14:30:00Z')],
    ['20131009 10:30:00 America/New_York', at('2013-10-09T14:30:00Z')],
    ['20131009 14:30:00 UTC', at('2013-10-09T14:30:00Z')],
    ['20131009 14:30:00 Nowhere/Else', 'invalid'],
    ['20131309 14:30:00', 'invalid'],
    ['yesterday', 'invalid'],
  ])('"%s"', (text, expected) => {
    expect(parseWireTime(text)).toBe(expected);
  });

  it("knows the gateway's midnight, on days of 23 and 25 hours too", () => {
    expect(gatewayMidnight(at('2013-10-09T14:30:00Z'))).toBe(at('2013-10-09T05:00:00Z'));
    expect(gatewayMidnight(at('2013-10-09T05:00:00Z'))).toBe(at('2013-10-09T05:00:00Z'));
    expect(gatewayMidnight(at('2013-10-09T04:59:59Z'))).toBe(at('2013-10-08T05:00:00Z'));
    expect(gatewayMidnight(at('2013-11-03T20:00:00Z'))).toBe(at('2013-11-03T05:00:00Z'));
    expect(gatewayMidnight(at('2014-03-09T20:00:00Z'))).toBe(at('2014-03-09T06:00:00Z'));
  });
});
