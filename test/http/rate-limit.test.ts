import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { allLimits, sharedRateLimit, type RateLimit } from '../../src/http/rate-limit';

let folder: string;
let time: number;
const clock = {
  now: () => time,
  sleep: async (ms: number) => void (time += ms),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omega-limit-'));
  time = Date.parse('2026-03-02T12:00:00Z');
});
afterEach(() => rm(folder, { recursive: true }));

const MINUTE = 60_000;
const limitOf = (requests: number, perMs = MINUTE): RateLimit =>
  sharedRateLimit(folder, 'sample', { requests, perMs }, clock);

async function times(limit: RateLimit, count: number): Promise<readonly number[]> {
  const begin = time;
  const taken: number[] = [];
  for (let i = 0; i < count; i += 1) {
    await limit.acquire();
    taken.push(time - begin);
  }
  return taken;
}

test('as many as are allowed leave at once, the next when the first is old enough', async () => {
  expect(await times(limitOf(3), 5)).toEqual([0, 0, 0, MINUTE, MINUTE]);
});

test('a restart forgets nothing', async () => {
  await times(limitOf(2), 2);
  expect(await times(limitOf(2), 1)).toEqual([MINUTE]);
});

test('no span of the limit ever holds more, whatever the pauses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 25 }),
      async (requests, pauses) => {
        const limit = sharedRateLimit(folder, `p${Math.random()}`, { requests, perMs: MINUTE }, clock);
        const taken: number[] = [];
        for (const pause of pauses) {
          time += pause;
          await limit.acquire();
          taken.push(time);
        }
        for (const from of taken) {
          expect(taken.filter((at) => at >= from && at < from + MINUTE).length).toBeLessThanOrEqual(requests);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('a wait above the longest is an error that says when to come back', async () => {
  const limit = limitOf(1, 3_600_000);
  await limit.acquire();
  time += 600_000;
  await expect(limit.acquire()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { retryAfterMs: 3_000_000 },
    message: 'sample: its limit of 1 requests in 3600 s is used up for another 3000 s; try again then.',
  });
});

test('what the provider blocked stays blocked for everybody, and then is forgotten', async () => {
  const [mine, other] = [limitOf(5), limitOf(5)];
  await mine.blockUntil(time + 30_000);
  expect(await times(other, 2)).toEqual([30_000, 30_000]);
  const [place] = await readdir(join(folder, 'rate-limits'));
  expect((await readdir(join(folder, 'rate-limits', place))).filter((name) => name.startsWith('blocked'))).toEqual([]);
});

test('a clock that was set back does not block for ever', async () => {
  await times(limitOf(1), 1);
  time -= 3 * 3_600_000;
  expect(await times(limitOf(1), 1)).toEqual([0]);
});

test('thousands a day are dealt out evenly, out of few files', async () => {
  await limitOf(20_000, 86_400_000).acquire();
  const [place] = await readdir(join(folder, 'rate-limits'));
  expect(place).toBe('sample-250-per-1080000ms');
});

test('several limits have to agree', async () => {
  const limit = allLimits([
    sharedRateLimit(folder, 'a', { requests: 3, perMs: MINUTE }, clock),
    sharedRateLimit(folder, 'b', { requests: 1, perMs: 1_000 }, clock),
  ]);
  expect(await times(limit, 4)).toEqual([0, 1_000, 2_000, MINUTE]);
});

test('three processes share one limit: none takes what another has', async () => {
  const run = (): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, [
      '-r',
      join(__dirname, '../typescript-register.cjs'),
      join(__dirname, 'rate-limit-child.ts'),
      folder,
      '8',
      '500',
      '8',
    ]);
  const said = await Promise.all([run(), run(), run()]);
  const taken = said.flatMap(({ stdout }) => stdout.trim().split('\n').map(Number)).sort((a, b) => a - b);
  expect(taken).toHaveLength(24);
  // A child writes its time down after it has its permit: some milliseconds of tolerance, far below a span.
  for (let i = 8; i < taken.length; i += 1) expect(taken[i] - taken[i - 8]).toBeGreaterThan(400);
});
