import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../../src/cli/cli-error';
import { diagnoseGateway, diagnoseTemporal } from '../../../src/cli/demo/process-diagnosis';
import { endProcess, identify, isAlive } from '../../../src/cli/demo/process-identity';
import { afterDeath } from '../../../src/cli/demo/restart-policy';
import type { ProcessSpec } from '../../../src/cli/demo/supervised-process';
import { SupervisedProcess } from '../../../src/cli/demo/supervised-process';
import { waitFor } from '../../../src/cli/demo/wait-for';

describe('the restart policy', () => {
  const died = (...readyForMs: readonly (number | null)[]) => afterDeath(readyForMs.map((ms) => ({ readyForMs: ms })));

  it('restarts at once what had been ready for a while, however often it is killed', () => {
    expect(died(5_000)).toEqual({ action: 'restart', delayMs: 0 });
    expect(died(...Array.from({ length: 60 }, () => 1_500))).toEqual({ action: 'restart', delayMs: 0 });
  });

  it('backs off and gives up what never gets ready', () => {
    expect(died(null)).toEqual({ action: 'restart', delayMs: 250 });
    expect(died(null, null, null)).toEqual({ action: 'restart', delayMs: 1_000 });
    expect(died(null, null, null, 3, null, null)).toEqual({ action: 'give-up', attempts: 6 });
  });

  it('forgets earlier trouble once it was ready', () => {
    expect(died(null, null, null, null, null, 5_000)).toEqual({ action: 'restart', delayMs: 0 });
  });
});

describe('a supervised process', () => {
  let folder: string;
  let running: SupervisedProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'omega-process-'));
  });
  afterEach(async () => {
    await running?.stop();
    running = null;
    rmSync(folder, { recursive: true, force: true });
  });

  /** A Node child that says ready and answers messages, or does what `code` says. */
  const spec = (code = `process.on('message', (m) => process.send(m)); process.send('ready')`): ProcessSpec => ({
    name: 'trader',
    command: process.execPath,
    args: ['-e', code],
    env: process.env,
    folder,
    channel: 'ipc',
    logFile: join(folder, 'trader.log'),
    pidFile: join(folder, 'trader.pid'),
    graceMs: 2_000,
    whenReady: (child) => new Promise((resolve) => child.once('message', () => resolve())),
  });

  it('is started again when killed, and says how long that took', async () => {
    const recoveries: number[] = [];
    const deaths: string[] = [];
    running = new SupervisedProcess(spec(), {
      onDeath: (_status, cause) => deaths.push(cause),
      onRecovery: ({ lastRecoverySeconds }) => recoveries.push(lastRecoverySeconds ?? -1),
    });
    await running.start();
    const first = running.status().pid ?? 0;
    process.kill(first, 'SIGKILL');
    await waitFor('the second incarnation', async () => (recoveries.length > 0 ? true : null), { timeoutMs: 10_000 });
    expect(deaths).toEqual(['SIGKILL']);
    expect(recoveries[0]).toBeGreaterThan(0);
    expect(running.status()).toMatchObject({ state: 'ready', restarts: 1 });
    expect(running.status().pid).not.toBe(first);
  });

  it('passes messages both ways and knows when nobody hears them', async () => {
    const heard: unknown[] = [];
    running = new SupervisedProcess(spec(), { onMessage: (message) => heard.push(message) });
    expect(running.send({ hello: 1 })).toBe(false);
    await running.start();
    expect(running.send({ hello: 2 })).toBe(true);
    await waitFor('the echo', async () => (heard.length > 1 ? true : null), { timeoutMs: 10_000 });
    expect(heard[1]).toEqual({ hello: 2 });
  });

  it('is given up with the end of its log when it never gets ready', async () => {
    running = new SupervisedProcess(spec(`console.error('port in use'); process.exit(3)`), {});
    await expect(running.start()).rejects.toThrow(/died 6 times before it was ready \(exit code 3\)[^]*port in use/);
  }, 20_000);

  it('is given up at once for a cause that no restart will change', async () => {
    let starts = 0;
    const damaged: ProcessSpec = {
      ...spec(`console.error('starts'); process.exit(2)`),
      whenReady: () => {
        starts += 1;
        return new Promise(() => undefined);
      },
      diagnose: ({ exitCode, log }) => new CliError('STATE_DAMAGED', `${exitCode} ${log.trim()}`),
    };
    // What an earlier incarnation wrote is not read.
    writeFileSync(damaged.logFile, 'of old\n');
    running = new SupervisedProcess(damaged, {});
    await expect(running.start()).rejects.toMatchObject({ code: 'STATE_DAMAGED', message: '2 starts' });
    expect(starts).toBe(1);
  });

  it('ends when asked, and leaves nothing behind', async () => {
    running = new SupervisedProcess(spec(), {});
    await running.start();
    const identity = JSON.parse(readFileSync(join(folder, 'trader.pid'), 'utf8')) as ReturnType<typeof identify>;
    expect(isAlive(identity)).toBe(true);
    await running.stop();
    expect(isAlive(identity)).toBe(false);
    expect(running.status().state).toBe('stopped');
  });

  it('is killed when it does not end in its grace', async () => {
    const stubborn = spec(`process.on('SIGTERM', () => {}); process.send('ready'); setInterval(() => {}, 1000)`);
    running = new SupervisedProcess({ ...stubborn, graceMs: 100 }, {});
    await running.start();
    const identity = identify(running.status().pid ?? 0);
    await running.stop();
    expect(isAlive(identity)).toBe(false);
  });
});

describe('what is said of a death', () => {
  const SENTENCE =
    'The state folder g is damaged at line 3 of journal.jsonl; restore it or give another --state folder.';

  it('is the last sentence of a gateway that cannot use its state, and nothing of one that was killed', () => {
    const error = diagnoseGateway({ exitCode: 2, log: `state: g\n${SENTENCE}\n` });
    expect(error).toMatchObject({ code: 'STATE_DAMAGED', exitCode: 2 });
    expect(error?.message).toBe(
      `The paper gateway cannot start. ${SENTENCE} npm start -- --reset begins this demonstration again.`,
    );
    expect(diagnoseGateway({ exitCode: null, log: SENTENCE })).toBeNull();
    expect(diagnoseGateway({ exitCode: 1, log: 'Port 4002 is in use' })).toBeNull();
  });

  it.each([
    ['file is not a database (26)', 'file is not a database'],
    ['database disk image is malformed (11)', 'database disk image is malformed'],
    ['SQL logic error: no such table: namespaces (1)', 'no such table: namespaces'],
  ])('names the database of a Temporal server that reports: %s', (told, why) => {
    const failed = `level=ERROR msg="failed starting server: failed creating namespaces: ${told}"`;
    expect(diagnoseTemporal('t.db')({ exitCode: 1, log: `level=WARN\n${failed}\n` })?.message).toBe(
      `The Temporal server's database t.db is damaged (${why}); restore it, or npm start -- --reset begins this demonstration again.`,
    );
  });

  it('leaves other deaths of the Temporal server to the restart', () => {
    const failed = 'level=ERROR msg="failed starting server: listen tcp 127.0.0.1:7233: address already in use"';
    expect(diagnoseTemporal('t.db')({ exitCode: 1, log: failed })).toBeNull();
    expect(diagnoseTemporal('t.db')({ exitCode: null, log: '' })).toBeNull();
  });
});

describe('a process identity', () => {
  it('is not that of a later process with the same id', async () => {
    const mine = identify(process.pid);
    expect(isAlive(mine)).toBe(true);
    const impostor = { pid: process.pid, startTicks: (mine.startTicks ?? 0) + 1 };
    expect(isAlive(impostor)).toBe(mine.startTicks === null);
    if (mine.startTicks !== null) expect(await endProcess(impostor, 10)).toBe(true);
  });
});
