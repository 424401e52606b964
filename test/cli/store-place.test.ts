/** Which store commands of the learning half mean, beside a demonstration that runs, or that ran once. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { DEMO_FOLDER, DEMO_STATE_VERSION, writeRun, type DemoRun } from '../../src/cli/demo/demo-folder';
import { identify } from '../../src/cli/demo/process-identity';
import { learningPlace } from '../../src/cli/store-place';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-store-place-'));
  mkdirSync(join(folder, DEMO_FOLDER), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rootFor = (env: Readonly<Record<string, string>>): string | null => {
  const { storage } = learningPlace({ out: () => undefined, err: () => undefined, env, folder });
  return storage.kind === 'folder' ? relative(folder, resolve(folder, storage.root)) : null;
};
const demonstrated = (running: boolean): void => {
  const conductor = running ? identify(process.pid) : { ...identify(process.pid), pid: 2 ** 22 + 1 };
  const run = { version: DEMO_STATE_VERSION, conductor, account: 'DEMO1', state: 'state', store: 'demo-store' };
  writeRun(join(folder, DEMO_FOLDER), run as unknown as DemoRun);
};

test('the configured one, before any demonstration', () => {
  expect(rootFor({})).toBe('.omega/store');
  expect(rootFor({ OMEGA_STORE: 'mine' })).toBe('mine');
});

test('that of the demonstration which ran last, unless a store or an account is named', () => {
  demonstrated(false);
  expect(rootFor({})).toBe('demo-store');
  expect(rootFor({ OMEGA_STORE: 'mine' })).toBe('mine');
  expect(rootFor({ IBKR_ACCOUNT: 'DU1' })).toBe('.omega/store');
});

test('that of the demonstration which runs, unless another server is named', () => {
  demonstrated(true);
  expect(rootFor({ OMEGA_STORE: 'mine' })).toBe('demo-store');
  expect(rootFor({ OMEGA_STORE: 'mine', TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toBe('mine');
});
