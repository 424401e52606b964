import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { BarWithQuote } from '../../src/domain/bars';
import { tradeDateBounds } from '../../src/domain/calendar';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { checkedLine } from '../../src/storage/checked-line';
import { openMarketJournal } from '../../src/storage/market-journal';
import { journalFile, openJournalReader } from '../../src/storage/market-journal-reader';

const ACCOUNT = 'DEMO1000001';
const DAY = tradeDateBounds('2013-10-09');
let stateDir: string;
let problems: string[];
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'omega-journal-'));
  problems = [];
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = () => openMarketJournal(stateDir, ACCOUNT, (problem) => problems.push(problem));
const reader = () => openJournalReader(stateDir, ACCOUNT, (problem) => problems.push(problem));
const file = (tradeDate = '2013-10-09', symbol = 'ES') => journalFile(stateDir, ACCOUNT, symbol, tradeDate);

/** A row of the `minute`-th minute of 2013-10-09. */
const rowAt = (minute: number, close = 1650.25, withQuote = true): BarWithQuote => {
  const start = DAY.start + minute * MINUTE_MS;
  return {
    bar: { start, open: 1650, high: 1650.5, low: 1649.75, close, volume: 10 + minute },
    quote: withQuote ? { time: start + 59_000, bid: close - 0.25, ask: close, bidSize: 3, askSize: 0 } : null,
  };
};
const endOf = (row: BarWithQuote): number => row.bar.start + MINUTE_MS;

test('returns rows bit for bit, over trade dates, from another handle', async () => {
  const journal = open();
  const rows = [
    rowAt(0, 0.1 + 0.2),
    rowAt(1, 1 / 3, false),
    {
      ...rowAt(2),
      quote: { time: 1, bid: null, ask: 5e-324, bidSize: 0, askSize: 1e21 },
      book: { time: 2, bids: [{ price: 1 / 3, size: 3 }], asks: [] },
    },
    rowAt(1_440), // first minute of the next trade date
  ];
  for (const row of rows) expect(await journal.append('ES', row, endOf(row))).toBe(true);
  expect(await reader().read('ES', DAY.start, DAY.end + MINUTE_MS)).toEqual(rows);
  expect(await reader().read('ES', DAY.start, DAY.end)).toEqual(rows.slice(0, 3));
  expect(await reader().read('ES', rows[1].bar.start, rows[2].bar.start)).toEqual([rows[1]]);
  expect(await reader().read('GC', DAY.start, DAY.end)).toEqual([]);
  expect(await reader().read('ES', DAY.end, DAY.start)).toEqual([]);
  await journal.close();
  expect(problems).toEqual([]);
});

test('a minute is kept once, the first row of it, also after a restart', async () => {
  const journal = open();
  expect(await journal.append('ES', rowAt(5, 1), 0)).toBe(true);
  expect(await journal.append('ES', rowAt(5, 2), 0)).toBe(false);
  await journal.close();
  const again = open();
  expect(await again.append('ES', rowAt(5, 3), 0)).toBe(false);
  expect(await again.appendAll('ES', [rowAt(4), rowAt(5), rowAt(5), rowAt(6)], 9, 'history')).toBe(2);
  await again.close();
  expect((await reader().read('ES', DAY.start, DAY.end)).map(({ bar }) => bar.close)).toEqual([1650.25, 1, 1650.25]);
});

test('keeps what was consumed when: rows of a later warm-up come after what was streamed before', async () => {
  const journal = open();
  await journal.appendAll('ES', [rowAt(0, 1, false)], endOf(rowAt(0)), 'history');
  await journal.append('ES', rowAt(1), endOf(rowAt(1)));
  await journal.append('ES', rowAt(3), endOf(rowAt(3)));
  await journal.appendAll('ES', [rowAt(2, 1, false)], endOf(rowAt(4)), 'history');
  await journal.close();
  const consumed = await reader().readConsumed('ES', DAY.start, DAY.end);
  expect(consumed.map(({ row, source }) => [(row.bar.start - DAY.start) / MINUTE_MS, source])).toEqual([
    [0, 'history'],
    [1, 'live'],
    [3, 'live'],
    [2, 'history'],
  ]);
  const ascending = await reader().read('ES', DAY.start, DAY.end);
  expect(ascending.map(({ bar }) => (bar.start - DAY.start) / MINUTE_MS)).toEqual([0, 1, 2, 3]);
});

test('the last N rows reach back over trade dates', async () => {
  const journal = open();
  const rows = [rowAt(0), rowAt(1), rowAt(1_440), rowAt(1_441), rowAt(1_442)];
  await journal.appendAll('ES', rows, 0, 'live');
  await journal.close();
  expect(await reader().lastRows('ES', 3, rows[4].bar.start)).toEqual(rows.slice(1, 4));
  expect(await reader().lastRows('ES', 99, Number.MAX_SAFE_INTEGER / 4096)).toEqual(rows);
  expect(await reader().lastRows('ES', 0, rows[4].bar.start)).toEqual([]);
});

test('a day of one instrument stays small', async () => {
  const journal = open();
  const rows = Array.from({ length: 1_365 }, (_, minute) => rowAt(minute));
  for (const row of rows) await journal.append('ES', row, endOf(row));
  await journal.close();
  expect(readFileSync(file()).length).toBeLessThan(1_365 * 160);
  expect(await reader().read('ES', DAY.start, DAY.end)).toEqual(rows);
});

test('names that would leave the folder are refused', async () => {
  await expect(open().append('../ES', rowAt(0), 0)).rejects.toMatchObject({ code: 'INVALID_NAME' });
  expect(() => journalFile(stateDir, 'a/b', 'ES', '2013-10-09')).toThrow('cannot name a journal folder');
});

test('a journal of another version says what to do and is left alone', async () => {
  const journal = open();
  await journal.append('ES', rowAt(0), 0);
  await journal.close();
  const other = readFileSync(file(), 'utf8');
  const body = '{"marketJournal":2}';
  writeFileSync(file(), `${checkedLine(body)}\n${other.split('\n')[1]}\n`);
  await expect(open().append('ES', rowAt(1), 0)).rejects.toMatchObject({
    code: 'OTHER_VERSION',
    message: expect.stringContaining('OMEGA_STATE_DIR') as string,
  });
  expect(readFileSync(file(), 'utf8')).toContain('"marketJournal":2');
});

describe('damage', () => {
  const bytes = async (count: number): Promise<Buffer> => {
    const journal = open();
    await journal.appendAll(
      'ES',
      Array.from({ length: count }, (_, minute) => rowAt(minute)),
      0,
      'live',
    );
    await journal.close();
    return readFileSync(file());
  };
  const minutes = async (): Promise<readonly number[]> =>
    (await reader().read('ES', DAY.start, DAY.end)).map(({ bar }) => (bar.start - DAY.start) / MINUTE_MS);

  test('cut anywhere, the whole lines before the cut are read, and appending goes on', async () => {
    const whole = await bytes(6);
    // Every third byte: with lines of odd and even length, each place of a line is met.
    for (let cut = 0; cut <= whole.length; cut += 3) {
      writeFileSync(file(), whole.subarray(0, cut));
      problems = [];
      const wholeLines = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
      const expected = Array.from({ length: Math.max(0, wholeLines - 1) }, (_, minute) => minute);
      expect(await minutes()).toEqual(expected);
      const torn = cut > 0 && whole[cut - 1] !== 0x0a;
      expect(problems).toHaveLength(torn ? 1 : 0);
      if (cut % 5 > 0) continue;
      const journal = open();
      expect(await journal.append('ES', rowAt(100), 0)).toBe(true);
      await journal.close();
      expect(await minutes()).toEqual([...expected, 100]);
    }
  });

  test('a flipped bit costs at most the lines it touches and never reads as another value', async () => {
    const whole = await bytes(12);
    const original = await reader().read('ES', DAY.start, DAY.end);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const flipped = Buffer.from(whole);
          flipped[at] ^= 1 << bit;
          writeFileSync(file(), flipped);
          problems = [];
          const read = await reader().read('ES', DAY.start, DAY.end);
          for (const row of read) expect(original).toContainEqual(row);
          // A flipped newline joins two lines; anything else touches one.
          expect(read.length).toBeGreaterThanOrEqual(original.length - 2);
          expect(problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any sequence of appends, restarts and torn tails reads as the first row of each whole minute', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          minute: fc.integer({ min: 0, max: 30 }),
          close: fc.double({ noNaN: true, noDefaultInfinity: true }),
        }),
      },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
      { weight: 1, arbitrary: fc.constant('torn' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        rmSync(join(stateDir, 'journal'), { recursive: true, force: true });
        const model = new Map<number, number>();
        let journal = open();
        for (const action of steps) {
          if (typeof action !== 'string') {
            await journal.append('ES', rowAt(action.minute, action.close, false), 0);
            if (!model.has(action.minute)) model.set(action.minute, action.close);
            continue;
          }
          await journal.close();
          if (action === 'torn' && model.size > 0) writeFileSync(file(), '{"crc":"0123', { flag: 'a' });
          journal = open();
        }
        await journal.close();
        const read = await reader().read('ES', DAY.start, DAY.end);
        // JSON has one zero.
        const expected = [...model].sort(([a], [b]) => a - b).map(([minute, close]) => [minute, close + 0]);
        expect(read.map(({ bar }) => [(bar.start - DAY.start) / MINUTE_MS, bar.close])).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

test('kill -9 loses nothing that was acknowledged', async () => {
  for (let round = 0; round < 3; round += 1) {
    const child = fork(join(__dirname, 'journal-forever.ts'), [stateDir, ACCOUNT, String(DAY.start)], {
      execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
    });
    let acknowledged = -1;
    await new Promise<void>((resolve) => {
      child.on('message', (minute: number) => {
        acknowledged = minute;
        if (minute >= (round + 1) * 40) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const minutes = (await reader().read('ES', DAY.start, DAY.end)).map(
      ({ bar }) => (bar.start - DAY.start) / MINUTE_MS,
    );
    expect(minutes.length).toBeGreaterThan(acknowledged);
    expect(minutes).toEqual(minutes.map((_, minute) => minute));
  }
});

test('a reader while the feed appends sees whole rows only', async () => {
  const journal = open();
  await journal.append('ES', rowAt(0), 0);
  truncateSync(file(), readFileSync(file()).length - 10);
  expect(await reader().read('ES', DAY.start, DAY.end)).toEqual([]);
  await journal.close();
});
