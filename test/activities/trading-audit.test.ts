/** The trader's entries in a real audit log: orders before they leave, halts once however often they are told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTradingAudit } from '../../src/activities/trading-audit';
import { entryRow } from '../../src/cli/audit-rows';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { refusal } from '../../src/domain/refusals';
import { openAuditLog } from '../../src/storage/audit-log';
import { readAuditDay } from '../../src/storage/audit-reader';
import { openStore } from '../../src/storage/open-store';
import type { HaltEvent } from '../../src/workflows/audit-sink';
import { intent, KEY } from '../domain/order-cases';

const OPEN = Date.UTC(2013, 9, 9, 14, 30);
const TRADE_DATE = '2013-10-09';
const HALT: HaltEvent = { event: '7-1', account: 'DEMO1000001', at: OPEN, type: 'halt', cause: 'news (by A. Trader)' };

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'omega-trading-audit-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** A trader process from its start to its end. */
async function runTrader(work: (audit: ReturnType<typeof createTradingAudit>) => Promise<void>) {
  const store = await openStore({ ...DEFAULT_CONFIG.storage, kind: 'folder', root: join(stateDir, 'store') });
  const log = await openAuditLog({
    stateDir,
    writer: 'trader-DEMO1000001',
    redact: (text) => text,
    report: () => undefined,
  });
  const kept = async (tradeDate: string) => (await readAuditDay(store, stateDir, tradeDate)).entries;
  await work(createTradingAudit({ audit: log, kept }));
  await log.seal(store);
  await log.close();
  return kept(TRADE_DATE);
}

test('a halt told again, at once or by the next process after a crash, is kept once; the next one is another', async () => {
  await runTrader(async (audit) => {
    await Promise.all([audit.halted(HALT), audit.halted(HALT)]);
  });
  const entries = await runTrader(async (audit) => {
    await audit.halted(HALT);
    await audit.halted({ ...HALT, event: '7-3' });
  });
  expect(entries).toEqual([
    { ...HALT, tradeDate: TRADE_DATE },
    { ...HALT, event: '7-3', tradeDate: TRADE_DATE },
  ]);
});

test('orders, refusals and liftings are shown as rows', async () => {
  const lifted: HaltEvent = { ...HALT, event: '7-2', type: 'halt-lifted', by: 'A. Trader', why: 'checked' };
  const entries = await runTrader(async (audit) => {
    await audit.orderSent(intent(), OPEN);
    await audit.refused(intent(), refusal('LATCHED', 'by A. Trader: news'), OPEN + 1);
    await audit.halted({ ...lifted, at: OPEN + 2 });
  });
  expect(entries.map(entryRow).map(({ type, about, what }) => [type, about, what])).toEqual([
    ['order-sent', KEY, 'buy 4 ESZ3 market'],
    ['refusal', KEY, 'LATCHED: by A. Trader: news'],
    ['halt-lifted', 'DEMO1000001', 'by A. Trader: checked'],
  ]);
});

test('an order that waits for its entry waits a few milliseconds at the most, half of them far less', async () => {
  const waits: number[] = [];
  await runTrader(async (audit) => {
    for (let order = 0; order < 100; order += 1) {
      const before = performance.now();
      await audit.orderSent(intent(), OPEN);
      waits.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  waits.sort((a, b) => a - b);
  expect(waits[50]).toBeLessThan(5);
});
