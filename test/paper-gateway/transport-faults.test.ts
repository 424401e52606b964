/** Faults of the line, as a client feels them and as the exchange sees them. */
import { BareClient, pause, startScriptedGateway, until, type ScriptedGateway } from './scripted-gateway';

let gateway: ScriptedGateway;
const opened: BareClient[] = [];
const bare = async (clientId: number): Promise<BareClient> => {
  const client = await BareClient.open(gateway.port, clientId);
  opened.push(client);
  await until(() => client.heardId(9));
  return client;
};
beforeEach(async () => {
  gateway = await startScriptedGateway();
});
afterEach(async () => {
  opened.splice(0).forEach((client) => client.socket.destroy());
  await gateway.transport.close();
});
const cancelOrder = (client: BareClient, id: number): void => client.send(4, id, '', '', 2_147_483_647);

describe('faults of the line', () => {
  it('drop ends with FIN, reset with RST, of one client or of all', async () => {
    const [dropped, reset, other] = [await bare(1), await bare(2), await bare(3)];
    expect(await gateway.transport.applyFault({ type: 'drop', clientId: 1 })).toBe(1);
    expect(await gateway.transport.applyFault({ type: 'reset', clientId: 2 })).toBe(1);
    await until(() => dropped.ended !== null && reset.ended !== null);
    expect([dropped.ended, reset.ended, other.ended]).toEqual(['fin', 'rst', null]);
    await gateway.transport.applyFault({ type: 'reset', clientId: null });
    await until(() => other.ended === 'rst');
    expect(gateway.transport.sessions()).toEqual([]);
    await bare(1);
  });

  it('frozen: nothing is read; thawed: what a vanished client had sent is processed, and only then its id is free', async () => {
    const client = await bare(101);
    await gateway.transport.applyFault({ type: 'freeze', clientId: 101 });
    cancelOrder(client, 5);
    cancelOrder(client, 6);
    client.send(49, 1);
    client.socket.end();
    await pause(60);
    expect(gateway.heard).toEqual(['101 opened']);
    const refused = await BareClient.open(gateway.port, 101);
    opened.push(refused);
    await until(() => refused.ended !== null);
    expect(refused.messages.at(-1)?.[3]).toBe('326');

    await gateway.transport.applyFault({ type: 'thaw', clientId: 101 });
    await bare(101);
    const requests = ['101 cancelOrder 5', '101 cancelOrder 6', '101 reqCurrentTime'];
    expect(gateway.heard).toEqual(['101 opened', ...requests, '101 closed', '101 opened']);
  });

  it('frozen: a client that reset its connection has still sent what it had sent', async () => {
    const client = await bare(101);
    await gateway.transport.applyFault({ type: 'freeze', clientId: null });
    cancelOrder(client, 5);
    await pause(20);
    client.socket.resetAndDestroy();
    await pause(40);
    expect(gateway.heard).toEqual(['101 opened']);
    await gateway.transport.applyFault({ type: 'thaw', clientId: null });
    await until(() => gateway.heard.includes('101 closed'));
    expect(gateway.heard).toEqual(['101 opened', '101 cancelOrder 5', '101 closed']);
  });

  it('frozen as a whole: a new connection gets no answer until the thaw', async () => {
    await gateway.transport.applyFault({ type: 'freeze', clientId: null });
    const opening = BareClient.open(gateway.port, 4);
    await pause(50);
    expect(gateway.heard).toEqual([]);
    await gateway.transport.applyFault({ type: 'thaw', clientId: null });
    opened.push(await opening);
    await until(() => gateway.heard.includes('4 opened'));
  });

  it('muted: requests take effect, nothing comes back until unmuted, and nothing is lost', async () => {
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'mute', clientId: 1 });
    const before = client.messages.length;
    client.send(49, 1);
    await until(() => gateway.heard.includes('1 reqCurrentTime'));
    await pause(30);
    expect(client.messages).toHaveLength(before);
    await gateway.transport.applyFault({ type: 'unmute', clientId: 1 });
    await until(() => client.heardId(49));
  });

  it('muted: a client that gives up frees its id', async () => {
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'mute', clientId: 1 });
    client.send(49, 1);
    client.socket.end();
    await until(() => gateway.heard.includes('1 closed'));
    await bare(1);
  });

  it('delayed: both directions wait and keep their order, also when the delay ends', async () => {
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'delay', clientId: 1, inboundMs: 80, outboundMs: 0 });
    cancelOrder(client, 1);
    await pause(20);
    await gateway.transport.applyFault({ type: 'delay', clientId: 1, inboundMs: 0, outboundMs: 0 });
    cancelOrder(client, 2);
    await until(() => gateway.heard.includes('1 cancelOrder 2'));
    expect(gateway.heard).toEqual(['1 opened', '1 cancelOrder 1', '1 cancelOrder 2']);

    await gateway.transport.applyFault({ type: 'delay', clientId: 1, inboundMs: 0, outboundMs: 80 });
    const start = performance.now();
    client.send(49, 1);
    await until(() => client.heardId(49));
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  it('split: frames arrive in crumbs and are whole all the same', async () => {
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'split', clientId: 1, bytes: 3 });
    client.pieces.length = 0;
    client.send(49, 1);
    client.send(49, 1);
    await until(() => client.messages.filter((fields) => fields[0] === '49').length === 2);
    expect(client.pieces.length).toBeGreaterThan(4);
    expect(client.messages.at(-1)).toEqual(['49', '1', '1381329000']);
  });

  it.each([
    ['before', ['1 opened', '1 cancelOrder 1', '1 closed']],
    ['after', ['1 opened', '1 cancelOrder 1', '1 cancelOrder 2', '1 closed']],
  ] as const)('cut %s the second cancel: its effect and everything behind it', async (when, expected) => {
    gateway.answer = (session) => session.send({ type: 'openOrderEnd' });
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'cut', clientId: 1, request: 'cancelOrder', when, skip: 1 });
    client.socket.cork();
    for (const id of [1, 2, 3]) cancelOrder(client, id);
    client.socket.uncork();
    await until(() => client.ended === 'rst');
    await until(() => gateway.heard.includes('1 closed'));
    expect(gateway.heard).toEqual(expected);
    // It strikes once.
    const next = await bare(1);
    cancelOrder(next, 4);
    cancelOrder(next, 5);
    await until(() => gateway.heard.at(-1) === '1 cancelOrder 5');
  });

  it('refuses connections while sessions live, and accepts again on the same port', async () => {
    const client = await bare(1);
    await gateway.transport.applyFault({ type: 'refuse-connections', refuse: true });
    await expect(BareClient.connect(gateway.port)).rejects.toThrow('ECONNREFUSED');
    client.send(49, 1);
    await until(() => client.heardId(49));
    await gateway.transport.clearFaults();
    await bare(2);
  });

  it('what is sent to a client that never reads ends that client, not the gateway', async () => {
    const client = await bare(1);
    client.socket.pause();
    const message = { type: 'error', id: 1, code: 1, message: 'x'.repeat(1 << 20) } as const;
    gateway.answer = (session) => {
      for (let sent = 0; sent < 100; sent += 1) session.send(message);
    };
    client.send(49, 1);
    await until(() => gateway.heard.includes('1 closed'));
    expect(gateway.log.join()).toContain('does not read');
  });
});
