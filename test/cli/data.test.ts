/** `omega data`: CSV in, holes found and filled from the sample, CSV and Parquet out, without a key or a server. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresThatCount, healText } from '../../src/cli/data-heal';
import { main } from '../../src/cli/main';
import type { HealedSeries, ProviderFailure } from '../../src/market-data/bar-store/heal-series';
import type { ProviderName } from '../../src/market-data/providers/provider';

const SHIPPED = join(__dirname, '../../data');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const omega = (...args: readonly string[]) => omegaWith({}, ...args);

async function omegaWith(more: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { OMEGA_STORE: join(folder, 'store'), OMEGA_BAR_PROVIDERS: 'csv,sample', ...more };
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), env, folder };
  const code = await main(args, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await omega(...args, '--json')).out);

test('from CSV to CSV, with a day lost on the way', async () => {
  expect(await omega('data', 'status')).toMatchObject({
    code: 1,
    err: expect.stringContaining('No bars are stored') as string,
  });
  const source = join(SHIPPED, 'futures_1m', 'ES_201312_1m.csv.gz');
  expect((await omega('data', 'import', source)).out).toBe('ES_201312 1m: 6,826 bars added');
  expect((await omega('data', 'import', source)).out).toBe('ES_201312 1m: 0 bars added, 6,826 known');

  const days = join(folder, 'store', 'processed', 'intraday', 'ES_201312', '1m');
  rmSync(join(days, '2013-10-09.parquet'));
  const holed = await omega('data', 'status', 'ES_201312', '--gaps');
  expect(holed.out).toContain('ES_201312 1m: no bars from 2013-10-09T13:30Z to 2013-10-09T20:15Z');
  const healed = await omega('data', 'heal');
  expect(healed.out).toContain('2013-10-09T13:30Z to 2013-10-09T20:15Z: filled, 1,371 bars from sample');
  const again = await json('data', 'status');
  expect(again).toMatchObject({
    series: [{ series: { contract: 'ES_201312' }, gaps: [], conflicts: 0, rejected: 0 }],
  });
  expect((await omega('data', 'heal')).out).toContain('ES_201312 1m: no holes');

  const out = join(folder, 'out');
  expect((await omega('data', 'export', '--out', out, '--from', '2013-10-08', '--to', '2013-10-09')).code).toBe(0);
  const lines = readFileSync(join(out, 'ES_201312_1m.csv'), 'utf8').split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'timestamp,open,high,low,close,volume',
    expect.stringMatching(/^2013-10-08T00:00:00Z,[\d.]+,[\d.]+,[\d.]+,[\d.]+,\d+$/),
  ]);
  await omega('data', 'export', '--out', out, '--format', 'parquet');
  // The healed day is of a second generation in the store, and of none outside.
  expect(readdirSync(join(out, 'intraday', 'ES_201312', '1m'))).toContain('2013-10-09.parquet');
  expect((await omega('data', 'export', 'ES', '--continuous', '--out', out)).out).toContain('ES: 6826 bars');
});

test('a new contract begins at --from, where a provider has it', async () => {
  await omega('data', 'import', join(SHIPPED, 'futures_1m', 'ES_201312_1m.csv.gz'));
  const { code, out } = await omega('data', 'heal', 'KO', '--from', '2013-01-02', '--to', '2013-03-01');
  expect(out).toContain('2013-01-02 to 2013-03-01: filled, 40 bars from sample');
  expect(code).toBe(0);
  expect(await json('data', 'status', 'KO')).toMatchObject({ series: [{ rows: 40 }] });
  expect(await omega('data', 'heal', 'PEP')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing is stored of PEP: say with --from') as string,
  });
  const nobody = await omega('data', 'heal', 'ZZZZ', '--from', '2013-01-02', '--to', '2013-03-01');
  expect(nobody).toMatchObject({
    code: 1,
    out: expect.stringContaining('not filled (no bars there: sample)') as string,
  });
});

test('a provider that refuses the key is told once and ends with 1, because its holes stay', async () => {
  const server = createServer((_request, response) => response.writeHead(401).end('{"detail":"Invalid token."}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'omega.config.json'), JSON.stringify({ data: { tiingo: { baseUrl } } }));
    const env = { OMEGA_BAR_PROVIDERS: 'tiingo,sample', TIINGO_API_KEY: 'wrong' };
    await omega('data', 'heal', 'KO', '--from', '2013-04-01', '--to', '2013-05-01');
    const { code, out } = await omegaWith(env, 'data', 'heal', 'KO', '--from', '2013-01-02', '--to', '2014-02-01');
    expect(code).toBe(1);
    expect(out.match(/tiingo: /g)).toHaveLength(1);
    expect(out).toMatch(/2013-05-01 to 2014-02-01: filled in part, 170 bars from sample$/);
    // Where another one filled every hole, nothing is amiss.
    expect((await omegaWith(env, 'data', 'heal', 'KO', '--to', '2014-01-01')).code).toBe(0);
  } finally {
    server.close();
    rmSync(join(folder, 'omega.config.json'));
  }
});

test('an export of everything tells the series that has nothing there, and writes the others', async () => {
  expect((await json('data', 'status', ' es_201312')) as object).toMatchObject({
    series: [{ series: { contract: 'ES_201312' } }],
  });
  const june = await omega(
    'data',
    'export',
    '--out',
    join(folder, 'june'),
    '--from',
    '2013-06-03',
    '--to',
    '2013-06-07',
  );
  expect(june).toMatchObject({ code: 0, out: expect.stringContaining('KO 1d: ') as string });
  expect(june.out).toContain('Nothing is stored of ES_201312/1m there');
  expect((await omega('data', 'export', 'ES_201312', '--out', join(folder, 'june'), '--to', '2013-06-07')).code).toBe(
    2,
  );
});

test('an export names the file that it could not read; an import of misnamed files alone ends with 1', async () => {
  const days = join(folder, 'store/processed/intraday/ES_201312/1m');
  const tenth = readdirSync(days).find((file) => file.startsWith('2013-10-10'));
  writeFileSync(join(days, String(tenth)), 'garbage');
  const exported = await omega('data', 'export', 'ES', '--continuous', '--out', join(folder, 'out'));
  expect(exported.out).toMatch(/2013-10-10.*parquet is put aside as processed\/corrupt/);
  await omega('data', 'heal', 'ES_201312');
  writeFileSync(join(days, readdirSync(days)[0]), 'garbage');
  const csv = await omega('data', 'export', 'ES_201312', '--out', join(folder, 'out'));
  expect(csv.out).toMatch(/is put aside as processed\/corrupt/);
  writeFileSync(join(folder, 'prices.csv'), 'timestamp,open,high,low,close,volume\n');
  expect(await omega('data', 'import', 'prices.csv')).toMatchObject({
    code: 1,
    out: expect.stringContaining('prices.csv is left out: ') as string,
  });
});

test('an import tells every different reason once', async () => {
  const row = (day: number, prices: string): string => `2013-10-${String(day).padStart(2, '0')},${prices}`;
  const rows = [row(7, '10,9,11,10,5'), row(8, '10,9,11,10,5'), row(9, '10,11,9,-1,5'), row(10, '10,11,9,10,5')];
  writeFileSync(join(folder, 'XYZ_1d.csv'), ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
  const { out } = await omega('data', 'import', 'XYZ_1d.csv');
  expect(out).toMatch(/^XYZ 1d: 1 bars added, 3 rejected$/m);
  expect(out.split('\n')).toHaveLength(3);
});

test('what counts as a failure: not an unreachable Yahoo that nobody named, not an unknown contract, not a hole that was filled', () => {
  const failure = (provider: ProviderName, code: string) => ({ provider, code, refusal: `${provider}: ${code}` });
  const hole = { from: 0, to: 1 };
  const healed = (failures: readonly ProviderFailure[], left = [hole]): HealedSeries => ({
    series: { contract: 'KO', whatToShow: 'TRADES', interval: '1d' },
    gaps: [{ ...hole, filled: [], failures, refusals: failures.map(({ refusal }) => refusal), left }],
    notes: [],
  });
  const offline = [healed([failure('yahoo', 'UNREACHABLE')])];
  expect(failuresThatCount(offline, null)).toEqual([]);
  expect(failuresThatCount(offline, ['yahoo', 'sample'])).toHaveLength(1);
  expect(failuresThatCount([healed([failure('tiingo', 'NOT_FOUND')])], null)).toEqual([]);
  expect(failuresThatCount([healed([failure('yahoo', 'RATE_LIMITED')])], null)).toHaveLength(1);
  expect(failuresThatCount([healed([failure('tiingo', 'SERVER_ERROR')], [])], null)).toEqual([]);
  // It filled the first hole's place elsewhere and gave up: the second hole repeats its sentence.
  const later = { ...healed([]).gaps[0], refusals: ['tiingo: TIMED_OUT'] };
  const gaveUp = {
    ...healed([failure('tiingo', 'TIMED_OUT')], []),
    gaps: [healed([failure('tiingo', 'TIMED_OUT')], []).gaps[0], later],
  };
  expect(failuresThatCount([gaveUp], null)).toHaveLength(1);
  expect(healText([healed([failure('tiingo', 'TIMED_OUT')]), healed([failure('tiingo', 'TIMED_OUT')])])).toEqual([
    'tiingo: TIMED_OUT',
    ...Array.from({ length: 2 }, () => ['KO 1d: 1 hole', '  1970-01-01 to 1970-01-01: not filled']).flat(),
  ]);
});

test.each([
  [['data', 'status', 'ES'], 2, '"ES" is no contract: write a future with its delivery month'],
  [['data', 'heal', '--from', 'yesterday'], 2, '--from is a date (2013-10-08)'],
  [['data', 'export', '--out', 'x', '--format', 'xls'], 2, '--format is csv or parquet'],
  [['data', 'export', '--out', '/proc/nowhere/x'], 2, '--out: the folder /proc/nowhere/x cannot be made'],
  [['data', 'import', 'nowhere.csv'], 2, 'There is nothing to read at'],
  [['data', 'history-export', '--interval', '1d'], 2, 'The broker is asked for 1m, 5m, 10m, 15m or 60m'],
])('%j is refused with a sentence', async (args, code, sentence) => {
  expect(await omega(...args)).toMatchObject({ code, err: expect.stringContaining(sentence) as string });
});
