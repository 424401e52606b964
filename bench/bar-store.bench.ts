/** `omega bench bar-store [--json [FILE]] [--symbols N] [--days N]`: minutes through the bar store, the features of them, and both back. */
import { runBarStoreBench, type BarStoreBench } from './bar-store';
import { printBench, readOptions } from './command';

const SYMBOLS = 46;
/** Sessions of three years. */
const DAYS = 756;

function textOf({
  machine,
  rows,
  seconds,
  cpuSeconds,
  steps,
  peakRssMb,
  targets,
  storedMb,
}: BarStoreBench): readonly string[] {
  return [
    `machine    ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, load ${machine.loadAverage}, Node ${machine.node}`,
    `minutes    ${rows.toLocaleString('en')} rows, ${storedMb.bars} MB of bars and ${storedMb.features} MB of features stored`,
    ...steps.map(({ name, seconds: took }) => `${name.padEnd(10)} ${took.toFixed(1)} s, over all symbols`),
    `whole      ${seconds.toFixed(1)} s (wanted ${targets.seconds} s), ${cpuSeconds.toFixed(1)} s of processor time`,
    `memory     ${peakRssMb} MB resident at most (wanted ${targets.rssMb} MB)`,
  ];
}

async function main(): Promise<void> {
  const { json, symbols, days } = readOptions('bar-store', { symbols: SYMBOLS, days: DAYS });
  printBench(json, await runBarStoreBench({ symbols, days }), textOf);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
