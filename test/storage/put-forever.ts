/** Child of the crash test: rewrites one key for ever, each version one repeated byte, and reports what was acknowledged. */
import { openFolderStore } from '../../src/storage/folder-store';

async function main(): Promise<void> {
  const store = await openFolderStore(process.argv[2]);
  const size = Number(process.argv[3]);
  for (let version = 1; ; version += 1) {
    await store.put('models/rewritten', new Uint8Array(size).fill(version % 256));
    process.send?.(version);
  }
}

void main();
