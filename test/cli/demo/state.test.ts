import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../../src/cli/cli-error';
import {
  DEMO_STATE_VERSION,
  demoPaths,
  leaveFolder,
  prepareState,
  readRun,
  removeState,
  runningConductor,
  takeFolder,
  writeRun,
} from '../../../src/cli/demo/demo-folder';
import { demoEnvironment } from '../../../src/cli/demo/demo-environment';
import { NoteBook } from '../../../src/cli/demo/note-book';
import { choosePorts } from '../../../src/cli/demo/ports';
import { identify } from '../../../src/cli/demo/process-identity';
import { remainingSteps, scheduleOf } from '../../../src/cli/demo/schedule';
import { selectionName, selectionOf } from '../../../src/cli/demo/selection';
import { noteLines } from '../../../src/cli/demo/summary';
import type { RecordedMarket } from '../../../src/market-data/recorded-market';
import { tradeDateBounds } from '../../../src/domain/calendar';
import { loadConfig } from '../../../src/config/load-config';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof CliError ? error.code : String(error);
  }
};

describe('the folder of the demonstration', () => {
  it('has one conductor at a time, and says which', () => {
    takeFolder(folder);
    expect(runningConductor(folder)?.pid).toBe(process.pid);
    // The parent of a test lives as long as the test: somebody else's conductor.
    writeFileSync(join(folder, 'conductor.pid'), JSON.stringify(identify(process.ppid)));
    expect(() => takeFolder(folder)).toThrow(`as process ${process.ppid}`);
    leaveFolder(folder);
    expect(runningConductor(folder)).toBeNull();
  });

  it('is taken over from a conductor that died', () => {
    writeFileSync(join(folder, 'conductor.pid'), JSON.stringify({ pid: process.pid, startTicks: 1 }));
    if (identify(process.pid).startTicks === null) return;
    expect(codeOf(() => takeFolder(folder))).toBeNull();
  });

  it('refuses a state of another version and leaves it alone', () => {
    const paths = demoPaths(folder, 'x');
    prepareState(paths);
    writeFileSync(paths.database, 'history');
    prepareState(paths);
    writeFileSync(join(paths.root, 'version.json'), JSON.stringify({ version: DEMO_STATE_VERSION + 1 }));
    expect(codeOf(() => prepareState(paths))).toBe('STATE_VERSION');
    expect(existsSync(paths.database)).toBe(true);
    removeState(paths);
    expect(existsSync(paths.root)).toBe(false);
  });

  it('tells other commands of the run only while its conductor lives', () => {
    const run = {
      version: DEMO_STATE_VERSION,
      conductor: identify(process.pid),
      account: 'DEMO1000001',
      temporalAddress: '127.0.0.1:1',
      temporalNamespace: 'default',
      uiAddress: null,
      gatewayPort: 1,
      controlPort: 2,
      state: 's',
      store: 't',
      logs: 'l',
      days: 'd',
      startedAt: '2026-01-01T00:00:00Z',
    };
    writeRun(folder, run);
    expect(readRun(folder)).toEqual(run);
    writeRun(folder, { ...run, conductor: { pid: 2 ** 22 + 1, startTicks: 1 } });
    expect(readRun(folder)).toBeNull();
  });
});

describe('the ports', () => {
  it('stay the same over starts, but for one that was taken meanwhile', async () => {
    const file = join(folder, 'ports.json');
    const first = await choosePorts(file);
    expect(new Set(Object.values(first)).size).toBe(4);
    expect(await choosePorts(file)).toEqual(first);
    const intruder = createServer();
    await new Promise<void>((done) => intruder.listen(first.gateway, '127.0.0.1', done));
    const second = await choosePorts(file);
    await new Promise((done) => intruder.close(done));
    expect(second.gateway).not.toBe(first.gateway);
    expect({ ...second, gateway: 0 }).toEqual({ ...first, gateway: 0 });
  });
});

describe('the environment of the demonstration', () => {
  it('lets nothing real through and allows orders toward its own gateway alone', () => {
    const real = {
      IBKR_ACCOUNT: 'U1234567',
      IBKR_HOST: 'broker.example',
      IBKR_CLIENT_ID: '555',
      ALLOW_LIVE: 'U1234567',
      DRY_RUN: 'true',
      AWS_SECRET_ACCESS_KEY: 'secret-of-mine',
      S3_ENDPOINT: 'https://s3.example',
      TEMPORAL_NAMESPACE: 'production',
      OMEGA_CONFIG: '/etc/omega.json',
      HOME: '/home/me',
    };
    const ports = { temporal: 1001, ui: 1002, gateway: 1003, control: 1004 };
    const place = { address: '127.0.0.1:1001', namespace: 'default' };
    const env = demoEnvironment(real, demoPaths(folder, 'x'), ports, place, ['GC']);
    const { config } = loadConfig({ env, folder });
    expect(env.HOME).toBe('/home/me');
    expect(JSON.stringify(env)).not.toMatch(/U1234567|example|secret-of-mine|production/);
    expect(config.broker).toMatchObject({ host: '127.0.0.1', port: 1003, account: 'DEMO1000001', clientId: 101 });
    expect(config.permissions).toMatchObject({ allowLive: null, dryRun: false, enableOrderExec: true });
    expect(config.trading.instruments).toEqual(['GC']);
  });
});

const barAt = (start: number) => ({
  start,
  bar: { start, open: 1, high: 1, low: 1, close: 1, volume: 1 },
  quote: null,
});
const { start: dayStart } = tradeDateBounds('2013-10-09');
const market: RecordedMarket = {
  folder: '/data',
  contracts: [
    {
      symbol: 'ES',
      deliveryMonth: '201312',
      file: 'ES_201312_1m.csv',
      minutes: [barAt(dayStart), barAt(dayStart + 120_000), barAt(dayStart + 3_600_000)],
    },
    { symbol: 'NQ', deliveryMonth: '201312', file: 'NQ_201312_1m.csv', minutes: [barAt(dayStart + 60_000)] },
  ],
  rejected: [],
  skipped: [],
  tradeDates: ['2013-10-08', '2013-10-09', '2013-10-14'],
  margins: [],
  files: [{ name: 'ES_201312_1m.csv', sha256: 'aa' }],
};
const features = { indicators: null, modelColumns: null };
const wish = { tradeDates: null, instruments: null, crash: false, sampleData: true, features };

describe('the selection', () => {
  it('is the default days of the sample data, or all days of a folder given', () => {
    expect(selectionOf(wish, market)).toMatchObject({ tradeDates: ['2013-10-09'], instruments: ['ES'] });
    expect(selectionOf({ ...wish, sampleData: false }, market).tradeDates).toEqual(market.tradeDates);
  });

  it('says what is not recorded', () => {
    expect(() => selectionOf({ ...wish, tradeDates: ['2014-01-02'] }, market)).toThrow(
      'There is no recorded data for 2014-01-02 in /data; it holds 2013-10-08 to 2013-10-14.',
    );
    expect(codeOf(() => selectionOf({ ...wish, instruments: ['GC'] }, market))).toBe('DATA');
  });

  it('has another folder for other days, instruments, columns or data', () => {
    const name = (more: object, data = market): string => selectionName(selectionOf({ ...wish, ...more }, data));
    const names = [
      name({}),
      name({ tradeDates: ['2013-10-08'] }),
      name({ instruments: ['NQ'] }),
      name({ features: { indicators: [{ kind: 'rsi', period: 7 }], modelColumns: null } }),
      name({}, { ...market, files: [{ name: 'ES_201312_1m.csv', sha256: 'bb' }] }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(name({})).toBe(names[0]);
  });
});

describe('what is not traded', () => {
  it('is said when the usual instruments are not recorded, unless others were asked for', () => {
    expect(selectionOf(wish, market).notes).toEqual(['GC is not traded: /data holds no file GC_YYYYMM_1m.csv[.gz]']);
    expect(selectionOf({ ...wish, instruments: ['NQ'] }, market).notes).toEqual([]);
  });

  it('is said when the front contract is not recorded, or did not trade, on a date', () => {
    const quiet = { ...barAt(dayStart), bar: null };
    const contracts = [
      ...market.contracts,
      { symbol: 'GC', deliveryMonth: '201402', file: 'GC_201402_1m.csv', minutes: [barAt(dayStart + 180_000)] },
      { symbol: '6E', deliveryMonth: '201312', file: '6E_201312_1m.csv', minutes: [quiet] },
    ] as const;
    const schedule = scheduleOf({ ...market, contracts }, ['ES', 'GC', '6E'], '2013-10-09');
    expect(schedule.instruments).toEqual(['ES']);
    expect(schedule.minuteEnds).toHaveLength(3);
    expect(schedule.absent).toEqual([
      'GC is not traded on 2013-10-09: no trade of its front contract GCZ3 (201312) is recorded',
      '6E is not traded on 2013-10-09: no trade of its front contract 6EZ3 (201312) is recorded',
    ]);
  });
});

describe('the note book', () => {
  const heard: string[] = [];
  const show = { notice: (_kind: string, text: string) => void heard.push(text) };
  beforeEach(() => heard.splice(0));

  it('says everything once, counts what is repeated, and begins each date anew', () => {
    const book = new NoteBook(show);
    book.noteRun('data: a row is left out');
    book.noteRun('data: a row is left out');
    book.beginDay(join(folder, 'monday'));
    for (let time = 0; time < 3; time += 1) book.noteDay('alert', 'market: a model is damaged');
    expect(heard).toEqual(['data: a row is left out', 'market: a model is damaged']);
    expect(book.notes()).toEqual(['data: a row is left out', 'market: a model is damaged (×3)']);
    book.beginDay(join(folder, 'tuesday'));
    expect(book.notes()).toEqual(['data: a row is left out']);
  });

  it('goes on with the notes of a date that a killed start began', () => {
    const first = new NoteBook(show);
    first.beginDay(join(folder, 'monday'));
    first.noteDay('alert', 'the feed is dead');
    const second = new NoteBook(show);
    second.noteDay('alert', 'a model is damaged');
    second.beginDay(join(folder, 'monday'));
    expect(second.notes()).toEqual(['the feed is dead', 'a model is damaged']);
    expect(heard).toEqual(['the feed is dead', 'a model is damaged', 'the feed is dead']);
  });

  it('shows what was noted in the summary, once for all days', () => {
    expect(noteLines([{ notes: ['a', 'b'] }, { notes: ['a', 'c'] }])).toEqual(['note: a', 'note: b', 'note: c']);
  });
});

describe('the schedule', () => {
  it('has the ends of every recorded minute of the instruments, once', () => {
    const { minuteEnds } = scheduleOf(market, ['ES', 'NQ'], '2013-10-09');
    expect(minuteEnds.map((time) => (time - dayStart) / 60_000)).toEqual([1, 2, 3, 61]);
  });

  it('goes on at the minute the clock stands at, because it may not have been settled', () => {
    const schedule = scheduleOf(market, ['ES'], '2013-10-09');
    expect(remainingSteps(schedule, dayStart)).toHaveLength(3);
    expect(remainingSteps(schedule, dayStart + 60_000)).toHaveLength(3);
    expect(remainingSteps(schedule, dayStart + 60_001)).toHaveLength(2);
  });

  it('can be cut to a window', () => {
    const window = { from: dayStart + 60_000, until: dayStart + 180_000 };
    expect(scheduleOf(market, ['ES'], '2013-10-09', window).minuteEnds).toEqual([dayStart + 180_000]);
  });
});
