import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { evaluate, runScript } from './run-script';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-temporal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(path: string, version = '1.5.1'): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.29.1, UI 2.42.1)"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Only what the test puts there is on PATH or in the cache. */
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: join(folder, 'bin'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...more,
});
const cached = (): string => join(folder, 'cache/omega/temporal-1.5.1/temporal');
const found = (env: NodeJS.ProcessEnv): string => runScript('temporal-cli.mjs', env).stdout.trim();

describe('the order in which a Temporal server is looked for', () => {
  it('takes the one named, whatever else is there', () => {
    const named = executable(join(folder, 'named'));
    executable(join(folder, 'bin/temporal'));
    expect(found(environment({ OMEGA_TEMPORAL_CLI: named, TEMPORAL_ADDRESS: 'there:7233' }))).toBe(named);
  });

  it('says what is wrong with a name that is no program', () => {
    const { status, stderr } = runScript('temporal-cli.mjs', environment({ OMEGA_TEMPORAL_CLI: '/nowhere/temporal' }));
    expect(status).toBe(2);
    expect(stderr).toContain('OMEGA_TEMPORAL_CLI names /nowhere/temporal');
  });

  it('uses a running server before any program', () => {
    executable(join(folder, 'bin/temporal'));
    expect(found(environment({ TEMPORAL_ADDRESS: 'there:7233' }))).toBe('there:7233');
  });

  it('prefers PATH to the cache', () => {
    const onPath = executable(join(folder, 'bin/temporal'), '1.4.0');
    executable(cached());
    expect(found(environment())).toBe(onPath);
  });

  it('passes over a program that is too old, and says so', () => {
    executable(join(folder, 'bin/temporal'), '0.13.2');
    executable(cached());
    const { stdout, stderr } = runScript('temporal-cli.mjs', environment());
    expect(stdout.trim()).toBe(cached());
    expect(stderr).toContain('older than 1.3');
  });

  it('downloads when nothing is here, then builds, then says how to get it', () => {
    const ways = `
      const { DownloadFailed } = await import(new URL('./temporal-download.mjs', ${JSON.stringify(`file://${join(__dirname, '../../scripts/')}`)}));
      const fails = async () => { throw new DownloadFailed('no network'); };
      const env = ${JSON.stringify(environment())};
      const downloaded = await m.resolveTemporal(env, async () => {}, async () => 'never asked');
      const message = await m.resolveTemporal(env, fails, async () => 'Go is not installed').catch((error) => error.message);
      return { downloaded, message };`;
    const { downloaded, message } = evaluate('temporal-cli.mjs', ways) as {
      readonly downloaded: { readonly path: string; readonly source: string };
      readonly message: string;
    };
    expect(downloaded).toMatchObject({ path: cached(), source: 'download' });
    expect(message).toContain('no network');
    expect(message).toContain('Go is not installed');
    expect(message).toContain(`put the executable at ${cached()}`);
  });
});

describe('the published checksums', () => {
  it('are found by file name', () => {
    const text = ['aa11  temporal_cli_1.5.1_linux_amd64.tar.gz', 'bb22  temporal_cli_1.5.1_darwin_arm64.tar.gz'].join(
      '\n',
    );
    const ask = (file: string): unknown =>
      evaluate('temporal-download.mjs', `return m.listedChecksum(${JSON.stringify(text)}, ${JSON.stringify(file)});`);
    expect(ask('temporal_cli_1.5.1_darwin_arm64.tar.gz')).toBe('bb22');
    expect(ask('temporal_cli_1.5.1_windows_amd64.tar.gz')).toBeNull();
  });
});
