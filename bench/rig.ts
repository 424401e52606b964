/** The product's own processes for a bench, in a folder that is removed afterwards: gateway alone, or server, gateway and trader. */
import { Client, Connection } from '@temporalio/client';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/cli/child-command';
import { demoEnvironment } from '../src/cli/demo/demo-environment';
import { demoPaths, prepareState, type DemoPaths } from '../src/cli/demo/demo-folder';
import { gatewaySpec, workerSpec } from '../src/cli/demo/demo-processes';
import { GatewayControl } from '../src/cli/demo/gateway-control';
import { choosePorts, type DemoPorts } from '../src/cli/demo/ports';
import { SupervisedProcess, type ProcessSpec } from '../src/cli/demo/supervised-process';
import { temporalAddress, temporalSpec } from '../src/cli/demo/temporal-server';
import type { BrokerConfig, LimitsConfig } from '../src/config/config';
import { loadConfig } from '../src/config/load-config';
import { FUTURE_SYMBOLS } from '../src/domain/instruments';

const NAMESPACE = 'default';

export interface MarketPlace {
  readonly dataFolder: string;
  /** Where the clock stands at first, UTC ms. */
  readonly clock: number;
}

export interface GatewayRig {
  readonly paths: DemoPaths;
  readonly ports: DemoPorts;
  readonly control: GatewayControl;
  readonly broker: BrokerConfig;
  stop(): Promise<void>;
}

export interface TradingRig extends GatewayRig {
  readonly client: Client;
  /** The server's version, and the executable's arguments that settle its speed. */
  readonly server: { readonly version: string; readonly settings: readonly string[] };
}

/** The command line tool, found or fetched as for `npm start`. */
function temporalCli(): string {
  const env = { ...process.env };
  delete env.TEMPORAL_ADDRESS;
  const resolver = join(PACKAGE_ROOT, 'scripts', 'temporal-cli.mjs');
  return execFileSync(process.execPath, [resolver], { encoding: 'utf8', env }).trim();
}

class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'omega-bench-'));
  readonly paths = demoPaths(this.folder, 'bench');
  private readonly processes: SupervisedProcess[] = [];

  async launch(spec: ProcessSpec): Promise<void> {
    const process = new SupervisedProcess(spec, {});
    this.processes.unshift(process);
    await process.start();
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function startGateway(rig: Rig, market: MarketPlace): Promise<GatewayRig & { readonly env: NodeJS.ProcessEnv }> {
  prepareState(rig.paths);
  const ports = await choosePorts(rig.paths.portsFile);
  const place = { address: temporalAddress(ports), namespace: NAMESPACE };
  const env = demoEnvironment(process.env, rig.paths, ports, place, FUTURE_SYMBOLS);
  const control = new GatewayControl(ports.control);
  await rig.launch(gatewaySpec({ paths: rig.paths, ports, ...market }, env, control));
  const { config } = loadConfig({ env, folder: rig.paths.root });
  const stop = async (): Promise<void> => {
    control.close();
    await rig.stop();
  };
  return { paths: rig.paths, ports, control, broker: config.broker, env, stop };
}

/** The paper gateway alone, in lock-step. */
export async function openGateway(market: MarketPlace): Promise<GatewayRig> {
  const rig = new Rig();
  try {
    return await startGateway(rig, market);
  } catch (error) {
    await rig.stop();
    throw error;
  }
}

/** Server, gateway and trader, with a session that trades under `limits`. */
export async function openTrading(market: MarketPlace, limits: LimitsConfig): Promise<TradingRig> {
  const rig = new Rig();
  try {
    mkdirSync(rig.paths.root, { recursive: true });
    writeFileSync(join(rig.paths.root, 'omega.config.json'), JSON.stringify({ limits }));
    const { env, ...gateway } = await startGateway(rig, market);
    const server = temporalSpec(temporalCli(), rig.paths, gateway.ports);
    await rig.launch(server);
    await rig.launch(workerSpec('trader', rig.paths, env));
    const connection = await Connection.connect({ address: temporalAddress(gateway.ports) });
    const client = new Client({ connection, namespace: NAMESPACE });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    const settings = server.args.filter((argument) => /^--(sqlite-pragma|dynamic-config-value)=/.test(argument));
    const stop = async (): Promise<void> => {
      await connection.close();
      await gateway.stop();
    };
    return { ...gateway, client, server: { version: serverVersion ?? 'unknown', settings }, stop };
  } catch (error) {
    await rig.stop();
    throw error;
  }
}
