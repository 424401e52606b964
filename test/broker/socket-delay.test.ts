import { IBApi } from '@stoqey/ib';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { sendWithoutDelay } from '../../src/broker/socket-delay';

test("the library's socket is found and sends at once; without one it is said", async () => {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = new IBApi({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, clientId: 7 });
  const spy = jest.spyOn(Socket.prototype, 'setNoDelay');
  try {
    expect(sendWithoutDelay(api)).toBe(false);
    api.connect();
    const line = await accepted;
    spy.mockClear();
    expect(sendWithoutDelay(api)).toBe(true);
    expect(spy).toHaveBeenCalledWith(true);
    line.destroy();
  } finally {
    spy.mockRestore();
    api.disconnect();
    server.close();
  }
});
