/** The audit commands on a small log: what they print, what they answer with, and how they fail. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCommand } from '../../src/cli/audit';
import { CommandExit } from '../../src/cli/command-exit';
import type { DecisionRecord } from '../../src/domain/proposals';
import { openAuditLog } from '../../src/storage/audit-log';
import { openFolderStore } from '../../src/storage/folder-store';
import { BAR_CLOSE as CLOSE, decisionRecord } from '../decision-record';

const DAY = '2013-10-09';
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-audit-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const decision = (symbol: 'ES' | 'GC'): DecisionRecord =>
  decisionRecord({
    decisionId: `DEMO1/${symbol}/2013-10-09T14:31:00.000Z`,
    account: 'DEMO1',
    symbol,
    votes: [{ model: 'sgd', signal: 'buy', probabilities: [0.1, 0.2, 0.7] }],
  });

async function writeLog(): Promise<void> {
  const stateDir = join(folder, '.omega/state');
  const audit = await openAuditLog({
    stateDir,
    writer: 'market-DEMO1',
    redact: (text) => text,
    report: () => undefined,
  });
  await audit.append([
    { type: 'decision', tradeDate: DAY, record: decision('ES') },
    { type: 'decision', tradeDate: DAY, record: decision('GC') },
    {
      type: 'verdict',
      tradeDate: DAY,
      barClose: CLOSE,
      answer: {
        outcome: 'refused',
        decisionId: decision('GC').decisionId,
        refusal: { code: 'LIMIT_EXPOSURE', detail: 'worst=4 limit=3' },
      },
    },
    { type: 'halt', event: '1-1', tradeDate: DAY, at: CLOSE + 1, account: 'DEMO1', cause: 'daily loss' },
  ]);
  await audit.seal(await openFolderStore(join(folder, '.omega/store')));
  await audit.append([
    { type: 'halt-lifted', event: '1-2', tradeDate: DAY, at: CLOSE + 2, account: 'DEMO1', by: 'Ada', why: 'seen' },
  ]);
  await audit.close();
}

async function omega(args: readonly string[], env: Record<string, string> = { IBKR_ACCOUNT: 'DEMO1' }) {
  const out: string[] = [];
  const io = { out: (text: string) => void out.push(text), err: () => undefined, env, folder };
  const outcome: unknown = await auditCommand(io)
    .exitOverride()
    .parseAsync([...args], { from: 'user' })
    .then(
      () => 0,
      (error: unknown) => (error instanceof CommandExit ? error.exitCode : error),
    );
  return { outcome, text: out.join('\n') };
}

test('show prints sealed and spooled entries of the last day in order', async () => {
  await writeLog();
  const { outcome, text } = await omega(['show']);
  expect(outcome).toBe(0);
  expect(text.split('\n')).toEqual([
    '2013-10-09: 5 entries',
    expect.stringMatching(/^time \(UTC\) +type +about +what$/),
    expect.stringContaining('decision     ES') as string,
    expect.stringContaining('decision     GC') as string,
    expect.stringContaining('refused LIMIT_EXPOSURE: worst=4 limit=3') as string,
    expect.stringMatching(/2013-10-09 14:31:00Z +halt +DEMO1 +daily loss/),
    expect.stringMatching(/halt-lifted +DEMO1 +by Ada: seen/),
  ]);
});

test('show narrows by type, instrument and number, and answers JSON', async () => {
  await writeLog();
  expect((await omega(['show', '--symbol', 'GC', '--type', 'decision'])).text).toContain('1 entries');
  const { text } = await omega(['show', '--last', '2']);
  expect(text).toContain('5 entries, the last 2');
  expect(text.split('\n')).toHaveLength(4);
  const json = JSON.parse((await omega(['show', '--json', '--symbol', 'ES', '--day', DAY])).text) as {
    entries: unknown[];
  };
  expect(json.entries).toHaveLength(3);
});

test('replay of decisions that cannot be replayed says why and ends with 1', async () => {
  await writeLog();
  const { outcome, text } = await omega(['replay']);
  expect(outcome).toBe(1);
  expect(text).toContain('2 decisions, NOT reproduced');
  expect(text).toContain('the audit log does not say under which rules it was made');
});

test.each<[string, readonly string[], Record<string, string>, string]>([
  ['no account and no demonstration', ['show'], {}, 'no demonstration ran'],
  ['an empty log', ['show'], { IBKR_ACCOUNT: 'DEMO1' }, 'has nothing of any trade date; it is empty'],
  ['a day that is no date', ['show', '--day', 'monday'], { IBKR_ACCOUNT: 'DEMO1' }, 'a date like 2013-10-09'],
  ['an unknown type', ['show', '--type', 'gossip'], { IBKR_ACCOUNT: 'DEMO1' }, '--type is one of'],
  ['an unknown instrument', ['show', '--symbol', 'ZN'], { IBKR_ACCOUNT: 'DEMO1' }, '--symbol is one of ES'],
  ['a wrong count', ['show', '--last', 'all'], { IBKR_ACCOUNT: 'DEMO1' }, '--last needs a whole number'],
  ['a wrong configuration', ['replay'], { ALLOW_ORDERS: 'on' }, 'ALLOW_ORDERS is "on"'],
])('%s is one clear sentence', async (_name, args, env, sentence) => {
  const { outcome } = await omega(args, env);
  expect(outcome).toMatchObject({ name: 'CliError', message: expect.stringContaining(sentence) as string });
});

test('a day that is not there names those that are', async () => {
  await writeLog();
  const { outcome } = await omega(['show', '--day', '2013-10-10']);
  expect(outcome).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('it has 2013-10-09') as string });
});
