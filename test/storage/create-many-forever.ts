/** Child of the crash test: creates sixty keys at a time in two folders, each of one repeated byte, and reports what was acknowledged. */
import { openFolderStore } from '../../src/storage/folder-store';
import { createEach } from '../../src/storage/object-store';

const BYTES = 30_000;

async function main(): Promise<void> {
  const [root, round] = process.argv.slice(2);
  const store = await openFolderStore(root);
  for (let batch = 0; ; batch += 1) {
    const entries = Array.from({ length: 60 }, (_entry, i) => ({
      key: `models/round-${round}/${i % 2}/${batch}-${i}`,
      bytes: new Uint8Array(BYTES).fill(i),
    }));
    await createEach(store, entries);
    process.send?.(entries.map(({ key }) => key));
  }
}

void main();
