/** `omega bench gateway [--json [FILE]] [--orders N]` */
import { printBench, readOptions, runBench } from './command';
import { runGatewayBench, type GatewayBenchResult } from './gateway';
import { latencyText } from './latencies';
import { machineLine } from './machine';

const DEFAULT_ORDERS = 500;

const textOf = ({ machine, tradeDate, replays, place, cancel }: GatewayBenchResult): readonly string[] => [
  `machine  ${machineLine(machine)}`,
  ...replays.map(
    ({ clients, minutes, minutesPerSecond, told }) =>
      `replay   ${tradeDate}, ${minutes} minutes to ${clients} ${clients === 1 ? 'client' : 'clients'}: ${minutesPerSecond} minutes a second (${told} bars and quotes read)`,
  ),
  `place    ms to the first status: ${latencyText(place)}`,
  `cancel   ms to Cancelled: ${latencyText(cancel)}`,
];

runBench(async () => {
  const { json, orders } = readOptions('gateway', { orders: DEFAULT_ORDERS });
  printBench(json, await runGatewayBench(orders, (line) => void process.stderr.write(`${line}\n`)), textOf);
});
