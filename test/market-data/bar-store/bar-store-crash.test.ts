/** kill -9 in the middle of writes, two processes on the same days: nothing acknowledged is lost, nothing is half-written or double. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { bar, ES, FETCHED, MINUTE, storeRig, time, type StoreRig } from './store-rig';

const ROUNDS = 3;
const WRITERS = 2;
let rig: StoreRig;

beforeEach(async () => {
  rig = await storeRig();
});
afterEach(() => rig.close());

/** Writes until it has acknowledged `count` bars, then dies in the middle of the next. */
function writerKilledAfter(count: number, first: number, acknowledged: number[]): Promise<void> {
  const child: ChildProcess = fork(join(__dirname, 'append-forever.ts'), [rig.folder, String(first), String(WRITERS)], {
    execArgv: ['-r', join(__dirname, '../../typescript-register.cjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let written = 0;
  return new Promise((resolve) => {
    child.on('message', (minute: number) => {
      acknowledged.push(minute);
      written += 1;
      // Not at once: the next write is to be under way.
      if (written === count) setTimeout(() => child.kill('SIGKILL'), count);
    });
    child.on('exit', () => resolve());
  });
}

test('two writers, killed again and again', async () => {
  const acknowledged: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const firsts = Array.from({ length: WRITERS }, (_writer, i) => round * 100 + i);
    await Promise.all(firsts.map((first, i) => writerKilledAfter(8 + 5 * round + 3 * i, first, acknowledged)));
    const { table, corrupt } = await rig.bars.read(ES);
    expect(corrupt).toEqual([]);
    const stored = [...table.start].map((start) => (start - time('2013-10-08T23:50:00Z')) / MINUTE);
    expect(acknowledged.filter((minute) => !stored.includes(minute))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    // What was on its way when a writer was killed may be there or not, and nothing else.
    expect(stored.length).toBeLessThanOrEqual(acknowledged.length + WRITERS * (round + 1));
  }
});

test('many appends to one day from one process: none is lost', async () => {
  const starts = Array.from({ length: 6 }, (_bar, i) => time('2013-10-08T14:00:00Z') + i * MINUTE);
  await Promise.all(starts.map((start) => rig.bars.append(ES, [bar(start)], { provider: 'csv', fetchedAt: FETCHED })));
  expect([...(await rig.bars.read(ES)).table.start]).toEqual(starts);
  expect(await rig.bars.store.list('processed/intraday/')).toHaveLength(1);
});
