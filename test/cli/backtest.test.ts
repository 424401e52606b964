/** `omega backtest`: what it refuses, and with which exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summary } from '../../src/cli/backtest';
import { backtestRequest, commandOf, type BacktestArguments } from '../../src/cli/backtest-options';
import { main } from '../../src/cli/main';

const DEFAULTS: BacktestArguments = { model: 'refit', cash: '100000', seed: '1' };

describe('omega backtest', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'omega-backtest-cli-'));
    writeFileSync(join(folder, 'not-executions.json'), '{}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function omega(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
    const said: string[] = [];
    const note = (text: string): void => void said.push(text);
    const code = await main(['backtest', ...args], { out: note, err: note, env: {}, folder });
    return { code, said: said.join('\n') };
  }

  it.each([
    [['--from', '2013-13-40'], /--from needs a date like/],
    [['--from', '2013-10-11', '--to', '2013-10-10'], /is after --to/],
    [['--instruments', 'ES,XX'], /XX is not an instrument/],
    [['--instruments', 'NQ'], /no recorded data for NQ/],
    [['--model', 'best'], /--model needs refit or a run/],
    [['--fills', 'gateway', '--fees', '1'], /--fees belongs to modelled fills/],
    [['--fills', 'perfect'], /--fills needs gateway or modelled/],
    [['--slippage-ticks', 'x'], /--slippage-ticks needs a number/],
    [['--cash', '0'], /more than 0 dollars/],
    [['--seed', '-1'], /--seed needs a whole number/],
    [['--from', '2031-01-01'], /no recorded trade date from 2031-01-01/],
    [['--data', 'nowhere'], /nowhere/],
    [['--html', 'no/such/folder.html'], /there is no folder/],
    [['--compare', 'not-executions.json'], /holds no list of executions/],
    [['--wrong'], /unknown option/],
  ])('refuses %j with one sentence and exit code 2', async (args, sentence) => {
    const { code, said } = await omega(...args);
    expect(said).toMatch(sentence);
    expect(said).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('names the command that makes the same report again, without where it was written', () => {
    const given = { ...DEFAULTS, from: '2013-10-09', data: "my data's", html: 'a.html', impact: '0.5' };
    expect(commandOf(given)).toBe(
      `omega backtest --data 'my data'\\''s' --from 2013-10-09 --model refit --impact 0.5 --cash 100000 --seed 1`,
    );
  });

  it('takes --json without a file for standard output, and says on the console what is in sample', () => {
    expect(backtestRequest({ ...DEFAULTS, json: true }).json).toBeNull();
    expect(backtestRequest({ ...DEFAULTS, json: 'a.json' }).json).toBe('a.json');
    const day = {
      tradeDate: '2013-10-09',
      modelRun: 'R',
      equityChange: 1,
      buyAndHold: 1,
      trades: 1,
      proposals: 1,
      halt: null,
    };
    const figures = {
      days: [
        { ...day, inSample: true },
        { ...day, inSample: false },
      ],
      sharpe: { sharpe: null, days: 2 },
      endEquity: 1,
      startEquity: 1,
      trades: 2,
      costs: { fee: 0, spread: 0, slippage: 0, impact: 0 },
      maxDrawdown: 0,
      skippedVotes: [
        { model: 'sgd', why: 'its file is damaged', count: 1_363 },
        { model: '*', why: 'features without a value: rsi', count: 14 },
      ],
    };
    const [seen, unseen, ...rest] = summary({ figures, comparison: null } as unknown as Parameters<typeof summary>[0]);
    expect(seen).toContain('in sample: run R learned from this date');
    expect(unseen).not.toContain('in sample');
    expect(rest.slice(-2)).toEqual([
      'sgd did not vote on 1363 bars: its file is damaged',
      'nobody voted on 14 bars: features without a value: rsi',
    ]);
  });

  it('takes a cost for a wish for modelled fills, and the gateway’s otherwise', () => {
    expect(backtestRequest(DEFAULTS).fills).toEqual({ kind: 'gateway' });
    expect(backtestRequest({ ...DEFAULTS, slippageTicks: '2' }).fills).toEqual({
      kind: 'modelled',
      feePerContract: null,
      slippageTicks: 2,
      impact: 1,
    });
  });
});
