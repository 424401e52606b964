/** Ports of the demonstration: free ones, chosen once and kept, so that addresses stay the same over restarts. */
import { createServer } from 'node:net';
import { readJson, writeWhole } from './demo-folder';

export interface DemoPorts {
  readonly temporal: number;
  readonly ui: number;
  readonly gateway: number;
  readonly control: number;
}

const NAMES = ['temporal', 'ui', 'gateway', 'control'] as const;
const HOST = '127.0.0.1';

/** Listens on `port` (0: any) for an instant; the port, or null when it is taken. */
function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, HOST, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}

/** The remembered ports; any that somebody else has taken meanwhile is replaced. */
export async function choosePorts(file: string): Promise<DemoPorts> {
  const known = (readJson(file) ?? {}) as Partial<Record<keyof DemoPorts, number>>;
  const chosen: Partial<Record<keyof DemoPorts, number>> = {};
  for (const name of NAMES) {
    const kept = known[name] === undefined ? null : await probe(known[name]);
    const port = kept ?? (await probe(0));
    if (port === null) throw new Error(`no free port on ${HOST}`);
    chosen[name] = port;
  }
  const ports = chosen as DemoPorts;
  if (new Set(Object.values(ports)).size < NAMES.length) return choosePorts(file);
  writeWhole(file, JSON.stringify(ports));
  return ports;
}
