import fc from 'fast-check';
import {
  inRegularHours,
  isGlobexOpen,
  minutesToRegularClose,
  nextTradeDate,
  tradeDateBounds,
  tradeDateOf,
  weekdayOf,
} from '../../src/domain/calendar';
import { exchangeTime, HOUR_MS, MINUTE_MS, utcOf } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';

const at = (iso: string): number => Date.parse(iso);

describe('trade dates', () => {
  it.each([
    ['2013-10-08T21:59:59Z', '2013-10-08'],
    ['2013-10-08T22:00:00Z', '2013-10-09'],
    ['2013-10-06T22:00:00Z', '2013-10-07'],
    ['2013-10-11T22:00:00Z', '2013-10-14'],
    ['2013-10-12T12:00:00Z', '2013-10-14'],
    // Winter time: 17:00 Chicago is 23:00Z.
    ['2013-12-03T22:59:00Z', '2013-12-03'],
    ['2013-12-03T23:00:00Z', '2013-12-04'],
  ])('%s belongs to %s', (iso, date) => {
    expect(tradeDateOf(at(iso))).toBe(date);
  });

  it('is an hour longer and shorter when Chicago changes its clocks', () => {
    // Clocks change on a Sunday at 02:00, before Sunday's open: no trade date is cut. The calendar day between two opens is.
    const before = tradeDateBounds('2013-11-01');
    const after = tradeDateBounds('2013-11-04');
    expect((after.start - before.start) / HOUR_MS).toBe(3 * 24 + 1);
    const spring = tradeDateBounds('2014-03-10').start - tradeDateBounds('2014-03-07').start;
    expect(spring / HOUR_MS).toBe(3 * 24 - 1);
  });

  it('contains its own bounds, for any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }), (time) => {
        const date = tradeDateOf(time);
        const { start, end } = tradeDateBounds(date);
        expect(weekdayOf(date)).toBeLessThanOrEqual(5);
        expect(time).toBeLessThan(end);
        expect(tradeDateOf(start)).toBe(date);
        expect(tradeDateOf(end - 1)).toBe(date);
        expect(nextTradeDate(date) > date).toBe(true);
      }),
    );
  });
});

describe('hours', () => {
  const { ES, GC } = INSTRUMENTS;

  it('knows regular hours on both sides of daylight saving', () => {
    expect(inRegularHours(at('2013-10-09T13:29:59Z'), ES)).toBe(false);
    expect(inRegularHours(at('2013-10-09T13:30:00Z'), ES)).toBe(true);
    expect(inRegularHours(at('2013-12-04T13:30:00Z'), ES)).toBe(false);
    expect(inRegularHours(at('2013-12-04T14:30:00Z'), ES)).toBe(true);
    expect(inRegularHours(at('2013-10-09T12:20:00Z'), GC)).toBe(true);
    expect(inRegularHours(at('2013-10-09T17:30:00Z'), GC)).toBe(false);
    expect(inRegularHours(at('2013-10-12T15:00:00Z'), ES)).toBe(false);
  });

  it('counts minutes to the close', () => {
    expect(minutesToRegularClose(at('2013-10-09T20:05:00Z'), ES)).toBe(10);
    expect(minutesToRegularClose(at('2013-10-12T20:05:00Z'), ES)).toBeNull();
  });

  it.each([
    ['the day before Independence Day', '2014-07-03'],
    ['the day after Thanksgiving', '2013-11-29'],
    ['Christmas Eve', '2013-12-24'],
  ])('ends at 12:15 Chicago on %s, metals as ever', (_name, date) => {
    const close = utcOf(date, 12 * 60 + 15, 'America/Chicago');
    expect(minutesToRegularClose(close - 5 * MINUTE_MS, ES)).toBe(5);
    expect(inRegularHours(close - 1, ES)).toBe(true);
    expect(inRegularHours(close, ES)).toBe(false);
    expect(inRegularHours(utcOf(date, 13 * 60 + 29, 'America/New_York'), GC)).toBe(true);
  });

  it.each(['2014-07-04', '2013-11-28', '2013-12-25', '2015-07-03', '2021-12-24'])(
    'has no regular hours on %s',
    (date) => {
      const noon = utcOf(date, 12 * 60, 'America/Chicago');
      expect(inRegularHours(noon, ES)).toBe(false);
      expect(minutesToRegularClose(noon, GC)).toBeNull();
    },
  );

  it('knows when Globex is open', () => {
    expect(isGlobexOpen(at('2013-10-06T21:59:00Z'))).toBe(false);
    expect(isGlobexOpen(at('2013-10-06T22:00:00Z'))).toBe(true);
    expect(isGlobexOpen(at('2013-10-09T21:30:00Z'))).toBe(false);
    expect(isGlobexOpen(at('2013-10-11T22:30:00Z'))).toBe(false);
    expect(isGlobexOpen(at('2013-10-12T15:00:00Z'))).toBe(false);
  });
});

describe('exchange time', () => {
  it('inverts utcOf for every existing wall-clock minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2010-01-01T00:00:00Z') / MINUTE_MS, max: at('2030-01-01T00:00:00Z') / MINUTE_MS }),
        fc.constantFrom('America/Chicago', 'America/New_York'),
        (minute, zone) => {
          const time = minute * MINUTE_MS;
          const local = exchangeTime(time, zone);
          // In the repeated autumn hour the first of the two instants is meant.
          expect([0, HOUR_MS]).toContain(Math.abs(time - utcOf(local.date, local.minuteOfDay, zone)));
        },
      ),
    );
  });

  it('reads the clock features of a known instant', () => {
    expect(exchangeTime(at('2013-10-11T12:42:00Z'), 'America/New_York')).toEqual({
      date: '2013-10-11',
      minuteOfDay: 8 * 60 + 42,
      hour: 8,
      dayOfWeek: 5,
    });
  });
});
