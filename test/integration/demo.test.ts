/** `npm start` as a newcomer types it, killed in the middle: the scripted crash, because all of it fits into half an hour of market. */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/cli/demo/process-identity';
import type { ProcessIdentity } from '../../src/cli/demo/process-identity';
import type { RunReport } from '../../src/cli/demo/run-report';
import { waitFor } from '../../src/cli/demo/wait-for';

const ROOT = join(__dirname, '..', '..');
const MINUTES = 60_000;

describe('the demonstration', () => {
  let folder: string;
  let child: ChildProcess | null = null;
  let output = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'omega-demo-'));
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function start(): ChildProcess {
    output = '';
    const args = [join(ROOT, 'scripts', 'start.mjs'), '--crash', '--json', 'days.json'];
    const started = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    }
    child = started;
    return started;
  }

  const ended = (started: ChildProcess): Promise<number | null> =>
    new Promise((done) => started.on('exit', (code) => done(code)));
  const says = (text: string): Promise<true> =>
    waitFor(`"${text}" in:\n${output}`, async () => (output.includes(text) ? true : null), { timeoutMs: 2 * MINUTES });

  function children(): readonly ProcessIdentity[] {
    const [selection] = readdirSync(join(folder, '.omega/demo'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const pids = join(folder, '.omega/demo', selection.name, 'pids');
    return readdirSync(pids).map((file) => JSON.parse(readFileSync(join(pids, file), 'utf8')) as ProcessIdentity);
  }

  const beside = (script: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'scripts', script), ...args], { cwd: folder, encoding: 'utf8' });

  it(
    'leaves no orphan when killed, goes on where it was, halts, flattens, and reconciles',
    async () => {
      const killed = start();
      await says('SCRIPTED: long 1 GC proposed to the session');
      killed.kill('SIGKILL');
      const orphans = children();
      expect(orphans).toHaveLength(4);
      await waitFor('the children to leave', async () => (orphans.some(isAlive) ? null : true), { timeoutMs: 20_000 });

      const resumed = start();
      await says('Ctrl-C ends the demonstration.');
      expect(output).toContain('HALT LIMIT_DAILY_LOSS');
      expect(output).toContain('halt lifted by demo operator');

      const second = beside('start.mjs', '--crash');
      expect(second.stderr).toContain(`as process ${resumed.pid}`);
      expect(second.status).toBe(4);
      const status = beside('omega.mjs', 'status', '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({ source: 'demonstration', session: { account: 'DEMO1000001' } });

      const last = children();
      resumed.kill('SIGINT');
      expect(await ended(resumed)).toBe(0);
      expect(last.some(isAlive)).toBe(false);
      expect(beside('omega.mjs', 'status').stderr).toContain('Nothing runs here');

      const report = JSON.parse(readFileSync(join(folder, 'days.json'), 'utf8')) as RunReport;
      expect(report.notes).toEqual([]);
      expect(report.days).toMatchObject([
        { tradingDay: '2013-10-11', trades: 1, reconciled: true, modelRun: null, orders: { filled: 2, unknown: 0 } },
      ]);
      expect(report.days[0].realizedPnl).toBeLessThan(-1_900);
      expect(report.days[0].latencyMs.n).toBe(1);
    },
    6 * MINUTES,
  );
});
