import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { differencesOf, joinStatements } from '../../../src/cli/demo/broker-statement';
import { FeedLink } from '../../../src/cli/demo/feed-link';
import { GatewayControl } from '../../../src/cli/demo/gateway-control';
import type { SupervisedProcess } from '../../../src/cli/demo/supervised-process';
import { waitFor, within } from '../../../src/cli/demo/wait-for';
import type { ProcessReport } from '../../../src/domain/process-messages';
import { NINE_THIRTY } from './samples';

describe('the line to the market process', () => {
  /** Records what is sent; `deaf` loses it, as a dying process does. */
  function link(): { readonly feed: FeedLink; readonly sent: unknown[]; deaf: boolean } {
    const state = { sent: [] as unknown[], deaf: false };
    const market = {
      send: (message: object) => {
        if (state.deaf) return false;
        state.sent.push(message);
        return true;
      },
    };
    return Object.assign(state, { feed: new FeedLink(() => market as unknown as SupervisedProcess) });
  }
  const settled = (marketTime: number): ProcessReport => ({
    type: 'bar-settled',
    marketTime,
    bars: [],
    decisions: [],
    answers: [],
    sessionTouched: false,
  });
  const ready = (tradeDate: string): ProcessReport => ({ type: 'feed-ready', tradeDate, marketTime: 0, warmBars: 1 });

  it('resolves with the answer for that minute and no other', async () => {
    const { feed } = link();
    const answer = feed.settle(NINE_THIRTY);
    feed.hear(settled(NINE_THIRTY - 60_000));
    feed.hear(settled(NINE_THIRTY));
    expect((await answer).marketTime).toBe(NINE_THIRTY);
  });

  it('repeats a release to the feed that comes back', async () => {
    const state = link();
    state.deaf = true;
    const answer = state.feed.settle(NINE_THIRTY);
    state.deaf = false;
    state.feed.hear(ready('2013-10-09'));
    expect(state.sent).toEqual([{ type: 'clock-released', marketTime: NINE_THIRTY }]);
    state.feed.hear(settled(NINE_THIRTY));
    await answer;
    state.feed.hear(ready('2013-10-09'));
    expect(state.sent).toHaveLength(1);
  });

  it('knows that a restarted process has not warmed up yet', async () => {
    const { feed } = link();
    feed.hear(ready('2013-10-09'));
    await feed.ready('2013-10-09');
    feed.hear({ type: 'ready', role: 'market', pid: 1 });
    const again = jest.fn();
    const waiting = feed.ready('2013-10-09').then(again);
    await Promise.resolve();
    expect(again).not.toHaveBeenCalled();
    feed.hear(ready('2013-10-09'));
    await waiting;
  });
});

describe('the control port of the gateway', () => {
  let server: Server;
  let control: GatewayControl;
  let answers: { readonly status: number; readonly body: unknown }[];
  let asked: string[];

  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${body}`);
        const answer = answers.shift() ?? { status: 500, body: { error: 'nothing to say' } };
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    control = new GatewayControl(typeof address === 'object' && address !== null ? address.port : 0);
  });
  afterEach(async () => {
    control.close();
    await new Promise((done) => server.close(done));
  });
  const clock = {
    time: NINE_THIRTY,
    tradeDate: '2013-10-09',
    executions: { total: 5, tradeDate: 2 },
    mode: 'lockstep',
  };

  it('releases the clock by absolute time, again when the gateway was not there', async () => {
    answers.push({ status: 503, body: {} }, { status: 200, body: clock });
    expect(await control.release(NINE_THIRTY)).toEqual({ time: NINE_THIRTY, tradeDate: '2013-10-09', executions: 2 });
    const release = `POST /clock {"advanceTo":${NINE_THIRTY}}`;
    expect(asked).toEqual([release, release]);
  });

  it('tells when orders arrived first', async () => {
    const body = [
      { orderRef: 'a', receivedMonotonicMs: 12 },
      { orderRef: 'a', receivedMonotonicMs: 10 },
      { orderRef: 'b', receivedMonotonicMs: null },
    ];
    answers.push({ status: 200, body });
    expect([...(await control.receivedMonotonicMs())]).toEqual([['a', 10]]);
  });
});

describe('reconciliation with the broker’s messages', () => {
  const execution = (execId: string, more: object = {}) => ({
    execId,
    orderRef: 'k-1-1',
    orderId: 1,
    permId: 1,
    clientId: 101,
    conId: 7,
    symbol: 'ES',
    side: 'buy' as const,
    shares: 1,
    price: 1650,
    time: NINE_THIRTY,
    ...more,
  });
  const paid = (execId: string, realizedPnl: number | null) => ({ execId, commission: 2.25, realizedPnl });
  const statement = {
    executions: [execution('a.01'), execution('b.01', { side: 'sell', price: 1651 })],
    commissions: [paid('a.01', null), paid('b.01', 50)],
    positions: [],
  };
  const claims = { day: { executions: 2, contractsTraded: 2, fees: 4.5, realizedPnl: 50 }, positions: [] };
  const day = { start: NINE_THIRTY - 1, end: NINE_THIRTY + 1 };

  it('finds nothing when counters and positions agree', () => {
    expect(differencesOf(claims, statement, day)).toEqual([]);
  });

  it('names what the session missed', () => {
    const behind = { day: { ...claims.day, executions: 1, fees: 2.25 }, positions: [] };
    const held = { ...statement, positions: [{ conId: 7, symbol: 'ES', quantity: 1, averageCost: 82_500 }] };
    expect(differencesOf(behind, held, day)).toEqual([
      'executions: session 1, broker 2',
      'fees: session 2.25, broker 4.5',
      'position in ES: session 0, broker 1',
    ]);
  });

  it('leaves other trade dates out and counts a correction once', () => {
    const more = {
      ...statement,
      executions: [
        ...statement.executions,
        execution('b.02', { side: 'sell', price: 1651 }),
        execution('c.01', { time: 0 }),
      ],
      commissions: [paid('a.01', null), paid('b.02', 50)],
    };
    expect(differencesOf(claims, more, day)).toEqual([]);
  });

  it('misses a commission that never came', () => {
    const lacking = { ...statement, commissions: [paid('b.01', 50)] };
    expect(differencesOf(claims, lacking, day)).toContain('1 executions without a commission report');
  });

  it('joins the readings before and after the broker’s midnight', () => {
    const early = { ...statement, executions: [statement.executions[0]], commissions: [statement.commissions[0]] };
    const late = { ...statement, executions: [statement.executions[1]], commissions: [statement.commissions[1]] };
    expect(differencesOf(claims, joinStatements(early, late), day)).toEqual([]);
    expect(joinStatements(statement, statement).executions).toHaveLength(2);
  });
});

describe('a wait', () => {
  it('gives up and says what for, and why it last failed', async () => {
    const never = waitFor('the tide', async () => null, { timeoutMs: 30, pollMs: 5 });
    await expect(never).rejects.toThrow('Waited 0 s for the tide.');
    const failing = waitFor('the tide', async () => Promise.reject(new Error('no moon')), { timeoutMs: 10, pollMs: 5 });
    await expect(failing).rejects.toThrow('for the tide (no moon)');
    await expect(within('the tide', 10, new Promise(() => undefined))).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  it('ends when it is interrupted', async () => {
    const stop = new AbortController();
    const waiting = waitFor('ever', async () => null, { timeoutMs: 60_000, signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
