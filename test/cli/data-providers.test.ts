import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'omega-providers-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function omega(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const out: string[] = [];
  const code = await main(args, {
    out: (text) => void out.push(text),
    err: (text) => void out.push(text),
    env,
    folder,
  });
  return { code, out: out.join('\n') };
}

test('which providers are asked, which are skipped and why; no key is shown', async () => {
  const { code, out } = await omega({ TIINGO_API_KEY: 'very-secret-key' }, 'data', 'providers');
  expect(code).toBe(0);
  expect(out).toMatch(/^Data mode: current$/m);
  expect(out).toMatch(/^bars +tiingo +ready/m);
  expect(out).toMatch(/^bars +sample +ready +.*a sample, not a live source$/m);
  expect(out).toMatch(/^outside +fred +skipped +FRED is skipped: set FRED_API_KEY in the environment to use it\.$/m);
  expect(out).not.toContain('very-secret-key');
});

test('as JSON, in the other mode', async () => {
  const { out } = await omega({ OMEGA_DATA_MODE: 'legacy', ETF_FLOWS: 'flows.csv' }, 'data', 'providers', '--json');
  const { mode, providers } = JSON.parse(out) as { mode: string; providers: { provider: string; state: string }[] };
  expect(mode).toBe('legacy');
  expect(providers).toContainEqual(expect.objectContaining({ provider: 'polygon', state: 'skipped', gives: 'quotes' }));
  expect(providers).toContainEqual(expect.objectContaining({ provider: 'etf-flows', state: 'ready' }));
  expect(providers.map(({ provider }) => provider)).not.toContain('yahoo');
});

test('data outside: rows of the calendar that are no events are told, and a provider that fails ends it with 1', async () => {
  const calendar = join(folder, 'calendar.csv');
  writeFileSync(calendar, 'time,event\n2013-10-09T18:00:00Z,FOMC_MINUTES\n2013-10-08,CPI\n');
  const told = await omega({ ECONOMIC_CALENDAR: calendar }, 'data', 'outside');
  expect(told.code).toBe(0);
  expect(told.out).toContain(
    '1 events of 2013-10-09 to 2013-10-09, 1 rows put aside\n  time "2013-10-08" is no instant with its zone',
  );
  const failed = await omega({ ETF_FLOWS: join(folder, 'none.csv') }, 'data', 'outside');
  expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('There is no file')]);
});
