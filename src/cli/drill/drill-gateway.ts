/** The paper gateway of a drill: its clock stands where it is set, so that two runs see the same market. */
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../child-command';
import { gatewaySpec } from '../demo/demo-processes';
import { GatewayControl } from '../demo/gateway-control';
import type { ProcessSpec } from '../demo/supervised-process';
import type { WorkPlace } from './drilled-work';

/** `clock` in UTC ms; `options` are further ones of its command line. */
export function paperGateway(
  { paths, ports }: WorkPlace,
  env: NodeJS.ProcessEnv,
  clock: number,
  options: readonly string[] = [],
): ProcessSpec {
  const dataFolder = join(PACKAGE_ROOT, 'data');
  const spec = gatewaySpec({ paths, ports, dataFolder, clock }, env, new GatewayControl(ports.control));
  return { ...spec, args: [...spec.args, ...options] };
}
