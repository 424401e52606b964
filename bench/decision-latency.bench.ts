/** `omega bench decision-latency [--json [FILE]] [--orders N]` */
import { printBench, readOptions, runBench } from './command';
import { runDecisionLatencyBench, type DecisionLatencyResult } from './decision-latency';
import { latencyText } from './latencies';
import { machineLine } from './machine';

const DEFAULT_ORDERS = 1_000;

function textOf(result: DecisionLatencyResult): readonly string[] {
  const { machine, server, limits, bursts, all, budgetMs } = result;
  const rows = [
    ...bursts.map((burst) => ({ ...burst, name: `${burst.proposalsPerUpdate} in one update` })),
    { ...all, name: 'all' },
  ];
  return [
    `machine  ${machineLine(machine)}`,
    `server   Temporal ${server.version}, ${server.settings.join(' ')}`,
    `session  limits raised for the bench: ${limits.tradesPerDay} trades a day, ${limits.exposureContracts} contracts; limit orders with brackets, cancelled between rounds`,
    'decision to the order at the gateway, ms:',
    ...rows.map(({ name, ...latencies }) => `  ${name.padEnd(16)} ${latencyText(latencies)}`),
    `budget   p50 ${budgetMs.p50Ms}, p99 ${budgetMs.p99Ms}: ${result.withinBudget ? 'kept' : 'NOT KEPT'}`,
  ];
}

runBench(async () => {
  const { json, orders } = readOptions('decision-latency', { orders: DEFAULT_ORDERS });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  printBench(json, await runDecisionLatencyBench(orders, say), textOf);
});
