/** `omega train` as a user types it, killed in the middle and started again: two families on recorded gold. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnsemble } from '../../src/learning/ensemble';
import { readManifest } from '../../src/learning/model-run';
import { partsOf } from '../../src/learning/model-role';
import { openFolderStore } from '../../src/storage/folder-store';

const OMEGA = join(__dirname, '..', '..', 'scripts', 'omega.mjs');
const RUN = '20131010_220000';
const FAMILIES = ['logistic_regression', 'boosting_leaf_wise'];
const ASKED = ['train', '--instruments', 'GC', '--families', FAMILIES.join(','), '--run-id', RUN, '--json'];
const DAYS = ['--days', '2013-10-08,2013-10-09,2013-10-10'];
const MINUTES = 60_000;

let folder: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-train-'));
  root = join(folder, '.omega', 'store');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const omega = (...args: readonly string[]) =>
  spawnSync(process.execPath, [OMEGA, ...args], { cwd: folder, encoding: 'utf8' });
const partsFolder = (): string => join(root, 'processed', 'training', RUN, 'GC');
const partsStored = (): number =>
  FAMILIES.map((family) => join(partsFolder(), family))
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place))
    .filter((file) => file.endsWith('.json')).length;

it(
  'keeps every finished fit when killed, and leaves a judged run',
  async () => {
    const killed = spawn(process.execPath, [OMEGA, ...ASKED, ...DAYS], { cwd: folder, stdio: 'ignore' });
    const gone = new Promise((done) => killed.once('exit', done));
    while (partsStored() < 3) await new Promise((resume) => setTimeout(resume, 50));
    killed.kill('SIGKILL');
    await gone;
    const kept = partsStored();

    const { stdout, stderr, status } = omega(...ASKED, ...DAYS);
    expect([status, stderr]).toEqual([0, expect.stringContaining('fits kept from before')]);
    const counts = [...stderr.matchAll(/, (\d+) fits kept/g)].map(([, count]) => Number(count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(kept);
    const result = JSON.parse(stdout) as {
      readonly gates: { readonly outcome: string; readonly code: string };
      readonly peak_memory_mb: number;
    };
    expect(result.peak_memory_mb).toBeGreaterThan(50);
    expect(stderr).toMatch(/done in \d+ s, \d+ MB at the most/);
    expect(result.gates).toMatchObject({ outcome: 'insufficient', code: 'GATE_INSUFFICIENT_DATA' });
  },
  4 * MINUTES,
);

it('is made of parts with roles, folds and figures; every file votes', async () => {
  const store = await openFolderStore(root);
  const [{ models, folds }] = (await readManifest(store, RUN)).instruments;
  expect(folds).toHaveLength(5);
  const { voters, calibrators, stacker, refused } = partsOf(models);
  expect(voters.map(({ name }) => name)).toEqual(FAMILIES);
  expect([...calibrators.keys()]).toEqual(FAMILIES);
  expect(stacker?.role.voters).toEqual(FAMILIES);
  expect(refused).toEqual([]);
  for (const { foldMetrics, holdOut, features } of voters) {
    expect(foldMetrics).toHaveLength(5);
    expect(holdOut?.testDays).toEqual(['2013-10-10']);
    expect(features?.length).toBeGreaterThan(5);
  }
  const ensemble = await loadEnsemble(store, RUN, 'GC');
  expect([ensemble.models, ensemble.skipped]).toEqual([FAMILIES, []]);
  await ensemble.close();
});

it('has a card that a human can read', () => {
  const card = readFileSync(join(root, 'models', RUN, 'card.md'), 'utf8');
  expect(card).toContain(`# Model run ${RUN}`);
  expect(card).toContain('GATE_INSUFFICIENT_DATA');
  expect(card).toContain('| boosting_leaf_wise | LGBMClassifier |');
});

it('refuses days that are not recorded, unknown families and ids in one sentence', () => {
  const refusals = [
    [[...ASKED, '--days', '2013-01-02'], 'has no 2013-01-02'],
    [['train', '--families', 'oracle'], 'no model family oracle'],
    [['train', '--run-id', 'today'], 'needs YYYYMMDD_HHMMSS'],
  ] as const;
  for (const [args, sentence] of refusals) {
    const { status, stdout, stderr } = omega(...args);
    expect([status, stdout + stderr]).toEqual([2, expect.stringContaining(sentence)]);
  }
});
