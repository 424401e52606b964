/** Keeps two gateways out of one state folder: a Unix socket of the folder's name that the system frees when its holder dies. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { StateError } from './journal';

/** Holds the folder (which exists) until the process ends. Only Linux has sockets without a file; elsewhere nothing is held. */
export async function lockStateFolder(folder: string): Promise<Server | null> {
  if (process.platform !== 'linux') return null;
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', () =>
      reject(
        new StateError('STATE_IN_USE', `The state folder ${folder} is in use by another gateway; stop that one first.`),
      ),
    );
    server.listen(`\0omega-paper-gateway-${name}`, () => {
      server.unref();
      resolve(server);
    });
  });
}
