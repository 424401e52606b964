/**
 * Child of the crash test: adds bars one at a time to the two days of a series, every n-th minute from its own first on, and reports what
 * was acknowledged. `append-forever FOLDER FIRST STEP`
 */
import { openBarStore } from '../../../src/market-data/bar-store/bar-store';
import { openFolderStore } from '../../../src/storage/folder-store';
import { bar, ES, FETCHED, MINUTE, time } from './store-rig';

async function main(): Promise<void> {
  const [folder, first, step] = process.argv.slice(2);
  const bars = await openBarStore(await openFolderStore(folder));
  for (let minute = Number(first); ; minute += Number(step)) {
    const start = time('2013-10-08T23:50:00Z') + minute * MINUTE;
    await bars.append(ES, [bar(start)], { provider: 'csv', fetchedAt: FETCHED });
    process.send?.(minute);
  }
}

void main();
