/** `omega data`: CSV in, holes found and filled from the sample, CSV and Parquet out, without a key or a server. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';

const SHIPPED = join(__dirname, '../../data');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function omega(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { OMEGA_STORE: join(folder, 'store'), OMEGA_BAR_PROVIDERS: 'csv,sample' };
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

test.each([
  [['data', 'status', 'ES'], 2, '"ES" is no contract: write a future with its delivery month'],
  [['data', 'heal', '--from', 'yesterday'], 2, '--from is a date (2013-10-08)'],
  [['data', 'export', '--out', 'x', '--format', 'xls'], 2, '--format is csv or parquet'],
  [['data', 'import', 'nowhere.csv'], 2, 'There is nothing to read at'],
  [['data', 'history-export', '--interval', '1d'], 2, 'The broker is asked for 1m, 5m, 10m, 15m or 60m'],
])('%j is refused with a sentence', async (args, code, sentence) => {
  expect(await omega(...args)).toMatchObject({ code, err: expect.stringContaining(sentence) as string });
});
