import * as fc from 'fast-check';
import { nextSessionStart, tradeDateBounds, tradeDateOf } from '../../src/domain/calendar';
import { DAY_MS, exchangeTime, HOUR_MS, MINUTE_MS } from '../../src/domain/exchange-time';

describe('nextSessionStart', () => {
  it('is the next 17:00 in Chicago, across changes of the clocks too', () => {
    const minutes = fc.integer({
      min: Date.parse('2013-01-01T00:00:00Z') / MINUTE_MS,
      max: Date.parse('2026-01-01T00:00:00Z') / MINUTE_MS,
    });
    fc.assert(
      fc.property(minutes, (minute) => {
        const time = minute * MINUTE_MS;
        const next = nextSessionStart(time);
        expect(exchangeTime(next, 'America/Chicago').minuteOfDay).toBe(17 * 60);
        expect(next).toBeGreaterThan(time);
        expect(next - time).toBeLessThanOrEqual(DAY_MS + HOUR_MS);
        expect(tradeDateOf(next - 1)).toBe(tradeDateOf(time));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['2013-03-10', '2013-11-03', '2013-10-09'])('agrees with the bounds of trade dates around %s', (date) => {
    for (let hour = 0; hour < 48; hour += 1) {
      const time = Date.parse(`${date}T00:00:00Z`) + hour * HOUR_MS;
      const next = nextSessionStart(time);
      const { end } = tradeDateBounds(tradeDateOf(time));
      expect(next).toBeLessThanOrEqual(end);
      expect((end - next) % HOUR_MS).toBe(0);
    }
    expect(nextSessionStart(Date.parse('2013-10-09T22:00:00Z'))).toBe(Date.parse('2013-10-10T22:00:00Z'));
  });
});
