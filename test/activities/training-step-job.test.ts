/** Both ends of a training in a thread: the event loop that heartbeats goes on, and what is refused comes back with its code. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_OUTSIDE } from './shipped-outside';
import { assembleInThread, failureOf, prepareInThread, type StepJob } from '../../src/activities/training-step-job';
import { fitHere } from '../../src/learning/training/fit-job';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { readManifest } from '../../src/learning/model-run';
import { TrainingError } from '../../src/learning/training/training-error';
import { openFolderStore } from '../../src/storage/folder-store';
import { IN_THREAD } from '../learning/networks/in-thread';

const RUN = '20131010_220000';
const FAMILY = 'perceptron';
const TICK_MS = 25;
/** A heartbeat is sent every 2 s, and 10 s of silence are a death. */
const LONGEST_MS = 400;
const NEVER = new AbortController().signal;

let folder: string;
let job: StepJob;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-step-'));
  const { trading, limits } = DEFAULT_CONFIG;
  job = {
    config: { trading, limits, storage: { ...DEFAULT_CONFIG.storage, kind: 'folder', root: folder } },
    schema: DEFAULT_SCHEMA,
    codeVersion: 'test',
    dataFolder: join(__dirname, '../../data'),
    outside: SHIPPED_OUTSIDE,
    request: {
      runId: RUN,
      days: ['2013-10-09', '2013-10-10'],
      instruments: ['GC'],
      families: [FAMILY],
      seed: 1,
    },
    ...IN_THREAD,
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The longest that the event loop was silent while `work` went on, ms. */
async function silence<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly longest: number }> {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  const result = await work();
  look();
  clearInterval(timer);
  return { result, longest };
}

test('a run is prepared and assembled while the event loop goes on', async () => {
  const { result: prepared, longest: preparing } = await silence(() => prepareInThread(job, NEVER));
  const [{ symbol, setHash, holdOutDays }] = prepared.instruments;
  expect([symbol, holdOutDays]).toEqual(['GC', ['2013-10-10']]);
  const { storage } = job.config;
  const fit = { storage, runId: RUN, symbol, setHash, family: FAMILY, seed: 1, schemaHash: DEFAULT_SCHEMA.hash };
  await fitHere(fit, () => undefined);
  const { result, longest: assembling } = await silence(() => assembleInThread({ ...job, prepared }, NEVER));
  expect(result).toMatchObject({ runId: RUN, verdict: { outcome: 'insufficient' }, skipped: [] });
  expect((await readManifest(await openFolderStore(folder), RUN)).instruments[0].models.length).toBeGreaterThan(1);
  expect(Math.max(preparing, assembling)).toBeLessThan(LONGEST_MS);
}, 120_000);

test('what a step refuses has its code; what nobody has a code for has none', async () => {
  const request = { ...job.request, days: ['2013-01-02'] };
  await expect(prepareInThread({ ...job, request }, NEVER)).rejects.toMatchObject({ code: 'NOTHING_TO_TRAIN' });
  const cut = new AbortController();
  const cutShort = prepareInThread(job, cut.signal);
  cut.abort();
  await expect(cutShort).rejects.toMatchObject({ code: null });
  expect(failureOf(new TrainingError('SET_MISSING', 'x'))).toEqual({ code: 'SET_MISSING', message: 'SET_MISSING: x' });
  expect(failureOf('text')).toEqual({ code: null, message: 'text' });
}, 60_000);
