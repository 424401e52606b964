import { IBApi } from '@stoqey/ib';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { sendTogether, sendWithoutDelay } from '../../src/broker/socket-delay';

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
    const socket = spy.mock.contexts[0] as Socket;
    const gathered = jest.spyOn(socket as unknown as { _writev: () => void }, '_writev');
    sendTogether(api, () => ['a', 'b', 'c'].forEach((part) => socket.write(part)));
    expect(gathered).toHaveBeenCalledTimes(1);
    expect(socket.writableCorked).toBe(0);
    line.destroy();
  } finally {
    spy.mockRestore();
    api.disconnect();
    server.close();
  }
});
