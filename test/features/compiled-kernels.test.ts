/** The committed kernels are those of the committed sources; a memory each, and no end to how many. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTRUMENTS } from '../../src/domain/instruments';
import compiled from '../../src/features/kernels/compiled.json';
import { computeFeatures, createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import { syntheticBars } from './synthetic-bars';

const SOURCES = join(__dirname, '../../assembly/features');
const { GC } = INSTRUMENTS;

it('were compiled from the sources as they are: else run node scripts/build-kernels.mjs', () => {
  const hash = createHash('sha256');
  for (const file of readdirSync(SOURCES).sort()) hash.update(`${file}\n`).update(readFileSync(join(SOURCES, file)));
  expect(compiled.sourceHash).toBe(hash.digest('hex'));
});

it('keep streams apart, thousands of them', () => {
  const rows = syntheticBars(GC, { bars: 40, seed: 1 });
  const expected = createFeatureStream(DEFAULT_SCHEMA, GC);
  rows.forEach((row) => expected.push(row));
  const survivors = Array.from({ length: 100 }, () => createFeatureStream(DEFAULT_SCHEMA, GC));
  for (const row of rows) for (const stream of survivors) stream.push(row);
  for (let i = 0; i < 3000; i += 1) createFeatureStream(DEFAULT_SCHEMA, GC).push(rows[0]);
  expect(new Set(survivors.map((stream) => stream.hash()))).toEqual(new Set([expected.hash()]));
});

it('have room for long windows: batch and stream give the same bits', () => {
  const schema = defineSchema([
    { kind: 'sma', name: 'sma', period: 700 },
    { kind: 'stochastic', name: 'stoch', period: 1000, slowK: 5, slowD: 4 },
    { kind: 'open-close-correlation', name: 'corr', period: 300 },
    { kind: 'bollinger', name: 'bb', period: 513, deviations: 1.5 },
    { kind: 'return', name: 'ret', period: 600 },
  ]);
  const rows = syntheticBars(GC, { bars: 2200, seed: 4, holes: 0 });
  const batch = computeFeatures(rows, schema, GC);
  const stream = createFeatureStream(schema, GC);
  const streamed = rows.map((row) => {
    stream.push(row);
    return Buffer.from(stream.row()!.buffer);
  });
  expect(Buffer.concat(streamed).equals(Buffer.from(batch.values.buffer))).toBe(true);
  expect(batch.values.slice(1900 * schema.columns.length, 1901 * schema.columns.length).some(Number.isNaN)).toBe(false);
});
