import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DayLog } from '../../../src/cli/demo/day-log';
import { buyAndHold, dayReport, latencyReport, percentile } from '../../../src/cli/demo/day-report';
import { maxDrawdown } from '../../../src/domain/max-drawdown';
import { statusMb } from '../../../src/cli/demo/memory';
import { runReport } from '../../../src/cli/demo/run-report';
import { daySummary, runSummary } from '../../../src/cli/demo/summary';
import { EMPTY_DAY, NINE_THIRTY, minute, order, report } from './samples';

const at = (n: number): number => NINE_THIRTY + n * 60_000;

describe('a day report', () => {
  const evidence = {
    tradingDay: '2013-10-09',
    instruments: ['ES'] as const,
    minutes: [minute(at(0), 1650, { pnl: 0 }), minute(at(1), 1652, { pnl: 100 }), minute(at(2), 1651, { pnl: 40 })],
    totals: { ...EMPTY_DAY, trades: 1, fees: 4.5, realizedPnl: 50 },
    orders: [order({ key: 'k-1-1', decidedMonotonicMs: 1_000 }), order({ key: 'k-1-2', decidedMonotonicMs: null })],
    receivedMonotonicMs: new Map([
      ['k-1-1', 1_012.345],
      ['k-1-2', 5_000],
    ]),
    finalPnl: 45.5,
    historyEvents: 90,
    differences: [],
    modelRun: null,
    notes: ['data: a row is left out'],
  };

  it('has exactly the fields of the days document', () => {
    const [day] = runReport([dayReport(evidence)], {
      traderRssMb: 100,
      marketRssMb: 200,
      machineRssMb: 500,
      memoryNote: null,
    }).days;
    expect(Object.keys(day)).toEqual([
      'tradingDay',
      'instruments',
      'bars',
      'decisions',
      'proposals',
      'refusals',
      'orders',
      'trades',
      'fees',
      'realizedPnl',
      'buyAndHoldPnl',
      'maxDrawdown',
      'latencyMs',
      'historyEvents',
      'reconciled',
      'modelRun',
      'notes',
    ]);
    expect(day).toMatchObject({
      bars: 3,
      decisions: 3,
      // One point of 50 dollars, less 2.25 for each side.
      buyAndHoldPnl: 45.5,
      maxDrawdown: 60,
      latencyMs: { n: 1, p50: 12.35, p99: 12.35, max: 12.35 },
      reconciled: true,
      modelRun: null,
    });
  });

  it('counts what the session answered, refusals by code', () => {
    const refused = { outcome: 'refused', decisionId: 'd', refusal: { code: 'PAUSED', detail: '' } } as const;
    const placed = { outcome: 'placed', decisionId: 'e', key: 'k-1-1' } as const;
    const minutes = [minute(at(0), 1650, { answers: [refused, placed] }), minute(at(1), 1650, { answers: [refused] })];
    expect(dayReport({ ...evidence, minutes })).toMatchObject({ proposals: 3, refusals: { PAUSED: 2 } });
  });

  it('is not reconciled when anything differs, and the document says what', () => {
    const day = dayReport({ ...evidence, differences: ['fees: session 4.5, broker 6.75'] });
    expect(day.reconciled).toBe(false);
    const memory = { traderRssMb: null, marketRssMb: null, machineRssMb: null, memoryNote: 'no /proc on darwin' };
    expect(runReport([day], memory).notes).toEqual([
      '2013-10-09: fees: session 4.5, broker 6.75',
      'memory: no /proc on darwin',
    ]);
    expect(daySummary(day).join('\n')).toContain('NOT RECONCILED: fees');
  });

  it('counts a fall after the last settled minute', () => {
    expect(dayReport({ ...evidence, finalPnl: -30 }).maxDrawdown).toBe(130);
  });

  it('has no latency when nothing was sent', () => {
    expect(latencyReport([], new Map())).toEqual({ n: 0, p50: null, p95: null, p99: null, max: null });
  });

  it('holds what an instrument without bars would have made at nothing', () => {
    expect(buyAndHold([], ['ES', 'GC'])).toBe(0);
  });
});

describe('figures', () => {
  it('take percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([0.5, 0.95, 0.99, 1].map((fraction) => percentile(values, fraction))).toEqual([50, 95, 99, 100]);
  });

  it('never give a drawdown larger than the range, nor one below zero', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (equity) => {
        const fall = maxDrawdown(equity);
        expect(fall).toBeGreaterThanOrEqual(0);
        expect(fall).toBeLessThanOrEqual(Math.max(...equity) - Math.min(...equity));
        expect(fall).toBeGreaterThanOrEqual(equity[0] - equity[equity.length - 1]);
      }),
    );
  });

  it('read memory in MB from /proc', () => {
    expect(statusMb('Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n', 'VmRSS')).toBe(100);
    expect(statusMb('Name:\tkthreadd\n', 'VmRSS')).toBeNull();
  });

  it('are compared with buy-and-hold after fees, whatever comes out', () => {
    expect(daySummary(report())[0]).toContain('+95.50 (realized +100.00 less fees of 4.50), ahead of buy-and-hold');
    expect(daySummary(report({ realizedPnl: -20 }))[0]).toContain('−24.50');
    expect(daySummary(report({ realizedPnl: -20 }))[0]).toContain('behind buy-and-hold at +50.00');
    expect(runSummary([report(), report()])[0]).toContain('2 days: +191.00 after fees of 9.00, ahead of');
    expect(runSummary([report()])).toEqual([]);
  });
});

describe('the log of settled minutes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'omega-day-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the first account of a minute over restarts, in order', () => {
    const file = join(folder, 'minutes.jsonl');
    const first = new DayLog(file);
    first.append(minute(at(1), 1651));
    first.append(minute(at(0), 1650));
    const second = new DayLog(file);
    second.append(minute(at(1), 9999));
    second.append(minute(at(2), 1652));
    const closes = (log: DayLog): readonly number[] => log.records().map(({ bars }) => bars[0].close);
    expect(closes(second)).toEqual([1650, 1651, 1652]);
    expect(closes(new DayLog(file))).toEqual([1650, 1651, 1652]);
  });

  it('drops a torn last line and goes on after it', () => {
    const file = join(folder, 'minutes.jsonl');
    new DayLog(file).append(minute(at(0), 1650));
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"marketTime":13`);
    const again = new DayLog(file);
    again.append(minute(at(1), 1651));
    expect(new DayLog(file).records()).toHaveLength(2);
  });
});
