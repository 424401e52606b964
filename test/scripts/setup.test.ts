import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from './run-script';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, text: string): string => {
  const path = join(folder, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const lock = (version: string): string => JSON.stringify({ packages: { '': {}, 'node_modules/pino': { version } } });
const installed = (): unknown => evaluate('setup.mjs', `return m.isInstalled(${JSON.stringify(folder)});`);

describe('the Node version', () => {
  const verdict = (version: string): unknown =>
    evaluate('setup.mjs', `try { m.checkNode('${version}'); return 'ok'; } catch (error) { return error.message; }`);

  it('must be 20.19 or newer', () => {
    expect(verdict('20.19.0')).toBe('ok');
    expect(verdict('22.1.0')).toBe('ok');
    expect(verdict('20.18.3')).toContain('Node 20.19 or newer is needed, this is 20.18.3');
  });
});

describe('the installed packages', () => {
  it('are absent without node_modules', () => {
    write('package-lock.json', lock('10.0.0'));
    expect(installed()).toBe(false);
  });

  it('are taken as they are when npm recorded exactly the locked versions, and remembered', () => {
    write('package-lock.json', lock('10.0.0'));
    const record = write('node_modules/.package-lock.json', lock('10.0.0'));
    expect(installed()).toBe(true);
    rmSync(record);
    expect(installed()).toBe(true);
  });

  it('are stale when the lockfile changed', () => {
    write('package-lock.json', lock('10.0.0'));
    write('node_modules/.package-lock.json', lock('10.0.0'));
    expect(installed()).toBe(true);
    write('package-lock.json', lock('10.0.1'));
    expect(installed()).toBe(false);
  });
});

describe('the build', () => {
  const plan = (): unknown => evaluate('build.mjs', `return m.planBuild(${JSON.stringify(folder)});`);
  const at = (path: string, seconds: number): void => utimesSync(path, seconds, seconds);

  beforeEach(() => {
    at(write('.swcrc', '{}'), 100);
    at(write('package-lock.json', '{}'), 100);
    at(write('src/domain/a.ts', ''), 200);
    at(write('src/workflows/index.ts', ''), 200);
    for (const file of ['domain/a.js', 'domain/a.js.map', 'workflows/index.js', 'workflows/index.js.map']) {
      at(write(`dist/${file}`, ''), 300);
    }
    at(write('dist/workflow-bundle.js', ''), 300);
  });

  it('has nothing to do when every output is newer than its source', () => {
    expect(plan()).toEqual({ stale: [], orphans: [], staleBundle: false });
  });

  it('compiles a changed source and bundles the workflows again when they may import it', () => {
    at(join(folder, 'src/domain/a.ts'), 400);
    expect(plan()).toEqual({ stale: ['domain/a.ts'], orphans: [], staleBundle: true });
  });

  it('compiles everything when its settings changed', () => {
    at(join(folder, '.swcrc'), 400);
    expect(plan()).toMatchObject({ stale: ['domain/a.ts', 'workflows/index.ts'], staleBundle: true });
  });

  it('removes outputs whose source is gone', () => {
    rmSync(join(folder, 'src/domain/a.ts'));
    expect(plan()).toMatchObject({ orphans: ['domain/a.js', 'domain/a.js.map'] });
  });
});
