/** The embedder against sentence-transformers: fixture/make_fixture.py wrote the model (random weights) and the answers. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSentenceEmbedder, type SentenceEmbedder } from '../../../src/news/embeddings/sentence-embedder';
import { openTextTokens } from '../../../src/news/embeddings/text-tokens';

const FIXTURE = join(__dirname, 'fixture');
const json = (name: string): object => JSON.parse(readFileSync(join(FIXTURE, name), 'utf8')) as object;

interface Golden {
  readonly cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly vector: readonly number[];
  }[];
}

const { cases } = json('golden.json') as Golden;
const texts = cases.map(({ text }) => text);
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('text tokens', () => {
  test("are the reference tokenizer's, truncation included", async () => {
    const tokens = await openTextTokens(json('tokenizer.json'), json('tokenizer_config.json'), 256);
    for (const { text, ids } of cases) expect(tokens.encode(text)).toEqual(ids);
  });

  test('of a text far longer than the model reads are those of its start', async () => {
    const tokens = await openTextTokens(json('tokenizer.json'), json('tokenizer_config.json'), 256);
    const start = 'Revenue rose 12% in Zürich. '.repeat(50);
    expect(tokens.encode(start + 'x y z '.repeat(200_000))).toEqual(tokens.encode(start.repeat(2)));
    // Nothing but spaces at the start: the words behind them count.
    expect(tokens.encode(`${' '.repeat(20_000)}gold`)).toEqual(tokens.encode('gold'));
  });
});

describe('sentence embedder', () => {
  let embedder: SentenceEmbedder;
  beforeAll(async () => {
    embedder = await openSentenceEmbedder(FIXTURE);
  });

  test('equals sentence-transformers to 1e-4, one text at a time', async () => {
    expect(embedder.dimensions).toBe(12);
    for (const { text, vector } of cases) {
      const [computed] = await embedder.embed([text]);
      expect(computed).toHaveLength(vector.length);
      expect(largestDifference(computed, vector)).toBeLessThan(1e-5);
      expect(Math.hypot(...computed)).toBeCloseTo(1, 6);
    }
  });

  test('answers a batch in its order, whatever padding it needs', async () => {
    const many = [...texts, ...[...texts].reverse(), ...texts];
    const computed = await embedder.embed(many);
    const expected = [...cases, ...[...cases].reverse(), ...cases];
    computed.forEach((vector, i) => expect(largestDifference(vector, expected[i].vector)).toBeLessThan(1e-5));
    expect(await embedder.embed([])).toEqual([]);
  });

  test('names a model that is not there, and one that cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedder-'));
    try {
      await expect(openSentenceEmbedder(join(folder, 'none'))).rejects.toMatchObject({ code: 'MODEL_ABSENT' });
      cpSync(FIXTURE, folder, { recursive: true });
      writeFileSync(join(folder, 'model.onnx'), readFileSync(join(FIXTURE, 'model.onnx')).subarray(0, 5_000));
      await expect(openSentenceEmbedder(folder)).rejects.toMatchObject({ code: 'MODEL_DAMAGED' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
