import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderStatesPage } from '../../src/domain/order-diagram';

const PAGE = join(__dirname, '../../docs/order-states.md');

test('docs/order-states.md is the table of orders.ts (UPDATE_DOCS=1 redraws it)', () => {
  if (process.env.UPDATE_DOCS !== undefined) writeFileSync(PAGE, orderStatesPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(orderStatesPage());
});
