/** Child of the crash test: goes on with the journal minute by minute and reports each one acknowledged. */
import { openMarketJournal } from '../../src/storage/market-journal';

async function main(): Promise<void> {
  const [stateDir, account, from] = process.argv.slice(2);
  const journal = openMarketJournal(stateDir, account, () => undefined);
  for (let minute = 0; minute < 1_000; minute += 1) {
    const start = Number(from) + minute * 60_000;
    const bar = { start, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    await journal.append('ES', { bar, quote: null }, start + 60_000);
    process.send?.(minute);
  }
}

void main();
