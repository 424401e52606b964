/** `omega data heal --from-broker` against the paper gateway over TCP, and against nobody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { startPaperGateway, type PaperGateway } from '../broker/paper-gateway-rig';
import { ACCOUNT } from '../broker/scripted-tws';

const SOURCE = join(__dirname, '../../data/futures_1m/ES_201312_1m.csv.gz');
let gateway: PaperGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startPaperGateway('2013-10-10T20:30:00Z');
  folder = mkdtempSync(join(tmpdir(), 'omega-heal-'));
  expect((await heal(gateway.port, 'import', SOURCE)).code).toBe(0);
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

async function heal(port: number, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = {
    OMEGA_STORE: join(folder, 'store'),
    OMEGA_STATE_DIR: join(folder, 'state'),
    OMEGA_BAR_PROVIDERS: 'csv',
    OMEGA_HISTORICAL: join(folder, 'nowhere'),
    IBKR_PORT: String(port),
    IBKR_ACCOUNT: ACCOUNT,
  };
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), env, folder };
  const code = await main(['data', ...args], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const loseDay = (): void =>
  rmSync(join(folder, 'store/processed/intraday/ES_201312/1m/2013-10-09.parquet'), { force: true });

test('a gateway that does not answer is one line, and the others are asked', async () => {
  loseDay();
  const { code, out } = await heal(1, 'heal', '--from-broker');
  expect(code).toBe(0);
  expect(out).toMatch(/^IBKR is skipped: no gateway answers at 127\.0\.0\.1:1 \(.*\); start IB Gateway or set/m);
  expect(out).toContain('not filled');
});

test('a lost day comes back from the broker, by its name', async () => {
  loseDay();
  const { code, out } = await heal(gateway.port, 'heal', '--from-broker');
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringMatching(/2013-10-09T13:30Z to 2013-10-09T20:15Z: filled, 1,\d{3} bars from ibkr/) as string,
  });
  expect((await heal(gateway.port, 'heal')).out).toContain('ES_201312 1m: no holes');
});
