/** The port as clients meet it: handshake, client ids, draining, bytes that are no messages. */
import { IBApi, EventName } from '@stoqey/ib';
import { encodeFrame } from '../../src/paper-gateway/framing';
import { plainOrderState, type ClientRequest } from '../../src/paper-gateway/messages';
import { ES } from './client-encoder';
import { SAMPLE_MESSAGES } from './sample-messages';
import { ACCOUNT, ES_CONTRACT, MARKET_TIME } from './sample-parts';
import { BareClient, handshake, pause, startScriptedGateway, until, type ScriptedGateway } from './scripted-gateway';

let gateway: ScriptedGateway;
const opened: (() => void)[] = [];
const start = async (highestVersion?: number): Promise<void> => {
  gateway = await startScriptedGateway(highestVersion);
};
const bare = async (clientId: number, offer?: string): Promise<BareClient> => {
  const client = await BareClient.open(gateway.port, clientId, offer);
  opened.push(() => client.socket.destroy());
  return client;
};
afterEach(async () => {
  opened.splice(0).forEach((close) => close());
  await gateway.transport.close();
});

describe('the client library', () => {
  const library = (clientId: number): IBApi => {
    const api = new IBApi({ host: '127.0.0.1', port: gateway.port, clientId });
    opened.push(() => api.disconnect());
    return api;
  };
  const heard = <T extends readonly unknown[]>(api: IBApi, event: EventName): Promise<T> =>
    new Promise((resolve) => api.once(event, ((...args: unknown[]) => resolve(args as unknown as T)) as never));

  it.each([100, 157, 176, 178, 187, 193])('connects and asks the time at version %i', async (version) => {
    await start(version);
    const api = library(101);
    const greeted = Promise.all([
      heard(api, EventName.server),
      heard(api, EventName.managedAccounts),
      heard(api, EventName.nextValidId),
      heard(api, EventName.info),
    ]);
    api.connect();
    const [server, accounts, nextId, notice] = await greeted;
    expect(server).toEqual([version, '20131009 09:30:00 US/Central']);
    expect(accounts).toEqual([ACCOUNT]);
    expect(nextId).toEqual([1_000_000]);
    expect(notice[1]).toBe(2104);
    const time = heard(api, EventName.currentTime);
    api.reqCurrentTime();
    expect(await time).toEqual([MARKET_TIME / 1000]);
  });

  it.each([157, 178, 193])('places an order and hears its life at version %i', async (version) => {
    await start(version);
    gateway.answer = (session, request: ClientRequest) => {
      if (request.type !== 'placeOrder') return;
      const { orderId, order } = request;
      const state = plainOrderState('Filled');
      const { clientId } = session;
      session.send({ type: 'openOrder', orderId, clientId, permId: 9, contract: ES_CONTRACT, order, state });
      session.send({ ...SAMPLE_MESSAGES.orderStatus, orderId });
      session.send({ ...SAMPLE_MESSAGES.execDetails, orderId });
      session.send(SAMPLE_MESSAGES.commissionReport);
    };
    const api = library(101);
    const errors: unknown[] = [];
    api.on(EventName.error, (error) => errors.push(error.message));
    const ready = heard(api, EventName.nextValidId);
    api.connect();
    await ready;
    const life = Promise.all([
      heard(api, EventName.openOrder),
      heard(api, EventName.orderStatus),
      heard(api, EventName.execDetails),
      heard(api, EventName.commissionReport),
    ]);
    const order = { action: 'BUY', orderType: 'LMT', totalQuantity: 2, lmtPrice: 1650, orderRef: 'k-1' } as never;
    api.placeOrder(1_000_000, ES, order);
    const [openOrder, status] = await life;
    expect(openOrder[0]).toBe(1_000_000);
    expect(openOrder[2]).toMatchObject({ action: 'BUY', lmtPrice: 1650, orderRef: 'k-1', clientId: 101, permId: 9 });
    expect(status.slice(0, 4)).toEqual([1_000_000, 'Submitted', 1, 2]);
    expect(errors).toEqual([]);
  });

  it('hears 326 on a second connection of the same id, and the first one lives', async () => {
    await start();
    const first = library(7);
    const ready = heard(first, EventName.nextValidId);
    first.connect();
    await ready;
    const second = library(7);
    const refusal = heard(second, EventName.info);
    const closed = heard(second, EventName.disconnected);
    second.connect();
    expect((await refusal)[1]).toBe(326);
    await closed;
    const time = heard(first, EventName.currentTime);
    first.reqCurrentTime();
    await time;
    expect(gateway.heard).toEqual(['7 opened', '7 reqCurrentTime']);
  });
});

describe('client ids', () => {
  it('are free as soon as the old socket was read to its end, and not before', async () => {
    await start();
    for (let round = 0; round < 20; round += 1) {
      const old = await bare(101);
      await until(() => old.heardId(9));
      const next = await BareClient.shakeHands(gateway.port);
      for (let id = 1; id <= 50; id += 1) old.send(4, 1000 * round + id, '', '', 2_147_483_647);
      // The new socket may be read before the old one's last bytes and end.
      next.send(71, 2, 101, '');
      old.socket.end();
      await until(() => next.heardId(9));
      next.socket.resetAndDestroy();
      await until(() => gateway.transport.sessions().length === 0);
    }
    const perRound = ['101 opened', ...Array.from({ length: 50 }, () => '101 cancelOrder'), '101 closed'];
    const round = [...perRound, '101 opened', '101 closed'];
    expect(gateway.heard.map((line) => line.replace(/ \d+$/, ''))).toEqual(
      Array.from({ length: 20 }, () => round).flat(),
    );
  });

  it('what a client sent before it reset its connection is processed, then its id is free', async () => {
    await start();
    const client = await bare(101);
    await until(() => client.heardId(9));
    for (const id of [1, 2, 3]) client.send(4, id, '', '', 2_147_483_647);
    client.socket.resetAndDestroy();
    await until(() => gateway.heard.includes('101 closed'));
    const cancels = ['101 cancelOrder 1', '101 cancelOrder 2', '101 cancelOrder 3'];
    expect(gateway.heard).toEqual(['101 opened', ...cancels, '101 closed']);
    const next = await bare(101);
    await until(() => next.heardId(9));
  });

  it('one of two that ask at once gets it', async () => {
    await start();
    const clients = await Promise.all([bare(3), bare(3), bare(3)]);
    await until(() => clients.filter((client) => client.ended === 'fin').length === 2);
    expect(clients.filter((client) => client.heardId(9))).toHaveLength(1);
    const refusals = clients.flatMap((client) => client.messages.filter((fields) => fields[3] === '326'));
    expect(refusals).toHaveLength(2);
  });

  it('different ids live side by side', async () => {
    await start();
    const clients = await Promise.all([0, 1, 99, 101].map((id) => bare(id)));
    await until(() => clients.every((client) => client.heardId(9)));
    expect(
      gateway.transport
        .sessions()
        .map((session) => session.clientId)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 99, 101]);
  });
});

describe('bytes that are no messages', () => {
  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['an old client', handshake('v20..66')],
    ['a newer client', handshake('v201..300')],
    ['no offer', handshake('hello')],
    ['a length of 4 GB', Buffer.concat([Buffer.from('API\0'), Buffer.from([255, 255, 255, 255, 1, 2, 3])])],
  ])('%s: the socket is closed with a line in the log', async (_name, bytes) => {
    await start();
    const client = await BareClient.connect(gateway.port);
    opened.push(() => client.socket.destroy());
    client.socket.write(bytes);
    await until(() => client.ended !== null);
    expect(gateway.log.join()).toMatch(/closing/);
    expect(gateway.heard).toEqual([]);
    const next = await bare(1);
    await until(() => next.heardId(9));
  });

  it('a half frame at the end of a socket is forgotten', async () => {
    await start();
    const client = await bare(5);
    await until(() => client.heardId(9));
    client.socket.write(Buffer.from([0, 0, 0, 10, 52, 57]));
    client.socket.end();
    await until(() => gateway.heard.includes('5 closed'));
    expect(gateway.heard).toEqual(['5 opened', '5 closed']);
  });

  it('a request that cannot be read costs an answer with its id, not the session', async () => {
    await start();
    const client = await bare(5);
    client.send(93, 'x');
    client.send(22, 77, 'STK');
    client.send(3, 12);
    client.send(71, 2, 5, '');
    client.send(49, 1);
    await until(() => client.heardId(49));
    const errors = client.messages.filter((fields) => fields[0] === '4' && fields[3] !== '2104');
    expect(errors.map((fields) => [fields[2], fields[3]])).toEqual([
      ['-1', '320'],
      ['77', '321'],
      ['12', '320'],
      ['-1', '321'],
    ]);
  });

  it('an oversized frame in a session is answered, then the socket ends', async () => {
    await start();
    const client = await bare(5);
    client.send(49, 1);
    client.socket.write(Buffer.from([64, 0, 0, 0]));
    await until(() => client.ended === 'fin');
    expect(client.heardId(49)).toBe(true);
    expect(client.messages.at(-1)?.slice(2, 4)).toEqual(['-1', '320']);
    await until(() => gateway.heard.at(-1) === '5 closed');
  });

  it('a request before startApi is refused', async () => {
    await start();
    const client = await BareClient.connect(gateway.port);
    opened.push(() => client.socket.destroy());
    client.socket.write(handshake('v100..193'));
    client.send(49, 1);
    await until(() => client.ended !== null);
    expect(client.messages.at(-1)?.[3]).toBe('321');
  });

  it('a failing exchange costs the request, not the session', async () => {
    await start();
    gateway.answer = (_session, request) => {
      if (request.type === 'cancelOrder') throw new Error('broken ledger');
    };
    const client = await bare(5);
    client.send(4, 33, '', '', 2_147_483_647);
    client.send(49, 1);
    await until(() => client.heardId(49));
    expect(client.messages.some((fields) => fields[2] === '33' && fields[3] === '320')).toBe(true);
    expect(gateway.log.join()).toContain('broken ledger');
  });

  it('handshake, startApi and requests in one write, or byte by byte', async () => {
    await start();
    const all = Buffer.concat([handshake('v100..193'), encodeFrame([71, 2, 8, '']), encodeFrame([49, 1])]);
    const atOnce = await BareClient.connect(gateway.port);
    opened.push(() => atOnce.socket.destroy());
    atOnce.socket.write(all);
    await until(() => atOnce.heardId(49));
    atOnce.socket.destroy();
    const slow = await BareClient.connect(gateway.port);
    opened.push(() => slow.socket.destroy());
    for (const byte of all) {
      slow.socket.write(Buffer.from([byte]));
      await pause(0);
    }
    await until(() => slow.heardId(49));
  });
});
