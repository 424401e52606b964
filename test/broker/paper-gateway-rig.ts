/** The paper gateway in this process, reached over TCP and its control port as any client reaches it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type RunningGateway } from '../../src/paper-gateway/gateway';
import { ACCOUNT } from './scripted-tws';

export interface PaperGateway {
  readonly port: number;
  /** GET of the control port. */
  get<T>(path: string): Promise<T>;
  fault(fault: string, fields?: object): Promise<void>;
  advanceTo(time: string): Promise<void>;
  close(): Promise<void>;
}

export async function startPaperGateway(clock: string, stocks = false): Promise<PaperGateway> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'omega-gateway-'));
  const gateway: RunningGateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    controlPort: 0,
    dataFolder: 'data',
    instruments: ['ES'],
    stocks,
    startClock: Date.parse(clock),
    mode: { kind: 'lockstep' },
    stateFolder,
    seed: 1,
    account: ACCOUNT,
    startCash: 100_000,
    clientPacing: false,
    log: () => undefined,
    onDiskFailure: (error) => {
      throw error;
    },
  });
  const url = (path: string): string => `http://127.0.0.1:${gateway.controlPort}${path}`;
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(url(path), { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  };
  return {
    port: gateway.port,
    get: async <T>(path: string) => (await (await fetch(url(path))).json()) as T,
    fault: (fault, fields = {}) => post('/faults', { fault, ...fields }),
    advanceTo: (time) => post('/clock', { advanceTo: Date.parse(time) }),
    close: async () => {
      await gateway.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
