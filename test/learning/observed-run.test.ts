/** What a feed keeps of a run's answers: counted once, resolved by the label, judged on the same decisions, and the same after storing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/exchange-time';
import { limitCause } from '../../src/domain/session-halt';
import { judgeShadow } from '../../src/learning/evaluation/shadow';
import {
  inferenceP99,
  newObservedRun,
  observe,
  performanceOf,
  shadowFigures,
  type ObservedAnswer,
  type ObservedRun,
} from '../../src/learning/observed-run';
import { observedRunKey, readObservedRun, writeObservedRun } from '../../src/learning/observed-run-store';
import { openFolderStore } from '../../src/storage/folder-store';

const RUN = '20131008_220000';
/** Begin of the trade date 2013-10-09: 17:00 Chicago the evening before. */
const DAY = Date.parse('2013-10-08T22:00:00Z');
const LABEL = { horizonBars: 20, bandPoints: 0.5, spreadPoints: 0.25, feePoints: 0, tickPoints: 0.25 };
const SURE = [0.1, 0.1, 0.8] as const;
const UNSURE = [0.4, 0.3, 0.3] as const;

const answer = (minute: number, change: Partial<ObservedAnswer> = {}): ObservedAnswer => ({
  symbol: 'ES',
  barClose: DAY + (minute + 1) * MINUTE_MS,
  mid: 1650 + minute,
  probabilities: SURE,
  beside: UNSURE,
  champion: 'first',
  notFinite: 0,
  inferenceMs: 2,
  haltCause: null,
  ...change,
});

/** Bars one a minute; the price rises by a point in each, so that every label is buy. */
function observed(minutes: number, change: (minute: number) => Partial<ObservedAnswer> = () => ({})): ObservedRun {
  let run = newObservedRun(RUN, 'since');
  for (let minute = 0; minute < minutes; minute += 1) run = observe(run, answer(minute, change(minute)), LABEL);
  return run;
}

test('a decision is resolved 20 bars later, by the label, on both sides alike', () => {
  expect(observed(20).resolved.count).toBe(0);
  const run = observed(21);
  expect(run.resolved).toEqual({ count: 1, loss: -Math.log(0.8) });
  expect(run.compared).toEqual({ count: 1, loss: -Math.log(0.8), championLoss: -Math.log(0.3) });
  const falling = observed(21, (minute) => ({ mid: 1650 - minute }));
  expect(falling.resolved.loss).toBeCloseTo(-Math.log(0.1), 12);
  const still = observed(21, () => ({ mid: 1650 }));
  expect(still.recent.map(({ y }) => y)).toEqual([1]);
});

test('a bar counts once, a break drops what waits, a missing quote resolves nothing', () => {
  const run = observed(30);
  expect(observe(run, answer(29), LABEL)).toBe(run);
  const broken = observed(60, (minute) => ({
    barClose: DAY + (minute + 1 + (minute >= 15 ? 60 : 0)) * MINUTE_MS,
  }));
  expect(broken.resolved.count).toBe(60 - 15 - 20);
  expect(observed(21, (minute) => (minute === 20 ? { mid: null } : {})).resolved.count).toBe(0);
  expect(observed(21, (minute) => (minute === 0 ? { probabilities: null } : {}))).toMatchObject({
    decisions: 20,
    resolved: { count: 0 },
  });
});

test('with the champion silent on some, both are judged on the others alone', () => {
  const run = observed(40, (minute) => (minute < 10 ? { beside: null, probabilities: [0.8, 0.1, 0.1] } : {}));
  expect(run.resolved.count).toBe(20);
  const figures = shadowFigures(run);
  expect(figures.logLoss).toBeCloseTo(-Math.log(0.8), 12);
  expect(figures.championLogLoss).toBeCloseTo(-Math.log(0.3), 12);
  expect(shadowFigures(observed(40, () => ({ beside: null, champion: null })))).toMatchObject({
    championLogLoss: null,
  });
});

test('a trade date counts when it was observed whole; then 300 decisions pass', () => {
  const bars = 23 * 60;
  expect(shadowFigures(observed(bars)).tradeDates).toBe(1);
  expect(judgeShadow(shadowFigures(observed(bars)))).toEqual({ outcome: 'passed' });
  const lateStart = (minute: number) => ({ barClose: DAY + (minute + 1) * MINUTE_MS + 3 * HOUR_MS });
  expect(shadowFigures(observed(20 * 60, lateStart)).tradeDates).toBe(0);
  expect(shadowFigures(observed(20 * 60)).tradeDates).toBe(0);
  expect(judgeShadow(shadowFigures(observed(20 * 60))).outcome).toBe('continues');
  expect(judgeShadow(shadowFigures(observed(bars, (minute) => ({ notFinite: minute === 7 ? 1 : 0 })))).outcome).toBe(
    'refused',
  );
});

test('two compared decisions are no shadow run beside a champion, and another champion begins anew', () => {
  const silent = observed(23 * 60, (minute) => (minute < 2 ? {} : { beside: null }));
  expect(shadowFigures(silent)).toMatchObject({ tradeDates: 1, compared: 2 });
  expect(judgeShadow(shadowFigures(silent)).outcome).toBe('continues');
  const changed = observed(100, (minute) => ({ champion: minute < 60 ? 'first' : 'second' }));
  // Bars 60 … 79 are compared with the second; those that waited at the change are not compared at all.
  expect(changed.compared.count).toBe(20);
  expect(changed.resolved.count).toBe(80);
});

test('a date with a hole of hours is not whole, though its first and last bars were seen', () => {
  const dead = (minute: number) => ({ probabilities: minute > 180 && minute < 1_200 ? null : SURE });
  expect(shadowFigures(observed(23 * 60, dead)).tradeDates).toBe(0);
  expect(
    shadowFigures(observed(23 * 60, (minute) => ({ probabilities: minute % 20 === 7 ? null : SURE }))).tradeDates,
  ).toBe(1);
});

test('health: the 99th percentile, a halt that came, the AUC alarm', () => {
  expect(inferenceP99(newObservedRun(RUN, ''))).toBeNull();
  expect(inferenceP99(observed(100, (minute) => ({ inferenceMs: minute + 1 })))).toBe(99);
  // The first bars of a feed on a busy machine: one slow answer among few, or among many, is no breach, two of a hundred are.
  const slow = (bars: number, upTo: number) =>
    inferenceP99(observed(bars, (minute) => ({ inferenceMs: minute < upTo ? 500 : 3 })));
  expect([slow(1, 1), slow(99, 1), slow(100, 1), slow(100, 2)]).toEqual([null, null, 3, 500]);
  expect(observed(5, () => ({ haltCause: 'LIMIT_DRAWDOWN: x' })).haltCause).toBeNull();
  expect(observed(5, (minute) => ({ haltCause: minute > 2 ? `LIMIT_DRAWDOWN: ${minute}` : null })).haltCause).toBe(
    'LIMIT_DRAWDOWN: 3',
  );
  const waves = (right: boolean, minutes = 1_000) =>
    observed(minutes, (minute) => {
      const up = Math.floor(minute / 40) % 2 === 0;
      const along = minute % 40;
      const strong = up === right ? ([0.1, 0.1, 0.8] as const) : ([0.8, 0.1, 0.1] as const);
      return { mid: 1650 + (up ? along : 40 - along), probabilities: along < 20 ? strong : null };
    });
  expect(performanceOf(waves(true, 990), 1)).toMatchObject({ state: 'not-judged', resolved: 490 });
  expect(performanceOf(waves(true), 1)).toMatchObject({ state: 'quiet', resolved: 500 });
  expect(performanceOf(waves(false), 1).state).toBe('alarm');
});

test('stored and read back it goes on as it would have; another content is refused by name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'omega-observed-'));
  try {
    const store = await openFolderStore(folder);
    expect(await readObservedRun(store, 'shadow', RUN)).toBeNull();
    await writeObservedRun(store, 'shadow', observed(30));
    const read = await readObservedRun(store, 'shadow', RUN);
    expect(read).toEqual(observed(30));
    expect(observe(read ?? newObservedRun(RUN, ''), answer(30), LABEL)).toEqual(observed(31));
    await store.put(observedRunKey('champion', RUN), Buffer.from('{"format":1}'));
    await expect(readObservedRun(store, 'champion', RUN)).rejects.toThrow(`${observedRunKey('champion', RUN)} in`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a halt at a limit of the account counts, a person’s does not', () => {
  const halted = (cause: string | null) => limitCause({ phase: 'HALTED', cause, since: DAY });
  expect(halted('LIMIT_DRAWDOWN: 21 % of 20 %')).toBe('LIMIT_DRAWDOWN: 21 % of 20 %');
  expect(halted('LIMIT_DAILY_LOSS: 900 of 800')).toBe('LIMIT_DAILY_LOSS: 900 of 800');
  expect([halted('maintenance by Ada'), halted(null)]).toEqual([null, null]);
  expect(limitCause({ phase: 'ACTIVE', cause: null, since: null })).toBeNull();
});
