/** Columns of the world outside from the store to a feed: provided ones stay, absent ones are said, a reading that fails leaves the last. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefreshedOutside } from '../../src/activities/market-feed/refreshed-outside';
import { openOutside, providedSchema } from '../../src/activities/open-outside';
import { configuredSchema } from '../../src/features/configured-schema';
import { namedOutside } from '../../src/features/outside/outside-values';
import { addRows } from '../../src/market-data/outside-library';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { SHIPPED_OUTSIDE } from './shipped-outside';

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-outside-'));
  store = await openFolderStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const outside = (name: string, series: string) => ({ kind: 'outside', name, series });
const schemaWith = (...columns: readonly { readonly kind: string; readonly name: string; readonly series: string }[]) =>
  configuredSchema({ indicators: [{ kind: 'return', period: 1 }, ...columns], modelColumns: null });

test('what nobody provides is left out and said; the calendar ships', async () => {
  const wanted = schemaWith(
    outside('to_fomc', 'calendar/FOMC/minutes_to'),
    outside('rate', 'macro/FEDFUNDS/level'),
    outside('mood', 'news/sentiment'),
  );
  const { schema, absent } = await providedSchema(wanted, ['ES', 'GC'], store, SHIPPED_OUTSIDE);
  expect(schema.modelColumns).toEqual(['return', 'to_fomc']);
  expect(absent).toEqual([
    expect.stringContaining('rate is left out: nobody provides macro/FEDFUNDS/level'),
    expect.stringContaining('mood is left out: nobody provides news/sentiment'),
  ]);
  await addRows(store, 'fred/FEDFUNDS', [{ series: 'FEDFUNDS', period: 0, knownFrom: 1, value: 0.09 }]);
  const later = await providedSchema(wanted, ['ES'], store, SHIPPED_OUTSIDE);
  expect(later.schema.modelColumns).toEqual(['return', 'to_fomc', 'rate']);
});

test('a schema without such columns asks nothing of the store', async () => {
  const silent = { list: () => Promise.reject(new Error('asked')) } as unknown as ObjectStore;
  const schema = schemaWith();
  expect(await providedSchema(schema, ['ES'], silent, SHIPPED_OUTSIDE)).toEqual({ schema, absent: [] });
});

test('a feed reads the newest reading; one that fails is told once and leaves the last', async () => {
  const told: string[] = [];
  let value: number | null = 1;
  const world = await RefreshedOutside.open({
    read: () =>
      value === null
        ? Promise.reject(new Error('the store is away'))
        : Promise.resolve(() => namedOutside(new Map([['macro/X/level', () => value ?? NaN]]))),
    tell: (why) => told.push(why),
  });
  const read = world.of('ES').reader('macro/X/level');
  const unknown = world.of('ES').reader('macro/Y/level');
  expect([read?.(0), unknown?.(0)]).toEqual([1, NaN]);
  value = 2;
  await world.refresh();
  expect(read?.(0)).toBe(2);
  value = null;
  await world.refresh();
  await world.refresh();
  expect(told).toEqual([expect.stringContaining('the store is away')]);
});

test('an instrument reads stored series and calendar alike', async () => {
  const of = await openOutside(store, SHIPPED_OUTSIDE);
  const at = Date.parse('2013-10-09T17:59:00Z');
  expect(of('ES').reader('calendar/FOMC_MINUTES/minutes_to')?.(at)).toBe(1);
  expect(of('ES').reader('news/sentiment')).toBeNull();
});
