/** Child of the crash test: appends entries and seals now and then, for ever, and reports what was acknowledged. */
import { openAuditLog } from '../../src/storage/audit-log';
import { openFolderStore } from '../../src/storage/folder-store';

async function main(): Promise<void> {
  const [stateDir, storeFolder, tradeDate, first] = process.argv.slice(2);
  const store = await openFolderStore(storeFolder);
  const log = await openAuditLog({ stateDir, writer: 'market', redact: (text) => text, report: () => undefined });
  void log.seal(store);
  for (let at = Number(first); ; at += 1) {
    await log.append([{ type: 'halt', event: '1-1', tradeDate, at, account: 'DEMO1000001', cause: 'x' }]);
    process.send?.(at);
    if (at % 7 === 0) void log.seal(store);
  }
}

void main();
