import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latenciesOf } from '../../bench/latencies';
import { priceAway, quietPrice, writeQuietMarket } from '../../bench/quiet-market';
import { FUTURE_SYMBOLS, INSTRUMENTS, isOnTick } from '../../src/domain/instruments';
import { frontMinutesOn } from '../../src/market-data/front-series';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';

describe('latencies of a bench', () => {
  it('are nearest-rank percentiles, whatever the order of the measurements', () => {
    const measured = Array.from({ length: 200 }, (_value, i) => 200 - i);
    expect(latenciesOf(measured)).toEqual({ n: 200, p50: 100, p95: 190, p99: 198, max: 200 });
    expect(latenciesOf([7])).toEqual({ n: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it('are not made up from nothing', () => {
    expect(() => latenciesOf([])).toThrow('nothing was measured');
  });
});

describe('the quiet market', () => {
  it('is a data folder that the gateway reads: every instrument, two-sided, unmoved, and away from it nothing trades', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omega-quiet-'));
    try {
      writeQuietMarket(folder, Date.parse('2013-10-10T15:00:00Z'), 30);
      const market = await loadRecordedMarket(folder);
      expect([market.rejected, market.skipped]).toEqual([[], []]);
      for (const symbol of FUTURE_SYMBOLS) {
        const minutes = frontMinutesOn(market, symbol, '2013-10-10');
        expect(minutes).toHaveLength(30);
        for (const { bar, quote } of minutes) {
          expect([bar?.low, bar?.high, quote?.bid]).toEqual([
            quietPrice(symbol),
            quietPrice(symbol),
            quietPrice(symbol),
          ]);
          expect(quote?.ask).toBeGreaterThan(quietPrice(symbol));
        }
        expect(isOnTick(priceAway(symbol, -0.02), INSTRUMENTS[symbol])).toBe(true);
        expect(priceAway(symbol, -0.02)).toBeLessThan(quietPrice(symbol));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
